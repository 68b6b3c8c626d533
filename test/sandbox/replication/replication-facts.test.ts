import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  type ReplicationRule,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, type Keys, OTHER, refusal, SOURCE } from '../clients.ts';
import { sendRaw } from '../raw-request.ts';
import { base, configuration, oldRule, ROLE, ROLE_XML, RULE_XML } from '../replication-rule.ts';

let sandbox: Sandbox;
let aws: Clients;

async function makeBucket(
  name: string,
  options: { account?: string; versioning?: 'Enabled' | 'Suspended'; locked?: boolean } = {},
) {
  const { s3 } = clientsOf(sandbox, options.account ?? SOURCE);
  await s3.send(
    new CreateBucketCommand({
      Bucket: name,
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      ...(options.locked === true ? { ObjectLockEnabledForBucket: true } : {}),
    }),
  );
  if (options.versioning !== undefined) await setVersioning(name, options.versioning, options.account);
}

function setVersioning(Bucket: string, Status: 'Enabled' | 'Suspended', account = SOURCE) {
  return clientsOf(sandbox, account).s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }),
  );
}

function put(Rules: ReplicationRule[], Role: string = ROLE, Bucket = 'src') {
  return aws.s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: { Role, Rules } }));
}

async function stored(Bucket = 'src') {
  const answer = await aws.s3.send(new GetBucketReplicationCommand({ Bucket }));
  return answer.ReplicationConfiguration;
}

function putXml(xml: string) {
  return sendRaw(sandbox, { method: 'PUT', path: '/src', query: { replication: '' }, body: xml });
}

beforeEach(async () => {
  sandbox = await openSandbox();
  aws = clientsOf(sandbox);
  await makeBucket('src', { versioning: 'Enabled' });
  await makeBucket('dst', { versioning: 'Enabled', account: OTHER });
});

describe('state and calls', () => {
  test('fact 6: a source with a configuration cannot be suspended, a destination can', async () => {
    await put([base()]);
    expect(await refusal(setVersioning('src', 'Suspended'))).toBe('409 InvalidBucketState');
    expect(await refusal(setVersioning('dst', 'Suspended', OTHER))).toBe('accepted');
    await aws.s3.send(new DeleteBucketReplicationCommand({ Bucket: 'src' }));
    expect(await refusal(setVersioning('src', 'Suspended'))).toBe('accepted');
  });

  test('fact 7: Put replaces the whole configuration', async () => {
    await put([base({ ID: 'one' }), base({ ID: 'two', Priority: 2 })]);
    await put([base({ ID: 'three' })]);
    expect((await stored())?.Rules?.map((rule) => rule.ID)).toEqual(['three']);
  });
});

describe('normalization', () => {
  test('fact 8: nothing is added but an ID, and the orders of rules and tags stay', async () => {
    const rules = [
      base({ ID: 'nine', Priority: 9, Filter: {} }),
      base({
        ID: 'two',
        Priority: 2,
        Filter: {
          And: {
            Prefix: 'a',
            Tags: [
              { Key: 'z', Value: '1' },
              { Key: 'a', Value: '2' },
            ],
          },
        },
        Destination: { Bucket: 'arn:aws:s3:::dst', Account: 'abc' },
      }),
    ];
    await put(rules);
    expect(await stored()).toEqual({ Role: ROLE, Rules: rules });
    await put([oldRule]);
    expect((await stored())?.Rules).toEqual([oldRule]);
  });

  test.each([{ ID: undefined }, { ID: '' }])('fact 8: an ID is generated for $ID', async ({ ID }) => {
    const { ID: _, ...rest } = base();
    await put([ID === undefined ? rest : { ...rest, ID }]);
    const [rule] = (await stored())?.Rules ?? [];
    expect(rule?.ID).toMatch(/^.{8,255}$/);
    expect({ ...rule, ID: 'base' }).toEqual(base());
  });

  test("fact 8: members come in S3's order", async () => {
    await putXml(configuration(`${RULE_XML}${ROLE_XML}`));
    const { body } = await sendRaw(sandbox, { method: 'GET', path: '/src', query: { replication: '' } });
    const names = [...body.matchAll(/<(ID|Priority|Filter|Status|Destination|DeleteMarkerReplication)>/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(['ID', 'Priority', 'Filter', 'Status', 'Destination', 'DeleteMarkerReplication', 'Status']);
  });

  test('fact 9: the Rule may stand before the Role', async () => {
    expect((await putXml(configuration(`${RULE_XML}${ROLE_XML}`))).status).toBe(200);
    expect((await stored())?.Role).toBe(ROLE);
  });
});

const OK = 'accepted';

describe('what Put accepts', () => {
  test('an ID of 255 letters', async () => {
    expect(await refusal(put([base({ ID: 'x'.repeat(255) })]))).toBe(OK);
  });

  test.each([
    { from: true, to: false },
    { from: true, to: true },
    { from: false, to: true },
  ])('fact 34: Object Lock does not matter (source $from, destination $to)', async ({ from, to: destination }) => {
    await makeBucket('lock-from', { locked: from, versioning: 'Enabled' });
    await makeBucket('lock-to', { locked: destination, versioning: 'Enabled' });
    expect(await refusal(put([base({}, { Bucket: 'arn:aws:s3:::lock-to' })], ROLE, 'lock-from'))).toBe(OK);
  });
});

async function sessionOf(name: string, statements: readonly object[]): Promise<Keys> {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' }],
  };
  const { Role } = await aws.iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await aws.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument }));
  const { Credentials } = await aws.sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'test' }));
  return Credentials ?? {};
}

describe('role, PassRole and trust at Put', () => {
  const s3Only = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const passing = (Resource: string) => ({ Effect: 'Allow', Action: 'iam:PassRole', Resource });
  const putAs = (keys: Keys) =>
    clientsOf(sandbox, keys).s3.send(
      new PutBucketReplicationCommand({ Bucket: 'src', ReplicationConfiguration: { Role: ROLE, Rules: [base()] } }),
    );

  test('fact 36: Put needs iam:PassRole on the role, Delete does not', async () => {
    const without = await sessionOf('without', [s3Only]);
    expect(await refusal(putAs(without))).toBe('403 AccessDenied');
    expect(
      await refusal(clientsOf(sandbox, without).s3.send(new DeleteBucketReplicationCommand({ Bucket: 'src' }))),
    ).toBe(OK);
    expect(await refusal(putAs(await sessionOf('other', [s3Only, passing(`${ROLE}-2`)])))).toBe('403 AccessDenied');
    expect(await refusal(putAs(await sessionOf('exact', [s3Only, passing(ROLE)])))).toBe(OK);
  });

  test('fact 37: another account may get and delete with a bucket policy, and never put', async () => {
    await put([base()]);
    const { s3 } = clientsOf(sandbox, OTHER);
    const get = () => s3.send(new GetBucketReplicationCommand({ Bucket: 'src' }));
    const remove = () => s3.send(new DeleteBucketReplicationCommand({ Bucket: 'src' }));
    const putFrom = (account: string) =>
      s3.send(
        new PutBucketReplicationCommand({
          Bucket: 'src',
          ReplicationConfiguration: { Role: `arn:aws:iam::${account}:role/repl`, Rules: [base()] },
        }),
      );
    expect(await refusal(get())).toBe('403 AccessDenied');
    expect(await refusal(remove())).toBe('403 AccessDenied');
    expect(await refusal(putFrom(SOURCE))).toBe('403 AccessDenied');
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
          Action: ['s3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'],
          Resource: 'arn:aws:s3:::src',
        },
      ],
    });
    await aws.s3.send(new PutBucketPolicyCommand({ Bucket: 'src', Policy }));
    expect(await refusal(get())).toBe(OK);
    expect(await refusal(putFrom(SOURCE))).toBe('403 AccessDenied');
    expect(await refusal(putFrom(OTHER))).toBe('403 AccessDenied');
    expect(await refusal(remove())).toBe(OK);
  });

  test('fact 38: a role that does not trust S3 is accepted', async () => {
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    };
    await aws.iam.send(new CreateRoleCommand({ RoleName: 'repl', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    expect(await refusal(put([base()]))).toBe(OK);
  });
});
