import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import { Versions } from '../../src/apply/versions.ts';
import type { Spec } from '../../src/config/spec.ts';
import { observe } from '../../src/observe/observe.ts';
import { planApply } from '../../src/plan/plan.ts';
import { commandLine } from '../../src/show/command-line.ts';
import type { Cloud } from '../../src/wizard/cloud.ts';
import { planSpec, type ReviewStyle, reviewLines } from '../../src/wizard/review.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';
import { besides } from '../sandbox/beside.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { type Neighborhood, Neighbors } from '../sandbox/neighborhood.ts';

function aCloud({ connect: connections }: Practice): Cloud {
  return {
    sandboxAccounts: undefined,
    profiles: async () => [],
    signIn: () => Promise.reject(new Error('not asked for here')),
    connections,
    close: async () => undefined,
  };
}

const style: ReviewStyle = {
  columns: 80,
  commandText: (command, flags = []) => commandLine({ command, flags, on: {} }),
};

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
  const cloud = aCloud(practice);

  const made = await planSpec(cloud, spec, []);
  const accepted = await planSpec(cloud, spec, ['team-0']);

  expect(made.plan?.problems.map(({ code }) => code)).toEqual(['breaks-others']);
  const text = reviewLines(spec, made, style).join(' ').replace(/\s+/g, ' ');
  expect(text).toContain('✖ this plan would stop rule team-0');
  expect(text).toContain('--accept-breaking team-0');
  expect(accepted.plan?.problems).toEqual([]);
  expect(accepted.plan?.warnings.map(({ code }) => code)).toContain('breaks-others');
});

it('names what exists already, and what AWS charges by the month', async () => {
  const practice = await aPractice();
  const spec = aSpec();
  const connections = await practice.connect(spec);
  const cloud = aCloud(practice);
  const shown = async () =>
    reviewLines(spec, await planSpec(cloud, spec, []), style)
      .join(' ')
      .replace(/\s+/g, ' ');
  expect(await shown()).toContain('None of this exists yet.');
  expect(await shown()).toContain('about $3.20 a month: 2 KMS keys $2.00');

  const { changes } = planApply(await observe(connections, spec), spec);
  const made = changes.filter(({ step }) => step === 'kms-key' || step === 'bucket');
  const written = { versions: new Versions(), signal: new AbortController().signal };
  await applyChanges(made, { connections, surroundings: practice.surroundings, ...written });
  expect(await shown()).toContain(
    `Exists already: bucket acme-invoices, bucket acme-invoices-replica, key alias/s3repl-invoices-dr, key alias/s3repl-invoices-dr-replica 1 KMS keys: as it should be`,
  );
});

it('counts what a new destination will not get, also where another one has it', async () => {
  const practice = await aPractice();
  const cloud = aCloud(practice);
  const notes = async (spec: Spec) =>
    reviewLines(spec, await planSpec(cloud, spec, []), style)
      .filter((line) => line.startsWith('· '))
      .map((line) => line.replace(/\s+/g, ' '))
      .slice(0, -1);
  await practice.apply(aSpec());
  await clientsOf(practice.sandbox, SOURCE).s3.send(
    new PutObjectCommand({ Bucket: 'acme-invoices', Key: 'a', Body: 'a' }),
  );
  await practice.sandbox.clock.sleep(60_000);

  const general = '· Objects from before are not replicated. Afterwards, this replicates them: s3repl backfill';
  expect(await notes(aSpec())).toEqual([general]);
  const second = aDestination({
    ...{ id: 'destinations[1]', bucket: branded('acme-invoices-second') },
    rules: [aRule({ id: branded('second'), priority: 2 })],
  });
  const both = aSpec({ destinations: [aDestination(), second] });
  expect(await notes(both)).toEqual([
    "· At least one object version from before will not be replicated to acme-invoices-second. Afterwards, this replicates them: s3repl backfill --status 'none,failed,completed'",
  ]);
  practice.fault = ({ operation }) =>
    operation === 'ListObjectVersions' ? { code: 'AccessDenied', status: 403 } : undefined;
  expect(await notes(both)).toEqual([general]);
  practice.fault = ({ operation }) =>
    operation === 'ListObjectVersions' ? { code: 'MethodNotAllowed', status: 405 } : undefined;
  expect(await notes(both)).toEqual([general]);
});
