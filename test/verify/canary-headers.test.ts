import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import type { State } from '../../src/state/state.ts';
import { canaryHeaders } from '../../src/verify/canary-headers.ts';
import { verifyReplication } from '../../src/verify/verify.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { aBucket, aSource, aSpec, keyArn, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';
import { clientsOf } from '../sandbox/clients.ts';

const arn = 'arn:aws:s3:::acme-invoices';
const identity = `arn:aws:sts::${SOURCE}:assumed-role/s3repl-setup/me`;
const key = keyArn();
const spec = aSpec({ source: aSource({ kmsKey: { kind: 'arn', arn: key } }) });

const deny = (Condition: Statement['Condition'], more: Partial<Statement> = {}): Statement => ({
  Sid: 'Writers',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:PutObject',
  Resource: `${arn}/*`,
  ...(Condition && { Condition }),
  ...more,
});

function asked(...Statement: Statement[]) {
  const state: State = put(
    nothing,
    SOURCE,
    'buckets',
    'acme-invoices',
    aBucket({ policy: { Version: '2012-10-17', Statement } }),
  );
  return canaryHeaders(state, spec, identity, { key: '.s3repl-canary/x', tags: {} });
}

const byKey = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key };
const owned = { ACL: 'bucket-owner-full-control' };

describe('a canary carries', () => {
  it.each<[string, Statement[], object]>([
    ['nothing where no policy asks for anything', [], {}],
    [
      'nothing where the policy lets a write without headers pass',
      [
        deny({
          Null: { 's3:x-amz-server-side-encryption': 'false' },
          StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' },
        }),
      ],
      {},
    ],
    [
      'the encryption and its key where writers have to name the encryption',
      [deny({ StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } })],
      byKey,
    ],
    [
      'the same where the header has to be there',
      [deny({ Null: { 's3:x-amz-server-side-encryption': 'true' } })],
      byKey,
    ],
    [
      'the same where writers have to name the key',
      [deny({ StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': key } })],
      byKey,
    ],
    [
      'the ACL where writers have to give the bucket owner full control',
      [deny({ StringNotEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } })],
      owned,
    ],
    [
      'both where both are asked for',
      [
        deny({ StringNotEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } }),
        deny({ Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'true' } }),
      ],
      { ...byKey, ...owned },
    ],
    [
      'nothing where the Deny is about other keys, other people or plain HTTP',
      [
        deny(undefined, { Resource: `${arn}/hr/*` }),
        deny(undefined, { Principal: { AWS: `arn:aws:iam::${SOURCE}:role/other` } }),
        deny({ Bool: { 'aws:SecureTransport': 'false' } }),
      ],
      {},
    ],
  ])('%s', (_, statements, headers) => {
    expect(asked(...statements)).toEqual({ headers });
  });

  it('nothing, and the statement is named, where no header helps', () => {
    expect(asked(deny({ StringNotEquals: { 's3:x-amz-storage-class': 'GLACIER' } }))).toMatchObject({
      headers: {},
      deniedBy: { sid: 'Writers' },
    });
  });

  it('nothing, and no statement is named, where what decides is not known', () => {
    expect(asked(deny({ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }))).toEqual({ headers: {} });
  });
});

/** Applies, lets the people of the bucket write a policy, and verifies. */
async function verified(...statements: Statement[]) {
  const practice = await aPractice();
  const own = aSpec({ tlsOnly: false });
  await practice.apply(own);
  const state = await practice.state(own);
  const [source] = Object.values(state.accounts[SOURCE]?.keys ?? {});
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements }).replaceAll(
    key,
    source?.metadata.Arn ?? '',
  );
  await clientsOf(practice.sandbox, SOURCE).s3.send(new PutBucketPolicyCommand({ Bucket: 'acme-invoices', Policy }));
  await practice.sandbox.clock.sleep(20_000);
  const connections = await practice.connect(own);
  const work = {
    spec: own,
    state: await practice.state(own),
    connections,
    surroundings: practice.surroundings,
    signal: new AbortController().signal,
    timeoutMs: 900_000,
    diagnose: async () => undefined,
  };
  const end = await verifyReplication(work, '.s3repl-canary/').catch((error: unknown) => error);
  connections.close();
  expect(bucketOf(work.state, SOURCE, 'acme-invoices')?.policy).not.toBeNull();
  return end;
}

describe('verify', () => {
  it('proves a bucket whose policy wants the key named', async () => {
    expect(
      await verified(deny({ StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': key } })),
    ).toMatchObject({ outcome: 'verified' });
  });

  it('names the statement that no test object can meet, and asks for no right', async () => {
    expect(await verified(deny({ StringNotEquals: { 's3:x-amz-storage-class': 'GLACIER' } }))).toMatchObject({
      outcome: 'blocked',
      code: 'canary-denied',
      message: expect.stringContaining(
        'statement Writers of the bucket policy of acme-invoices denies s3:PutObject of the test object',
      ),
      fix: expect.not.stringContaining('allow s3:PutObject'),
    });
  });
});
