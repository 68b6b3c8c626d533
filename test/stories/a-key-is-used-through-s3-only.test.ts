import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { type PolicyDocument, type Statement, statementsOf } from '../../src/aws/policy.ts';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aSetUp, ending, type People, REPLICA, SOURCE } from './by-hand.ts';
import { invoices } from './cli.ts';

const app = 'arn:aws:iam::111111111111:role/App';
const oneKey = `${invoices.replace('eu-central-1', 'eu-west-1')}    kmsKey: source
newKeys:
  users: ["${app}"]
`;

/** Both who may use the key, with what they do through S3 and to KMS itself. */
async function tries(people: People, key: string) {
  const { sandbox, destination, sourceKeys, destinationKeys } = people;
  const EncryptionContext = { 'aws:s3:arn': `arn:aws:s3:::${REPLICA}/invoice` };
  const sealed = { KeyId: key, Plaintext: new Uint8Array([1]), EncryptionContext };
  const { CiphertextBlob } = await sourceKeys.send(new EncryptCommand(sealed));
  const opened = { CiphertextBlob, EncryptionContext, KeyId: key };
  const as = { requestHandler: sandbox.requestHandler, region: 'eu-west-1', maxAttempts: 1 };
  const assumed = { RoleArn: app, RoleSessionName: 'app' };
  const { Credentials } = await new STSClient({ ...as, credentials: sandboxCredentials('111111111111') }).send(
    new AssumeRoleCommand(assumed),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const [appS3, appKms] = [new S3Client({ ...as, credentials }), new KMSClient({ ...as, credentials })];
  const outcome = (request: Promise<unknown>) =>
    request.then(
      () => 'works',
      (error: Error) => error.name,
    );
  return {
    readsReplica: await outcome(destination.send(new GetObjectCommand({ Bucket: REPLICA, Key: 'invoice' }))),
    readerDecrypts: await outcome(destinationKeys.send(new DecryptCommand(opened))),
    readerDescribes: await outcome(destinationKeys.send(new DescribeKeyCommand({ KeyId: key }))),
    appWrites: await outcome(appS3.send(new PutObjectCommand({ Bucket: SOURCE, Key: 'by-app', Body: 'content' }))),
    appReads: await outcome(appS3.send(new GetObjectCommand({ Bucket: SOURCE, Key: 'by-app' }))),
    appCopies: await outcome(
      appS3.send(new CopyObjectCommand({ Bucket: SOURCE, Key: 'copy', CopySource: `${SOURCE}/by-app` })),
    ),
    appDecrypts: await outcome(appKms.send(new DecryptCommand(opened))),
    appGenerates: await outcome(appKms.send(new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256' }))),
    appDescribes: await outcome(appKms.send(new DescribeKeyCommand({ KeyId: key }))),
  };
}

const throughS3 = { readsReplica: 'works', appWrites: 'works', appReads: 'works', appCopies: 'works' };
const described = { readerDescribes: 'works', appDescribes: 'works' };
const itself = (answer: string) => ({ readerDecrypts: answer, appDecrypts: answer, appGenerates: answer });

async function setUp() {
  const made = aSetUp(oneKey, 'eu-west-1');
  await made.byHand(async ({ iam }) => {
    const allow = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } };
    const trust = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' },
    };
    await iam.send(new CreateRoleCommand({ RoleName: 'App', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'App', PolicyName: 's3', PolicyDocument: JSON.stringify(allow) }),
    );
  });
  expect(ending(await made.s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
  const key = await made.byHand(async ({ put, sandbox }) => {
    const { source, replica } = await put('invoice');
    expect(replica?.SSEKMSKeyId).toBe(source.SSEKMSKeyId);
    await sandbox.clock.sleep(60_000);
    return source.SSEKMSKeyId ?? '';
  });
  return { ...made, key };
}

/** As an earlier version of s3repl wrote the policy of the key. */
async function putFormerAccess({ sourceKeys }: People, KeyId: string) {
  const { Policy = '' } = await sourceKeys.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  const document: PolicyDocument = JSON.parse(Policy);
  const now = statementsOf(document);
  const prefix = now.find(({ Sid }) => Sid?.endsWith('KeyViewers'))?.Sid?.replace('KeyViewers', '');
  const former = (purpose: string, AWS: string, Action: readonly string[]): Statement => ({
    Sid: `${prefix}${purpose}`,
    Effect: 'Allow',
    Principal: { AWS },
    Action,
    Resource: '*',
  });
  const use = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey'].map((one) => `kms:${one}`);
  const Statement = [
    ...now.filter(({ Sid }) => !/KeyUsersThroughS3|ReplicaReaders|KeyViewers/.test(Sid ?? '')),
    former('KeyUsers', app, ['kms:DescribeKey', ...use, 'kms:GenerateDataKeyWithoutPlaintext']),
    former('ReplicaReaders', 'arn:aws:iam::222222222222:root', ['kms:Decrypt', 'kms:DescribeKey']),
  ];
  await sourceKeys.send(
    new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: JSON.stringify({ ...document, Statement }) }),
  );
}

describe('a key that both sides use', () => {
  it('opens what S3 asks for, and nothing that its users and readers ask KMS for themselves', async () => {
    const { byHand, key } = await setUp();
    const tried = await byHand((people) => tries(people, key));
    expect(tried).toEqual({ ...throughS3, ...described, ...itself('AccessDeniedException') });
  });

  it('stays as wide as an earlier version made it, with a warning, until --accept-narrowing', async () => {
    const { s3repl, byHand, key } = await setUp();
    await byHand((people) => putFormerAccess(people, key));
    const again = await s3repl('apply', '--yes');
    expect(ending(again)).toMatchObject({ code: 0, outcome: 'unchanged' });
    expect(again.lines).toContainEqual(expect.objectContaining({ type: 'warning', code: 'key-access-wider' }));
    const doctor = await s3repl('doctor');
    expect(doctor.stdout).toContain('s3repl apply --accept-narrowing');
    expect(await byHand((people) => tries(people, key))).toEqual({ ...throughS3, ...described, ...itself('works') });

    const narrowing = await s3repl('apply', '--yes', '--accept-narrowing');
    expect(ending(narrowing)).toMatchObject({ code: 0, outcome: 'applied', changes: 1 });
    expect(narrowing.lines).toContainEqual(expect.objectContaining({ type: 'warning', code: 'narrows-key-access' }));
    await byHand(({ sandbox }) => sandbox.clock.sleep(60_000));
    expect(await byHand((people) => tries(people, key))).toEqual({
      ...throughS3,
      ...described,
      ...itself('AccessDeniedException'),
    });
    const after = await s3repl('apply', '--yes');
    expect(ending(after)).toMatchObject({ code: 0, outcome: 'unchanged' });
    expect(after.stdout).not.toMatch(/narrow|wider/);
  });
});
