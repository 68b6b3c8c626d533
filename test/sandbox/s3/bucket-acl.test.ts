import {
  type BucketCannedACL,
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  type ObjectOwnership,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import { clientsOf, message, OTHER, refusal, SOURCE, sessionOf } from '../clients.ts';

const Bucket = 'bucket';

async function anAccount() {
  const sandbox = await openSandbox();
  const { s3 } = clientsOf(sandbox, SOURCE, 'us-east-1');
  return {
    sandbox,
    s3,
    create: (ACL?: BucketCannedACL, ObjectOwnership?: ObjectOwnership, more: object = {}) =>
      s3.send(
        new CreateBucketCommand({
          Bucket,
          ...(ACL === undefined ? {} : { ACL }),
          ...(ObjectOwnership === undefined ? {} : { ObjectOwnership }),
          ...more,
        }),
      ),
    put: (ACL: BucketCannedACL) => s3.send(new PutBucketAclCommand({ Bucket, ACL })),
    acl: async () => {
      const { Owner, Grants } = await s3.send(new GetBucketAclCommand({ Bucket }));
      const named = Grants?.map(({ Grantee, Permission }) => {
        const who = Grantee?.ID === Owner?.ID ? 'owner' : Grantee?.URI?.split('/').at(-1);
        return `${who} ${Permission}`;
      });
      return { owner: Owner?.ID, grants: named };
    },
  };
}

test('a new bucket is its owner’s (recorded, test_s3_bucket_acl)', async () => {
  const { sandbox, create, acl } = await anAccount();
  await create();
  expect(await acl()).toEqual({ owner: SOURCE.padStart(64, '0'), grants: ['owner FULL_CONTROL'] });
  const other = clientsOf(sandbox, OTHER, 'us-east-1').s3.send(new GetBucketAclCommand({ Bucket }));
  expect(await refusal(other)).toBe('403 AccessDenied');
});

const ENFORCED = '400 InvalidBucketAclWithObjectOwnership';
const PUBLIC = '400 InvalidBucketAclWithBlockPublicAccessError';
test.each([
  ['private', undefined, 'accepted'],
  ['public-read', undefined, ENFORCED],
  ['authenticated-read', 'BucketOwnerEnforced', ENFORCED],
  ['log-delivery-write' as BucketCannedACL, undefined, ENFORCED],
  ['private', 'ObjectWriter', 'accepted'],
  ['log-delivery-write' as BucketCannedACL, 'ObjectWriter', 'accepted'],
  ['public-read', 'ObjectWriter', PUBLIC],
  ['public-read-write', 'BucketOwnerPreferred', PUBLIC],
  ['authenticated-read', 'BucketOwnerPreferred', PUBLIC],
  ['fake-acl' as BucketCannedACL, 'ObjectWriter', '400 InvalidArgument'],
] as const)(
  'a bucket made with the ACL %s and the ownership %s: %s (S3 API Reference, CreateBucket)',
  async (acl, ownership, answer) => {
    const { create } = await anAccount();
    expect(await refusal(create(acl, ownership))).toBe(answer);
  },
);

test('single grants are refused where there are no ACLs, and are not implemented where there are', async () => {
  const { create } = await anAccount();
  const grant = { GrantRead: `id="${'0'.repeat(64)}"` };
  expect(await refusal(create(undefined, undefined, grant))).toBe(ENFORCED);
  expect(await refusal(create(undefined, 'ObjectWriter', grant))).toBe('501 NotImplemented');
});

test('whoever makes a bucket with an ACL needs s3:PutBucketAcl (S3 API Reference, CreateBucket, Permissions)', async () => {
  const { sandbox } = await anAccount();
  const actions = ['s3:CreateBucket', 's3:PutBucketOwnershipControls'];
  const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }];
  const keys = await sessionOf(sandbox, 'maker', { inline: { Version: '2012-10-17', Statement } });
  const { s3 } = clientsOf(sandbox, keys, 'us-east-1');
  const make = (Bucket: string, ACL: BucketCannedACL) =>
    s3.send(new CreateBucketCommand({ Bucket, ACL, ObjectOwnership: 'ObjectWriter' }));
  expect(await refusal(make('one', 'private'))).toBe('accepted');
  expect(await message(make('two', 'log-delivery-write' as BucketCannedACL))).toMatch('s3:PutBucketAcl');
});

test('the ACL of a bucket with ACLs is put and shown; Block Public Access and the end of ACLs hold (test_s3_bucket_acl)', async () => {
  const { s3, create, put, acl } = await anAccount();
  await create('log-delivery-write' as BucketCannedACL, 'ObjectWriter');
  const logs = ['owner FULL_CONTROL', 'LogDelivery WRITE', 'LogDelivery READ_ACP'];
  expect((await acl()).grants).toEqual(logs);
  expect(await refusal(put('public-read'))).toBe('403 AccessDenied');
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await put('public-read');
  expect((await acl()).grants).toEqual(['owner FULL_CONTROL', 'AllUsers READ']);
  expect(await refusal(put('fake-acl' as BucketCannedACL))).toBe('400 InvalidArgument');
  expect(await refusal(s3.send(new PutBucketAclCommand({ Bucket })))).toBe('400 MissingSecurityHeader');
  const Rules = [{ ObjectOwnership: 'BucketOwnerEnforced' as const }];
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
  expect((await acl()).grants).toEqual(['owner FULL_CONTROL']);
  expect(await refusal(put('private'))).toBe('400 AccessControlListNotSupported');
  expect(await refusal(put('bucket-owner-full-control' as BucketCannedACL))).toBe('accepted');
});
