import { expect, it } from 'vitest';
import type { Cloud } from '../../src/wizard/cloud.ts';
import { planned, reviewLines } from '../../src/wizard/review.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { besides } from '../sandbox/beside.ts';
import { type Neighborhood, Neighbors } from '../sandbox/neighborhood.ts';

const theirs: Neighborhood = {
  rules: [
    {
      prefix: '',
      tag: false,
      priority: 5,
      enabled: true,
      to: 'archive',
      kms: false,
      markers: false,
      storageClass: undefined,
      owner: false,
    },
  ],
  byKms: false,
  replicaByKms: true,
  roleUses: 'their keys',
  denied: undefined,
};

it('shows, before anything is written, which rule of somebody else would stop, and takes what was accepted', async () => {
  const practice = await aPractice();
  const neighbors = await Neighbors.settle(practice.sandbox, theirs);
  const spec = besides([{ prefix: 'invoices/' }], theirs, neighbors.keys);
  const cloud: Cloud = {
    sandboxAccounts: undefined,
    profiles: async () => [],
    signIn: () => Promise.reject(new Error('not asked for here')),
    connections: practice.connect,
    close: async () => undefined,
  };

  const made = await planned(cloud, spec, []);
  const accepted = await planned(cloud, spec, ['team-0']);

  expect(made.plan?.problems.map(({ code }) => code)).toEqual(['breaks-others']);
  const text = reviewLines(spec, made, 80).join(' ').replace(/\s+/g, ' ');
  expect(text).toContain('✖ this plan would stop rule team-0');
  expect(text).toContain('--accept-breaking team-0');
  expect(accepted.plan?.problems).toEqual([]);
  expect(accepted.plan?.warnings.map(({ code }) => code)).toContain('breaks-others');
});
