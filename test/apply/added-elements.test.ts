import { GetBucketReplicationCommand, PutBucketReplicationCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { send } from '../../src/apply/send.ts';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aDestination, aRule, aSpec, SOURCE } from '../builders.ts';
import { copyOf } from '../crash/cloud.ts';
import { type Additions, inRule, theirs, withAdditions } from './added-elements.ts';
import { anApplied, aPractice, type Practice } from './in-sandbox.ts';

const Bucket = 'acme-invoices';
const changed = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] });

const first = await anApplied(aSpec());
const s3 = new S3Client({
  region: 'eu-west-1',
  credentials: sandboxCredentials(SOURCE),
  requestHandler: first.sandbox.requestHandler,
});
const { ReplicationConfiguration: present } = await s3.send(new GetBucketReplicationCommand({ Bucket }));
const ReplicationConfiguration = { Role: present?.Role, Rules: [...(present?.Rules ?? []), theirs] };
await s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
const start = copyOf(first.sandbox.state);

/** A setup beside a rule of somebody else. */
async function aSetUp(): Promise<{ readonly practice: Practice; readonly learned: (additions: Additions) => void }> {
  const practice = await aPractice();
  Object.assign(practice.sandbox.state, copyOf(start));
  let additions: Additions = {};
  const requestHandler = withAdditions(practice.sandbox.requestHandler, () => additions);
  Object.assign(practice.surroundings, { requestHandler });
  return { practice, learned: (now) => (additions = now) };
}

const writes = ({ requests }: Practice) =>
  requests.flatMap(({ operation }) => (operation === 'PutBucketReplication' ? [operation] : []));

it('an element that appears between the plan and the write stops the run as stale, and theirs is as they left it', async () => {
  const { practice, learned } = await aSetUp();
  practice.meanwhile = async ({ operation }) => {
    if (operation === 'PutRolePolicy') learned(inRule('theirs', '<Size>5</Size>'));
  };
  expect(await practice.applyFailing(changed)).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
  expect(writes(practice)).toEqual([]);
  // Planned anew, it is a problem.
  await expect(practice.apply(changed)).rejects.toThrow('<Size> in rule theirs');
  expect(writes(practice)).toEqual([]);
});

it('an element that comes with our own write is no difference, neither when it is read back nor in the next run', async () => {
  const { practice, learned } = await aSetUp();
  practice.meanwhile = async ({ operation }) => {
    if (operation === 'PutBucketReplication')
      learned({ replication: (xml) => xml.replaceAll('</Rule>', '<New>default</New></Rule>') });
  };
  await practice.apply(changed);
  expect(writes(practice)).toHaveLength(1);
  expect(await practice.apply(changed)).toEqual([]);
});

it('a call that would be sent without an element is not sent, whatever has planned it', async () => {
  const { practice } = await aSetUp();
  const connections = await practice.connect(aSpec());
  const input = { Bucket, ReplicationConfiguration: { ...ReplicationConfiguration, '<New>': '' } as never };
  const call = { service: 'S3', operation: 'PutBucketReplication', input } as const;
  await expect(send(connections.get('source'), call)).rejects.toThrow('without <New>');
  expect(writes(practice)).toEqual([]);
});
