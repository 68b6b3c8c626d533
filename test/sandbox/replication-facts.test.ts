import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteBucketReplicationCommand,
  type Destination,
  GetBucketReplicationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  type ReplicationRule,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Clients, clientsOf, type Keys, message, OTHER, refusal, SOURCE } from './clients.ts';
import { codeOf, sendRaw } from './raw-request.ts';

const ROLE = `arn:aws:iam::${SOURCE}:role/repl`;
const KEY = `arn:aws:kms:eu-central-1:${OTHER}:key/11111111-1111-4111-8111-111111111111`;

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

function base(changes: Partial<ReplicationRule> = {}, destination: Partial<Destination> = {}): ReplicationRule {
  return {
    ID: 'base',
    Priority: 1,
    Filter: { Prefix: '' },
    Status: 'Enabled',
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: 'arn:aws:s3:::dst', ...destination },
    ...changes,
  };
}

const oldRule: ReplicationRule = {
  ID: 'old',
  Prefix: '',
  Status: 'Enabled',
  Destination: { Bucket: 'arn:aws:s3:::dst' },
};

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

const RULE_XML =
  '<Rule><ID>base</ID><Priority>1</Priority><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>' +
  '<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>' +
  '<Destination><Bucket>arn:aws:s3:::dst</Bucket></Destination></Rule>';
const ROLE_XML = `<Role>${ROLE}</Role>`;
const configuration = (content: string) => `<ReplicationConfiguration>${content}</ReplicationConfiguration>`;

beforeEach(async () => {
  sandbox = await openSandbox();
  aws = clientsOf(sandbox);
  await makeBucket('src', { versioning: 'Enabled' });
  await makeBucket('dst', { versioning: 'Enabled', account: OTHER });
});

describe('state and calls', () => {
  test('fact 1: without a configuration Get answers 404', async () => {
    const get = () => aws.s3.send(new GetBucketReplicationCommand({ Bucket: 'src' }));
    expect(await refusal(get())).toBe('404 ReplicationConfigurationNotFoundError');
    expect(await message(get())).toBe('The replication configuration was not found');
  });

  test('fact 2: Delete answers 204 with and without a configuration', async () => {
    await put([base()]);
    for (let round = 0; round < 2; round += 1) {
      const { $metadata } = await aws.s3.send(new DeleteBucketReplicationCommand({ Bucket: 'src' }));
      expect($metadata.httpStatusCode).toBe(204);
    }
  });

  test('fact 3: a missing bucket is 404, a wrong expected owner 403', async () => {
    const calls = (bucket: string, owner?: string) => {
      const input = { Bucket: bucket, ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }) };
      return [
        new GetBucketReplicationCommand(input),
        new DeleteBucketReplicationCommand(input),
        new PutBucketReplicationCommand({ ...input, ReplicationConfiguration: { Role: ROLE, Rules: [base()] } }),
      ].map((command) => refusal(aws.s3.send(command as GetBucketReplicationCommand)));
    };
    expect(await Promise.all(calls('nowhere'))).toEqual(Array(3).fill('404 NoSuchBucket'));
    for (const call of calls('src', OTHER)) expect(await call).toMatch(/^403 AccessDenied$/);
  });

  test('fact 4: the source must have versioning enabled', async () => {
    await makeBucket('plain');
    await makeBucket('suspended', { versioning: 'Suspended' });
    for (const bucket of ['plain', 'suspended']) {
      expect(await refusal(put([base()], ROLE, bucket))).toBe('400 InvalidRequest');
      expect(await message(put([base()], ROLE, bucket))).toBe(
        "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
      );
    }
  });

  test('fact 5: the destination must have versioning enabled', async () => {
    await makeBucket('plain');
    await makeBucket('suspended', { versioning: 'Suspended' });
    for (const bucket of ['plain', 'suspended']) {
      const call = () => put([base({}, { Bucket: `arn:aws:s3:::${bucket}` })]);
      expect(await refusal(call())).toBe('400 InvalidRequest');
      expect(await message(call())).toBe('Destination bucket must have versioning enabled.');
    }
  });

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

interface Case {
  readonly fact: string;
  readonly rules: ReplicationRule[];
  readonly answer: string;
  readonly role?: string;
}

function row(fact: string, answer: string, ...rules: ReplicationRule[]): Case {
  return { fact, rules, answer };
}

const XML = '400 MalformedXML';
const REQUEST = '400 InvalidRequest';
const ARGUMENT = '400 InvalidArgument';
const OK = 'accepted';

const tag = { Key: 'k', Value: 'v' };
const twoTags = [tag, { Key: 'l', Value: 'w' }];
const { Priority: _priority, ...noPriority } = base();
const { DeleteMarkerReplication: _marker, ...noMarker } = base();
const { Filter: _filter, ...noFilter } = base();
const on = { Status: 'Enabled' } as const;
const off = { Status: 'Disabled' } as const;
const minutes = (Minutes: number) => ({ Minutes });
const rtc = (status: 'Enabled' | 'Disabled', value = 15) => ({
  ReplicationTime: { Status: status, Time: minutes(value) },
});
const metrics = (status: 'Enabled' | 'Disabled', value?: number) => ({
  Metrics: { Status: status, ...(value === undefined ? {} : { EventThreshold: minutes(value) }) },
});
const sseKms = (status: 'Enabled' | 'Disabled') => ({
  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: status } },
});
const withKey = (ReplicaKmsKeyID: string) => ({ EncryptionConfiguration: { ReplicaKmsKeyID } });
const to = (Bucket: string) => base({}, { Bucket });

const CASES: readonly Case[] = [
  { ...row('10: an empty Role', ARGUMENT, base()), role: '' },
  { ...row('10: a Role that is no ARN', ARGUMENT, base()), role: 'not-an-arn' },
  { ...row('10: the ARN of a user', ARGUMENT, base()), role: `arn:aws:iam::${SOURCE}:user/repl` },
  { ...row('11: a role that does not exist', OK, base()), role: `arn:aws:iam::${SOURCE}:role/nobody` },
  { ...row('12: a role of another account', '403 AccessDenied', base()), role: `arn:aws:iam::${OTHER}:role/repl` },
  row('13: no rule', XML),
  row('14: a rule of the first version', OK, oldRule),
  row('14: neither Prefix nor Filter', XML, noFilter),
  row('14: first version with Priority', REQUEST, { ...oldRule, Priority: 1 }),
  row('14: first version with DeleteMarkerReplication', REQUEST, { ...oldRule, DeleteMarkerReplication: off }),
  row('14: Prefix and Filter', XML, base({ Prefix: '' })),
  row('14: both versions', REQUEST, base(), oldRule),
  row('15: no Priority', REQUEST, noPriority),
  row('15: no DeleteMarkerReplication', REQUEST, noMarker),
  row('16: an empty Filter', OK, base({ Filter: {} })),
  row('16: one Tag', OK, base({ Filter: { Tag: tag } })),
  row('16: And of prefix and two tags', OK, base({ Filter: { And: { Prefix: 'a', Tags: twoTags } } })),
  row('16: And of prefix and one tag', OK, base({ Filter: { And: { Prefix: 'a', Tags: [tag] } } })),
  row('16: And of a prefix', XML, base({ Filter: { And: { Prefix: 'a' } } })),
  row('16: And of one tag', XML, base({ Filter: { And: { Tags: [tag] } } })),
  row('16: And of nothing', XML, base({ Filter: { And: {} } })),
  row('16: Prefix and Tag without And', XML, base({ Filter: { Prefix: 'a', Tag: tag } })),
  row('16: a tag key twice', REQUEST, base({ Filter: { And: { Tags: [tag, { ...tag, Value: 'w' }] } } })),
  row('17: priority -1', REQUEST, base({ Priority: -1 })),
  row('17: priority 0', OK, base({ Priority: 0 })),
  row('17: priority 2147483647', OK, base({ Priority: 2147483647 })),
  row('17: priority 2147483648', XML, base({ Priority: 2147483648 })),
  row('17: a priority twice for one destination', REQUEST, base(), base({ ID: 'two' })),
  row('18: an ID of 255 letters', OK, base({ ID: 'x'.repeat(255) })),
  row('18: an ID of 256 letters', ARGUMENT, base({ ID: 'x'.repeat(256) })),
  row('18: an ID twice', ARGUMENT, base(), base({ Priority: 2 })),
  row('19: status enabled', XML, base({ Status: 'enabled' as 'Enabled' })),
  row('19: an empty status', XML, base({ Status: '' as 'Enabled' })),
  row('19: status Disabled', OK, base({ Status: 'Disabled' })),
  row('20: delete markers with a prefix', OK, base({ Filter: { Prefix: 'a' }, DeleteMarkerReplication: on })),
  row('20: delete markers with a tag', REQUEST, base({ Filter: { Tag: tag }, DeleteMarkerReplication: on })),
  row('20: an empty DeleteMarkerReplication', XML, base({ DeleteMarkerReplication: {} })),
  row('21: ExistingObjectReplication Enabled', XML, base({ ExistingObjectReplication: on })),
  row('21: ExistingObjectReplication Disabled', XML, base({ ExistingObjectReplication: off })),
  row('22: empty SourceSelectionCriteria', REQUEST, base({ SourceSelectionCriteria: {} })),
  row('23: replica modifications alone', OK, base({ SourceSelectionCriteria: { ReplicaModifications: on } })),
  row('23: no replica modifications', OK, base({ SourceSelectionCriteria: { ReplicaModifications: off } })),
  row('24: SSE-KMS without a key', REQUEST, base(sseKms('Enabled'))),
  row('24: SSE-KMS Disabled without a key', REQUEST, base(sseKms('Disabled'))),
  row('25: a key without SSE-KMS', REQUEST, base({}, withKey(KEY))),
  row('26: a key that is no ARN', ARGUMENT, base(sseKms('Enabled'), withKey('not-a-key'))),
  row('26: a key that does not exist', OK, base(sseKms('Enabled'), withKey(KEY))),
  row('27: a destination that does not exist', REQUEST, to('arn:aws:s3:::nowhere')),
  row('27: destination = source', REQUEST, to('arn:aws:s3:::src')),
  row('27: a bare bucket name', ARGUMENT, to('dst')),
  row('27: the ARN of an object', ARGUMENT, to('arn:aws:s3:::dst/key')),
  row('28: the owner as Account', OK, base({}, { Account: OTHER })),
  row('28: another account as Account', OK, base({}, { Account: '333333333333' })),
  row('28: Account abc', OK, base({}, { Account: 'abc' })),
  row('29: override without Account', REQUEST, base({}, { AccessControlTranslation: { Owner: 'Destination' } })),
  row(
    '29: override with Account',
    OK,
    base({}, { Account: OTHER, AccessControlTranslation: { Owner: 'Destination' } }),
  ),
  row(
    '29: override to Source',
    XML,
    base({}, { Account: OTHER, AccessControlTranslation: { Owner: 'Source' as 'Destination' } }),
  ),
  row('30: STANDARD_IA', OK, base({}, { StorageClass: 'STANDARD_IA' })),
  row('30: GLACIER', OK, base({}, { StorageClass: 'GLACIER' })),
  row('30: an unknown class', XML, base({}, { StorageClass: 'WARM' as 'GLACIER' })),
  row('30: EXPRESS_ONEZONE', XML, base({}, { StorageClass: 'EXPRESS_ONEZONE' })),
  row(
    '31: several destinations',
    OK,
    base(),
    base({ ID: 'two', Priority: 2, Destination: { Bucket: 'arn:aws:s3:::dst-2' } }),
  ),
  row('32: metrics without threshold', OK, base({}, metrics('Enabled'))),
  row('32: metrics Disabled', OK, base({}, metrics('Disabled'))),
  row('32: metrics with threshold 15 without RTC', ARGUMENT, base({}, metrics('Enabled', 15))),
  row('32: metrics with threshold 14 without RTC', ARGUMENT, base({}, metrics('Enabled', 14))),
  row('33: RTC without metrics', REQUEST, base({}, rtc('Enabled'))),
  row('33: RTC Disabled without metrics', REQUEST, base({}, rtc('Disabled'))),
  row('33: RTC with metrics Disabled', ARGUMENT, base({}, { ...rtc('Enabled'), ...metrics('Disabled') })),
  row('33: RTC of 14 minutes', ARGUMENT, base({}, { ...rtc('Enabled', 14), ...metrics('Enabled', 15) })),
  row('33: RTC of 15 minutes', OK, base({}, { ...rtc('Enabled'), ...metrics('Enabled', 15) })),
  row('39: a destination without any bucket policy', OK, base()),
];

describe('what Put accepts', () => {
  test.each(CASES)('fact $fact: $answer', async ({ rules, role, answer }) => {
    await makeBucket('dst-2', { versioning: 'Enabled' });
    await put([base({ ID: 'earlier' })]);
    expect(await refusal(put(rules, role ?? ROLE))).toBe(answer);
    const ids = (await stored())?.Rules?.map((rule) => rule.ID);
    expect(ids).toEqual(answer === OK ? rules.map((rule) => rule.ID) : ['earlier']);
  });

  test.each([
    ['10: no Role', RULE_XML],
    ['13: no Rule', ROLE_XML],
    ['35: two Roles', `${ROLE_XML}${ROLE_XML}${RULE_XML}`],
    ['35: an unknown element', `${ROLE_XML}${RULE_XML}<Extra/>`],
  ])('fact %s: MalformedXML', async (_, content) => {
    expect(codeOf(await putXml(configuration(content)))).toBe(XML);
  });

  test('fact 35: another root element and a truncated document are MalformedXML', async () => {
    const whole = configuration(ROLE_XML + RULE_XML);
    expect(codeOf(await putXml(whole.replaceAll('ReplicationConfiguration', 'Replication')))).toBe(XML);
    expect(codeOf(await putXml(whole.slice(0, -10)))).toBe(XML);
    expect(codeOf(await putXml(''))).toBe(XML);
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
