/** With --from-live the policies say what s3repl does with the buckets that are there, and not what it would do with new ones. */
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { listOf, statementsOf } from '../../src/plan/policy.ts';
import { DESTINATION, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { aCloud, anObject, applied, type Change, drifted } from './clouds.ts';
import { printed } from './printed.ts';
import { runs } from './scenarios.ts';
import { configFile, current, type Policies, ran, sandboxFrom } from './set-up-roles.ts';

vi.mock('../../src/sandbox/sandbox.ts', async (original) => {
  const real = await original<typeof import('../../src/sandbox/sandbox.ts')>();
  type Options = Parameters<typeof real.openSandbox>[0];
  return {
    ...real,
    openSandbox: async (options: Options = {}) =>
      'directory' in options && current.sandbox ? current.sandbox : real.openSandbox(options),
  };
});
afterAll(() => {
  delete current.sandbox;
});

const plain = configFile('there');
const changed = configFile('there-changed', { destinations: [{ rules: [{ id: 'tax', prefix: 'tax/' }] }] });
const asked = configFile('there-asked', { tlsOnly: true });
const opened = configFile('there-opened', { tlsOnly: false });
const live = { fromLive: true };

const buckets: Change = async (sandbox) => {
  for (const [account, Bucket, region] of [
    [SOURCE, 'acme-invoices', 'eu-west-1'],
    [DESTINATION, 'acme-invoices-replica', 'eu-central-1'],
  ] as const) {
    const CreateBucketConfiguration = { LocationConstraint: region };
    await clientsOf(sandbox, account, region).s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  }
};

/** What a policy lets somebody change at buckets. */
function bucketWrites(policies: Policies, account: string): readonly string[] {
  return statementsOf(policies[account] ?? null)
    .flatMap(({ Action }) => listOf(Action))
    .filter((action) => /^s3:(Put|Create|Delete)(?!Object)|^s3:TagResource/.test(action))
    .sort();
}

describe('the policies of permissions --from-live', () => {
  it('let nobody open a bucket that others made: no policy at the source, no public access, no ownership', async () => {
    const state = await aCloud(undefined, buckets, applied(plain), anObject)();
    const policies = await printed(changed, undefined, live, state);
    expect(bucketWrites(policies, SOURCE)).toEqual([
      's3:PutBucketVersioning',
      's3:PutEncryptionConfiguration',
      's3:PutReplicationConfiguration',
    ]);
    expect(bucketWrites(policies, DESTINATION)).toEqual([
      's3:DeleteBucketPolicy',
      's3:PutBucketPolicy',
      's3:PutBucketVersioning',
      's3:PutEncryptionConfiguration',
    ]);
    const sandbox = await sandboxFrom(state, policies);
    for (const [purpose, config, end] of [
      ['plan', plain, 'unchanged'],
      ['apply', changed, 'applied'],
      ['verify', changed, 'verified'],
      ['doctor', changed, 'healthy'],
      ['destroy', changed, 'destroyed'],
    ] as const) {
      const { outcome, said } = await ran(sandbox, config, runs[purpose]);
      expect([purpose, outcome], said).toEqual([purpose, end]);
    }
  });

  it('let their holder put right what s3repl itself made', async () => {
    const state = await aCloud(undefined, applied(plain), drifted)();
    const sandbox = await sandboxFrom(state, await printed(plain, undefined, live, state));
    const { outcome, said } = await ran(sandbox, plain, runs.apply);
    expect(outcome, said).toBe('applied');
  });

  it.each([
    ['put the statement on TLS into the policies of existing buckets', plain, asked],
    ['take it out again, which tlsOnly: false asks for', asked, opened],
  ])('let their holder %s', async (_, before, after) => {
    const state = await aCloud(undefined, buckets, applied(before))();
    const policies = await printed(after, ['apply'], live, state);
    expect(bucketWrites(policies, SOURCE)).toContain('s3:PutBucketPolicy');
    const { outcome, said } = await ran(await sandboxFrom(state, policies), after, runs.apply);
    expect(outcome, said).toBe('applied');
  });
});
