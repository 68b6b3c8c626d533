/** With --from-live the policies say what s3repl does with the buckets that are there, and not what it would do with new ones. */
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { listOf, statementsOf } from '../../src/aws/policy.ts';
import { DESTINATION, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { aCloud, anObject, applied, type Change, drifted } from './clouds.ts';
import { printed } from './printed.ts';
import { act } from './scenarios.ts';
import { configFile, type Policies, sandboxFrom } from './set-up-roles.ts';

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
    await act(sandbox, changed, [
      ['plan', 'unchanged', plain],
      ['apply', 'applied'],
      ['verify', 'verified'],
      ['doctor', 'healthy'],
      ['destroy', 'destroyed'],
    ]);
  });

  it('let their holder put right what s3repl itself made', async () => {
    const state = await aCloud(undefined, applied(plain), drifted)();
    const sandbox = await sandboxFrom(state, await printed(plain, undefined, live, state));
    await act(sandbox, plain, [['apply', 'applied']]);
  });

  it.each([
    ['put the statement on TLS into the policies of existing buckets', plain, asked],
    ['take it out again, which tlsOnly: false asks for', asked, opened],
  ])('let their holder %s', async (_, before, after) => {
    const state = await aCloud(undefined, buckets, applied(before))();
    const policies = await printed(after, ['apply'], live, state);
    expect(bucketWrites(policies, SOURCE)).toContain('s3:PutBucketPolicy');
    await act(await sandboxFrom(state, policies), after, [['apply', 'applied']]);
  });
});
