import { GetBucketLocationCommand, GetBucketReplicationCommand, PutBucketReplicationCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { copyOf } from '../crash/cloud.ts';
import { type Clients, clientsOf, OTHER, SOURCE } from './clients.ts';
import { makeBucket } from './make-bucket.ts';
import { codeOf, sendRaw } from './raw-request.ts';
import { ENCRYPTION } from './recorded-encryption.ts';
import { NEW_BUCKETS } from './recorded-new-buckets.ts';
import { OBJECTS } from './recorded-objects.ts';
import { BUCKET_POLICY, KEY_POLICY } from './recorded-policies.ts';
import { DOCUMENTS, PUTS } from './recorded-replication.ts';
import { REPLICATION } from './recorded-replication-state.ts';
import { base, ROLE } from './replication-rule.ts';

let sandbox: Sandbox;
let aws: Clients;

async function withBuckets(): Promise<Sandbox['state']> {
  const sandbox = await openSandbox();
  await makeBucket(sandbox, 'src', { versioning: 'Enabled' });
  await makeBucket(sandbox, 'dst', { versioning: 'Enabled', account: OTHER });
  await makeBucket(sandbox, 'dst-2', { versioning: 'Enabled' });
  await makeBucket(sandbox, 'suspended', { versioning: 'Suspended' });
  await makeBucket(sandbox, 'plain');
  return copyOf(sandbox.state);
}
const start = await withBuckets();

beforeEach(async () => {
  sandbox = await openSandbox();
  Object.assign(sandbox.state, copyOf(start));
  aws = clientsOf(sandbox);
});

interface Answered {
  readonly answer: string;
  readonly message: string;
}

/** Status, code and message of what a call was answered. */
async function answered(call: Promise<unknown>): Promise<Answered> {
  try {
    const { $metadata } = (await call) as { $metadata: { httpStatusCode: number } };
    return { answer: String($metadata.httpStatusCode), message: '' };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode: number } };
    return { answer: `${$metadata?.httpStatusCode} ${name}`, message };
  }
}

function expectAnswer(found: Answered, { answer, message }: { answer: string; message?: string }): void {
  expect(found.answer).toBe(answer);
  if (message !== undefined) expect(found.message).toContain(message);
}

const title = ({ what, answer, source }: { what: string; answer: string; source: string }) =>
  `${what}: ${answer} (${source})`;

const put = (Rules: (typeof PUTS)[number]['rules'], Role = ROLE) =>
  aws.s3.send(new PutBucketReplicationCommand({ Bucket: 'src', ReplicationConfiguration: { Role, Rules } }));

async function storedIds() {
  const { ReplicationConfiguration } = await aws.s3.send(new GetBucketReplicationCommand({ Bucket: 'src' }));
  return ReplicationConfiguration?.Rules?.map((rule) => rule.ID);
}

describe('S3 answers PutBucketReplication as recorded, and keeps what was there when it refuses', () => {
  for (const { rules, role, ...recorded } of PUTS) {
    test(title(recorded), async () => {
      await put([base({ ID: 'earlier' })]);
      expectAnswer(await answered(put(rules, role)), recorded);
      expect(await storedIds()).toEqual(recorded.answer === '200' ? rules.map(({ ID }) => ID) : ['earlier']);
    });
  }

  for (const { xml: body, ...recorded } of DOCUMENTS) {
    test(title(recorded), async () => {
      await put([base({ ID: 'earlier' })]);
      const answer = await sendRaw(sandbox, { method: 'PUT', path: '/src', query: { replication: '' }, body });
      expect(codeOf(answer)).toBe(recorded.answer);
      expect(await storedIds()).toEqual([recorded.answer === '200' ? 'base' : 'earlier']);
    });
  }
});

const CALLS = {
  'the replication configuration': REPLICATION,
  'bucket policies': BUCKET_POLICY,
  'key policies': KEY_POLICY,
  'new buckets': NEW_BUCKETS,
  'default encryption': ENCRYPTION,
  objects: OBJECTS,
};
for (const [about, calls] of Object.entries(CALLS)) {
  describe(`calls on ${about} are answered as recorded`, () => {
    for (const { send, region, ...recorded } of calls) {
      test(title(recorded), async () => {
        expectAnswer(await answered(send(clientsOf(sandbox, SOURCE, region))), recorded);
      });
    }
  });
}

test('a bucket that was made with the old name of eu-west-1 tells that name (test_create_bucket_with_eu_location_constraint)', async () => {
  await makeBucket(sandbox, 'old', { location: 'EU' });
  const { LocationConstraint } = await aws.s3.send(new GetBucketLocationCommand({ Bucket: 'old' }));
  expect(LocationConstraint).toBe('EU');
});
