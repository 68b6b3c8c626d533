import { expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import { Versions } from '../../src/apply/versions.ts';
import { observe } from '../../src/observe/observe.ts';
import { planApply } from '../../src/plan/plan.ts';
import type { Cloud } from '../../src/wizard/cloud.ts';
import { planSpec, reviewLines } from '../../src/wizard/review.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { aSpec } from '../builders.ts';
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

  const made = await planSpec(cloud, spec, []);
  const accepted = await planSpec(cloud, spec, ['team-0']);

  expect(made.plan?.problems.map(({ code }) => code)).toEqual(['breaks-others']);
  const text = reviewLines(spec, made, 80).join(' ').replace(/\s+/g, ' ');
  expect(text).toContain('✖ this plan would stop rule team-0');
  expect(text).toContain('--accept-breaking team-0');
  expect(accepted.plan?.problems).toEqual([]);
  expect(accepted.plan?.warnings.map(({ code }) => code)).toContain('breaks-others');
});

it('counts the new KMS keys that AWS will charge for, and not those that are there', async () => {
  const practice = await aPractice();
  const spec = aSpec();
  const connections = await practice.connect(spec);
  const cloud: Cloud = {
    sandboxAccounts: undefined,
    profiles: async () => [],
    signIn: () => Promise.reject(new Error('not asked for here')),
    connections: practice.connect,
    close: async () => undefined,
  };
  const shown = async () =>
    reviewLines(spec, await planSpec(cloud, spec, []), 80)
      .join(' ')
      .replace(/\s+/g, ' ');
  expect(await shown()).toContain('2 new KMS keys');

  const { changes } = planApply(await observe(connections, spec), spec);
  const keys = changes.filter(({ step }) => step === 'kms-key');
  const written = { versions: new Versions(), signal: new AbortController().signal };
  await applyChanges(keys, { connections, surroundings: practice.surroundings, ...written });
  expect(await shown()).not.toContain('new KMS key');
});
