import { DescribeOrganizationCommand } from '@aws-sdk/client-organizations';
import {
  GetBucketVersioningCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  PutPublicAccessBlockCommand as PutAccountBlock,
} from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { branded } from '../../plain.ts';
import { type Clients, clientsOf, message, OTHER, refusal, SOURCE, sessionOf } from '../clients.ts';
import { makeBucket } from '../make-bucket.ts';

const off = { BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };

let sandbox: Sandbox;
let aws: Clients;

beforeEach(async () => {
  sandbox = await openSandbox();
  aws = clientsOf(sandbox);
});

const block = (settings: PublicAccessBlockConfiguration, AccountId = SOURCE) =>
  aws.s3Control.send(new PutAccountBlock({ AccountId, PublicAccessBlockConfiguration: settings }));
const blocked = async ({ s3Control } = aws, AccountId = SOURCE) =>
  (await s3Control.send(new GetPublicAccessBlockCommand({ AccountId }))).PublicAccessBlockConfiguration;

describe('Block Public Access of an account', () => {
  test('is not there until it is put, is off where nothing was put, and goes again', async () => {
    expect(await refusal(blocked())).toBe('404 NoSuchPublicAccessBlockConfiguration');
    await block({ RestrictPublicBuckets: true });
    expect(await blocked()).toEqual({ ...off, RestrictPublicBuckets: true });
    await aws.s3Control.send(new DeletePublicAccessBlockCommand({ AccountId: SOURCE }));
    expect(await refusal(blocked())).toBe('404 NoSuchPublicAccessBlockConfiguration');
  });

  test('is for its own account only, and for who may', async () => {
    expect(await refusal(blocked(aws, OTHER))).toBe('403 AccessDenied');
    expect(await refusal(block({}, OTHER))).toBe('403 AccessDenied');
    const app = clientsOf(sandbox, await sessionOf(sandbox, 'app'));
    expect(await message(blocked(app))).toContain('s3:GetAccountPublicAccessBlock');
  });
});

describe('what the account blocks counts for its buckets, whatever they block themselves', () => {
  const open = { Effect: 'Allow', Principal: '*', Action: 's3:GetBucketVersioning', Resource: 'arn:aws:s3:::bucket' };
  const putPolicy = (statement: object) => {
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    return aws.s3.send(new PutBucketPolicyCommand({ Bucket: 'bucket', Policy }));
  };

  beforeEach(async () => {
    await makeBucket(sandbox, 'bucket', { ownership: 'ObjectWriter' });
    await aws.s3.send(new PutPublicAccessBlockCommand({ Bucket: 'bucket', PublicAccessBlockConfiguration: off }));
  });

  test('public policies', async () => {
    await block({ BlockPublicPolicy: true });
    expect(await message(putPolicy(open))).toContain('BlockPublicPolicy');
    const Condition = { StringEquals: { 'aws:SourceAccount': OTHER } };
    expect(await refusal(putPolicy({ ...open, Condition }))).toBe('accepted');
    await block({ BlockPublicPolicy: false });
    expect(await refusal(putPolicy(open))).toBe('accepted');
  });

  test('other accounts, where the policy is public', async () => {
    await putPolicy(open);
    const read = () => clientsOf(sandbox, OTHER).s3.send(new GetBucketVersioningCommand({ Bucket: 'bucket' }));
    expect(await refusal(read())).toBe('accepted');
    await block({ RestrictPublicBuckets: true });
    expect(await refusal(read())).toBe('403 AccessDenied');
  });

  test('public ACLs', async () => {
    const put = (ACL: 'public-read' | 'bucket-owner-full-control') =>
      aws.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'x', ACL }));
    expect(await refusal(put('public-read'))).toBe('accepted');
    await block({ BlockPublicAcls: true });
    expect(await refusal(put('public-read'))).toBe('403 AccessDenied');
    expect(await refusal(put('bucket-owner-full-control'))).toBe('accepted');
  });
});

describe('the organization', () => {
  const described = ({ organizations } = aws) => organizations.send(new DescribeOrganizationCommand({}));

  test('is none, as long as nobody has put the account into one', async () => {
    expect(await refusal(described())).toBe('400 AWSOrganizationsNotInUseException');
    sandbox.state.accounts[SOURCE] = {
      roles: {},
      users: {},
      policies: {},
      organization: { id: 'o-a1b2c3d4e5', managementAccount: branded(OTHER) },
    };
    const { Organization } = await described();
    expect(Organization).toMatchObject({ Id: 'o-a1b2c3d4e5', MasterAccountId: OTHER });
    expect(await refusal(described(clientsOf(sandbox, OTHER)))).toBe('400 AWSOrganizationsNotInUseException');
  });

  test('is told to who may ask', async () => {
    const app = clientsOf(sandbox, await sessionOf(sandbox, 'app'));
    expect(await message(described(app))).toContain('organizations:DescribeOrganization');
  });

  test('is what aws:PrincipalOrgID says', async () => {
    await makeBucket(sandbox, 'bucket');
    const Condition = { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } };
    const read = { Effect: 'Allow', Principal: '*', Action: 's3:GetBucketVersioning', Resource: 'arn:aws:s3:::bucket' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...read, Condition }] });
    await aws.s3.send(new PutBucketPolicyCommand({ Bucket: 'bucket', Policy }));
    const { s3 } = clientsOf(sandbox, OTHER);
    const versioning = () => s3.send(new GetBucketVersioningCommand({ Bucket: 'bucket' }));
    expect(await refusal(versioning())).toBe('403 AccessDenied');
    sandbox.state.accounts[OTHER] = {
      roles: {},
      users: {},
      policies: {},
      organization: { id: 'o-a1b2c3d4e5', managementAccount: branded(OTHER) },
    };
    expect(await refusal(versioning())).toBe('accepted');
  });
});
