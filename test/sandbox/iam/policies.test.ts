import { CreateRoleCommand, CreateUserCommand, DeleteRoleCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, message, OTHER, refusal, SOURCE } from '../clients.ts';

const ROLE = `arn:aws:iam::${SOURCE}:role/repl`;
const ROOT = `arn:aws:iam::${SOURCE}:root`;
const LAG = 8000;

let sandbox: Sandbox;
let aws: Clients;

const statement = (changes: object = {}) => ({
  Sid: 'Replicate',
  Effect: 'Allow',
  Principal: { AWS: [ROLE] },
  Action: ['s3:ReplicateObject'],
  Resource: ['arn:aws:s3:::bucket/*'],
  ...changes,
});
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

const putBucketPolicy = (Policy: string) => aws.s3.send(new PutBucketPolicyCommand({ Bucket: 'bucket', Policy }));
const bucketPolicy = async () => (await aws.s3.send(new GetBucketPolicyCommand({ Bucket: 'bucket' }))).Policy ?? '';
const bucketStatement = async () => JSON.parse(await bucketPolicy()).Statement[0];

async function makeRole(name = 'repl') {
  const AssumeRolePolicyDocument = policy({
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sts:AssumeRole',
  });
  const { Role } = await aws.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  return Role?.RoleId;
}

const keeper = { Effect: 'Allow', Principal: { AWS: [ROOT] }, Action: ['kms:*'], Resource: ['*'] };

async function makeKey(...statements: object[]) {
  const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({ Policy: policy(keeper, ...statements) }));
  return KeyMetadata?.KeyId ?? '';
}
const keyPolicy = async (KeyId: string) => (await aws.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy ?? '';

beforeEach(async () => {
  sandbox = await openSandbox({ lag: { roleVisible: LAG } });
  aws = clientsOf(sandbox);
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'bucket', CreateBucketConfiguration }));
});

describe('the shape in which policies come back', () => {
  beforeEach(async () => {
    await makeRole();
    await sandbox.clock.sleep(LAG);
  });

  test('one-element lists are unwrapped in a bucket policy', async () => {
    await putBucketPolicy(policy(statement({ Condition: { Bool: { 'aws:SecureTransport': [true] } } })));
    expect(await bucketPolicy()).toBe(
      '{"Version":"2012-10-17","Statement":[{"Sid":"Replicate","Effect":"Allow",' +
        `"Principal":{"AWS":"${ROLE}"},"Action":"s3:ReplicateObject","Resource":"arn:aws:s3:::bucket/*",` +
        '"Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}',
    );
  });

  test("one-element lists are unwrapped in a key policy, which is printed in KMS's style", async () => {
    const key = await makeKey({ ...keeper, Sid: 'Use', Principal: { AWS: [ROLE] }, Action: ['kms:Encrypt'] });
    const text = await keyPolicy(key);
    expect(text).toContain('"Version" : "2012-10-17",\n');
    expect(JSON.parse(text).Statement[1]).toEqual({
      Sid: 'Use',
      Effect: 'Allow',
      Principal: { AWS: ROLE },
      Action: 'kms:Encrypt',
      Resource: '*',
    });
  });

  test("an account id becomes its root's ARN", async () => {
    await putBucketPolicy(policy(statement({ Principal: { AWS: OTHER } })));
    expect((await bucketStatement()).Principal).toEqual({ AWS: `arn:aws:iam::${OTHER}:root` });
    const key = await makeKey({ ...keeper, Principal: { AWS: OTHER } });
    expect(JSON.parse(await keyPolicy(key)).Statement[1].Principal).toEqual({ AWS: `arn:aws:iam::${OTHER}:root` });
  });

  test('a statement alone becomes a list, and the order of principals changes', async () => {
    const Statement = statement({ Principal: { AWS: [ROLE, ROOT] } });
    await putBucketPolicy(JSON.stringify({ Statement, Id: 'mine' }));
    expect(JSON.parse(await bucketPolicy())).toMatchObject({
      Id: 'mine',
      Statement: [{ Principal: { AWS: [ROOT, ROLE] } }],
    });
  });

  test('a deleted role becomes its unique id, and stays so when it is made again', async () => {
    const id = sandbox.state.accounts[SOURCE]?.roles.repl?.id;
    const key = await makeKey({ ...keeper, Principal: { AWS: [ROLE] } });
    await putBucketPolicy(policy(statement()));
    await aws.iam.send(new DeleteRoleCommand({ RoleName: 'repl' }));
    expect(id).toMatch(/^AROA[A-Z0-9]{17}$/);
    expect((await bucketStatement()).Principal).toEqual({ AWS: id });
    await makeRole();
    await sandbox.clock.sleep(LAG);
    expect((await bucketStatement()).Principal).toEqual({ AWS: id });
    expect(JSON.parse(await keyPolicy(key)).Statement[1].Principal).toEqual({ AWS: id });
    await putBucketPolicy(policy(statement()));
    expect((await bucketStatement()).Principal).toEqual({ AWS: ROLE });
  });

  test('a policy with the unique id of a deleted role cannot be put back', async () => {
    const key = await makeKey({ ...keeper, Principal: { AWS: [ROLE] } });
    await putBucketPolicy(policy(statement()));
    await aws.iam.send(new DeleteRoleCommand({ RoleName: 'repl' }));
    expect(await refusal(putBucketPolicy(await bucketPolicy()))).toBe('400 MalformedPolicy');
    const Policy = await keyPolicy(key);
    expect(await refusal(aws.kms.send(new PutKeyPolicyCommand({ KeyId: key, Policy })))).toBe(
      '400 MalformedPolicyDocumentException',
    );
  });
});

describe('principals', () => {
  test('a new role is seen late by S3 and KMS', async () => {
    await makeRole();
    const KeyId = await makeKey();
    const putBoth = () => [
      message(putBucketPolicy(policy(statement()))),
      message(
        aws.kms.send(
          new PutKeyPolicyCommand({ KeyId, Policy: policy(keeper, { ...keeper, Principal: { AWS: ROLE } }) }),
        ),
      ),
    ];
    expect(await Promise.all(putBoth())).toEqual([
      'Invalid principal in policy',
      'Policy contains a statement with one or more invalid principals.',
    ]);
    await sandbox.clock.sleep(LAG);
    expect(await Promise.all(putBoth())).toEqual(['accepted', 'accepted']);
  });

  test.each([
    ['a role that does not exist', { AWS: `arn:aws:iam::${SOURCE}:role/nobody` }, '400 MalformedPolicy'],
    ['a role of another partition', { AWS: `arn:aws-cn:iam::${SOURCE}:root` }, '400 MalformedPolicy'],
    ['an unknown unique id', { AWS: 'AROAAAAAAAAAAAAAAAAAA' }, '400 MalformedPolicy'],
    ['no principal at all', {}, '400 MalformedPolicy'],
    ['a user', { AWS: `arn:aws:iam::${SOURCE}:user/ann` }, 'accepted'],
    ['the administrator', { AWS: `arn:aws:iam::${SOURCE}:user/sandbox-admin` }, 'accepted'],
    ['a service', { Service: 'cloudtrail.amazonaws.com' }, 'accepted'],
    ['an identity provider', { Federated: `arn:aws:iam::${SOURCE}:saml-provider/corp` }, 'accepted'],
  ])('%s: %s', async (_, Principal, answer) => {
    await aws.iam.send(new CreateUserCommand({ UserName: 'ann' }));
    expect(await refusal(putBucketPolicy(policy(statement({ Principal }))))).toBe(answer);
    if (answer === 'accepted') expect((await bucketStatement()).Principal).toEqual(Principal);
  });
});

describe('bucket policies that S3 refuses', () => {
  const root = { Principal: { AWS: ROOT } };
  test.each([
    [' {}', "Policies must be valid JSON and the first byte must be '{'"],
    [policy(statement({ ...root, Effect: undefined })), 'Missing required field Effect'],
    [policy(statement({ ...root, Effect: 'allow' })), 'Invalid effect: allow'],
    [policy(statement({ Principal: undefined })), 'Missing required field Principal'],
    [policy(statement({ ...root, Resource: undefined })), 'Missing required field Resource'],
    [policy(statement({ ...root, Action: 's3:Replicate' })), 'Policy has invalid action'],
    [policy(statement({ ...root, Resource: 'arn:aws:s3:::other/*' })), 'Policy has invalid resource'],
    [
      policy(statement({ ...root, Resource: 'arn:aws:s3:::bucket' })),
      'Action does not apply to any resource(s) in statement',
    ],
    [policy(statement({ ...root, Extra: 1 })), 'Unknown field Extra'],
    [policy(statement({ ...root, Sid: 'x'.repeat(20_480) })), 'Policy exceeds the maximum allowed document size.'],
  ])('%.60s', async (text, words) => {
    expect(await refusal(putBucketPolicy(text))).toBe('400 MalformedPolicy');
    expect(await message(putBucketPolicy(text))).toBe(words);
  });

  test('a public policy, as long as public policies are blocked', async () => {
    const open = policy(statement({ Principal: '*' }));
    expect(await refusal(putBucketPolicy(open))).toBe('403 AccessDenied');
    const PublicAccessBlockConfiguration = { BlockPublicPolicy: false };
    await aws.s3.send(new PutPublicAccessBlockCommand({ Bucket: 'bucket', PublicAccessBlockConfiguration }));
    expect(await refusal(putBucketPolicy(open))).toBe('accepted');
  });

  test('from outside the account: 403, and 405 where the policy allows it', async () => {
    const { s3 } = clientsOf(sandbox, OTHER);
    const get = () => s3.send(new GetBucketPolicyCommand({ Bucket: 'bucket' }));
    expect(await refusal(get())).toBe('403 AccessDenied');
    const open = { Principal: { AWS: OTHER }, Action: 's3:*', Resource: 'arn:aws:s3:::bucket' };
    await putBucketPolicy(policy(statement(open)));
    expect(await refusal(get())).toBe('405 MethodNotAllowed');
    await aws.s3.send(new DeleteBucketPolicyCommand({ Bucket: 'bucket' }));
    expect(await refusal(get())).toBe('403 AccessDenied');
  });
});

test('an origin access identity of CloudFront is a principal to S3, and to S3 only (CloudFront Developer Guide, private-content-restricting-access-to-s3)', async () => {
  const AWS = 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABC2DEF3GHIJ';
  const reads = statement({ Principal: { AWS }, Action: 's3:GetObject' });
  expect(await refusal(putBucketPolicy(policy(reads)))).toBe('accepted');
  expect((await bucketStatement()).Principal).toEqual({ AWS });
  const unknown = { Principal: { AWS: AWS.replace('E1ABC2DEF3GHIJ', '') } };
  expect(await refusal(putBucketPolicy(policy({ ...reads, ...unknown })))).toBe('400 MalformedPolicy');
  const AssumeRolePolicyDocument = policy({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' });
  const role = new CreateRoleCommand({ RoleName: 'trusting', AssumeRolePolicyDocument });
  expect(await refusal(aws.iam.send(role))).toBe('400 MalformedPolicyDocumentException');
});
