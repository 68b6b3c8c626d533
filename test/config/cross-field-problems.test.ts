import { describe, expect, test } from 'vitest';
import {
  atDestination,
  atSource,
  atTop,
  changed,
  inRule,
  keyArn,
  plainFile,
  problemsOf,
  warningsOf,
  withAnyHint,
} from './config-file.ts';

const third = (rest: string) => `  - { account: "333333333333", region: eu-west-1, bucket: ${rest} }\n`;

const table: readonly [what: string, text: string, problems: readonly string[]][] = [
  [
    'the source bucket as destination',
    changed(['acme-replica', 'acme-invoices']),
    ['10:13  bucket acme-invoices is also the source bucket (write the name of another bucket)'],
  ],
  [
    'two destinations with one bucket',
    plainFile + third('acme-replica'),
    [
      '13:59  bucket acme-replica is also the bucket of destinations[0] ' +
        '(write another bucket, or put all rules under destinations[0])',
    ],
  ],
  [
    'a destination in another partition',
    changed(['eu-central-1', 'cn-north-1']),
    [
      '9:13  region cn-north-1 is in partition aws-cn, but the source is in aws, which S3 does not replicate between ' +
        '(write a Region of aws)',
    ],
  ],
  [
    'a key in another Region',
    changed(atSource(`kmsKey: ${keyArn('us-east-1', '111111111111')}`)),
    ['7:11  the key is in us-east-1, but the bucket is in eu-west-1 (write a key of eu-west-1, or kmsKey: create)'],
  ],
  [
    'a key of another account at the source',
    changed(atSource(`kmsKey: ${keyArn('eu-west-1', '222222222222')}`)),
    [
      '7:11  the key belongs to account 222222222222, not to 111111111111 ' +
        '(write a key of account 111111111111, or kmsKey: create)',
    ],
  ],
  [
    'a key in another Region and of a third account',
    changed(atDestination(`kmsKey: ${keyArn('eu-west-1', '333333333333')}`)),
    [
      '11:13  the key is in eu-west-1, but the bucket is in eu-central-1 ' +
        '(write a key of eu-central-1, or kmsKey: create)',
      '11:13  the key belongs to account 333333333333, not to 222222222222 or 111111111111 ' +
        '(write a key of account 222222222222, or kmsKey: create)',
    ],
  ],
  [
    'a key of another partition',
    changed(atSource(`kmsKey: ${keyArn('eu-west-1', '111111111111', 'aws-cn')}`)),
    ['7:11  the ARN is of partition aws-cn, but eu-west-1 is in aws (write arn:aws:…)'],
  ],
  [
    'additional keys in another Region and of another account',
    changed(
      atSource(`additionalKmsKeys: [ ${keyArn('us-east-1', '111111111111')}, ${keyArn('eu-west-1', '222222222222')} ]`),
    ),
    [
      '7:24  the key is in us-east-1, but the bucket is in eu-west-1 (write a key of eu-west-1)',
      '7:101  the key belongs to account 222222222222, not to 111111111111 (write a key of account 111111111111)',
    ],
  ],
  [
    "the source's key in another Region",
    changed(atDestination('kmsKey: source')),
    [
      "11:13  the source's key is in eu-west-1 and works only there, but the bucket is in eu-central-1 " +
        '(write kmsKey: create)',
    ],
  ],
  [
    'delete markers together with tags',
    changed(inRule('tags: { team: billing }', 'deleteMarkers: true')),
    ['14:24  S3 does not replicate delete markers in a rule with tags (write deleteMarkers: false)'],
  ],
  [
    'two rules of one destination with one id',
    `${plainFile}        prefix: a/\n      - id: everything\n`,
    ['14:13  id everything is also the id of destinations[0].rules[0] (write another id)'],
  ],
  [
    'rules of two destinations with one id',
    plainFile + third('acme-other, rules: [ { id: everything } ]'),
    ['13:86  id everything is also the id of destinations[0].rules[0] (write another id)'],
  ],
  [
    'a rule with the id of a default rule',
    changed(['id: everything', 'id: all-2']) + third('acme-other'),
    ['12:13  id all-2 is also what the rule of destinations[1] is called (write another id)'],
  ],
  [
    'rules of two destinations with one priority',
    `${plainFile}        priority: 7\n${third('acme-other, rules: [ { id: more, priority: 7 } ]')}`,
    ['14:102  priority 7 is also that of destinations[0].rules[0] (write another one, or leave it out)'],
  ],
  [
    'S3 RTC without metrics',
    changed(inRule('replicationTimeControl: true', 'metrics: false')),
    ['14:18  S3 RTC needs metrics (write metrics: true, or replicationTimeControl: false as well)'],
  ],
  ['no metrics, and S3 RTC by default', changed(inRule('metrics: false')), ['13:18  S3 RTC needs metrics']],
  [
    'an external ID without a role',
    changed(atSource('access: { externalId: abc }')),
    ['7:25  externalId has no effect without assumeRole (write assumeRole too, or remove it)'],
  ],
  [
    'an MFA device without a role',
    changed(atDestination('access: { mfaSerial: "arn:aws:iam::222222222222:mfa/me" }')),
    ['11:26  mfaSerial has no effect'],
  ],
  [
    'a role to assume in another account',
    changed(atDestination('access: { assumeRole: "arn:aws:iam::111111111111:role/x" }')),
    ['11:27  the role is in account 111111111111, but destinations[0] is 222222222222 (write a role of 222222222222)'],
  ],
  [
    'a role to assume of another partition',
    changed(atSource('access: { assumeRole: "arn:aws-cn:iam::111111111111:role/x" }')),
    ['7:25  the ARN is of partition aws-cn, but eu-west-1 is in aws (write arn:aws:…)'],
  ],
  [
    'one role for both purposes',
    changed(atTop('backfill: { role: S3repl-Invoices-DR }')),
    ['7:19  the replication role has the same name (write the name of another role)'],
  ],
  [
    'a replication role with the name that the role of backfill has when left out',
    changed(atTop('role: { name: s3repl-invoices-dr-backfill }')),
    ['7:15  the role of backfill has the same name (write another name, or backfill: { role: NAME })'],
  ],
  [
    'a boundary of another account',
    changed(atTop('role: { permissionsBoundary: "arn:aws:iam::222222222222:policy/x" }')),
    ['7:30  the policy is in account 222222222222, but the role is in 111111111111 (write a policy of 111111111111)'],
  ],
  [
    'a boundary of another partition',
    changed(atTop('role: { permissionsBoundary: "arn:aws-us-gov:iam::aws:policy/x" }')),
    ['7:30  the ARN is of partition aws-us-gov, but eu-west-1 is in aws (write arn:aws:…)'],
  ],
  [
    'an administrator of an account that gets no new key',
    changed(atTop('newKeys: { administrators: [ "arn:aws:iam::333333333333:role/x" ] }')),
    [
      '7:30  account 333333333333 gets no new key, and a key cannot be administered from another account ' +
        '(write a role or user of 111111111111 or 222222222222)',
    ],
  ],
  [
    'a user of an account that gets no new key',
    changed(atDestination('kmsKey: alias/theirs'), atTop('newKeys: { users: [ "arn:aws:iam::222222222222:user/x" ] }')),
    [
      '7:21  account 222222222222 gets no new key, and only roles and users of its own account can use a new key ' +
        '(write a role or user of 111111111111)',
    ],
  ],
  [
    'an administrator from the account that shares the new key',
    changed(
      ['eu-central-1', 'eu-west-1'],
      atDestination('kmsKey: source'),
      atTop('newKeys: { administrators: [ "arn:aws:iam::222222222222:role/x" ] }'),
    ),
    [
      '7:30  account 222222222222 gets no new key, and a key cannot be administered from another account ' +
        '(write a role or user of 111111111111)',
    ],
  ],
  [
    'a user where no key is created',
    changed(
      atSource('kmsKey: alias/a'),
      atDestination('kmsKey: alias/b'),
      atTop('newKeys: { users: [ "arn:aws:iam::111111111111:role/x" ] }'),
    ),
    ['8:21  no key is created here, so this has no effect (remove it, or write kmsKey: create)'],
  ],
  [
    'an administrator of another partition',
    changed(atTop('newKeys: { administrators: [ "arn:aws-cn:iam::111111111111:role/x" ] }')),
    ['7:30  the ARN is of partition aws-cn, but eu-west-1 is in aws (write arn:aws:…)'],
  ],
];

describe('what does not fit together is a problem', () => {
  test.each(table)('%s', (_what, text, problems) => {
    expect(problemsOf(text)).toEqual(withAnyHint(problems));
  });
});

const ownerWarning =
  "the replicas' key belongs to the source account 111111111111, which can make them unreadable " +
  'for account 222222222222 (write kmsKey: create for a key of its own)';

const warned: readonly [what: string, text: string, warnings: readonly string[]][] = [
  [
    'two rules of one destination with one filter',
    `${plainFile}        tags: { a: x, b: y }\n      - { id: more, tags: { b: y, a: x } }\n`,
    [
      '14:9  the rule selects the same objects as destinations[0].rules[0] ' +
        '(change prefix or tags, or remove one of the two)',
    ],
  ],
  [
    'ownerOverride within one account',
    changed(['"222222222222"', '"111111111111"'], inRule('ownerOverride: true')),
    ['13:24  ownerOverride has no effect within account 111111111111 (remove it)'],
  ],
  [
    'a key of the source account at a destination',
    changed(atDestination(`kmsKey: ${keyArn('eu-central-1', '111111111111')}`)),
    [`11:13  ${ownerWarning}`],
  ],
  [
    "the source's key for both",
    changed(['eu-central-1', 'eu-west-1'], atDestination('kmsKey: source')),
    [`11:13  ${ownerWarning}`],
  ],
  [
    'a partition that could not be checked',
    changed(['eu-west-1', 'cn-north-1'], ['eu-central-1', 'cn-northwest-1']),
    [
      '5:11  replication of encrypted objects in partition aws-cn is unconfirmed: s3repl could not check the names ' +
        'that its policies need there (run s3repl verify after s3repl apply)',
    ],
  ],
];

describe('what works, and may surprise, is a warning', () => {
  test.each(warned)('%s', (_what, text, warnings) => {
    expect(warningsOf(text)).toEqual(warnings);
  });
});

const quiet: readonly [what: string, text: string][] = [
  ['GovCloud', changed(['eu-west-1', 'us-gov-west-1'], ['eu-central-1', 'us-gov-east-1'])],
  [
    'one key within one account',
    changed(['"222222222222"', '"111111111111"'], ['eu-central-1', 'eu-west-1'], atDestination('kmsKey: source')),
  ],
  ['a key of each account', changed(atDestination(`kmsKey: ${keyArn('eu-central-1', '222222222222')}`))],
  ['no metrics and no S3 RTC', changed(inRule('metrics: false', 'replicationTimeControl: false'))],
  ['tags without delete markers', changed(inRule('tags: { a: b }', 'deleteMarkers: false'))],
  ['delete markers with an empty tag filter', changed(inRule('tags: {}', 'deleteMarkers: true'))],
  ['a role of backfill beside a replication role', changed(atTop('role: { name: theirs }\nbackfill: { role: mine }'))],
  ['one filter at two destinations', plainFile + third('acme-other')],
  [
    'administrators of both accounts',
    changed(
      atTop('newKeys: { administrators: [ "arn:aws:iam::111111111111:role/x", "arn:aws:iam::222222222222:role/x" ] }'),
    ),
  ],
];

test.each(quiet)('nothing is said about %s', (_what, text) => {
  expect(warningsOf(text)).toEqual([]);
});

test('a user of the account that shares the new source key is given it', () => {
  const text = changed(
    ['eu-central-1', 'eu-west-1'],
    atDestination('kmsKey: source'),
    atTop('newKeys: { users: [ "arn:aws:iam::222222222222:role/x" ] }'),
  );
  expect(problemsOf(text)).toEqual([]);
});

test('a check across fields keeps quiet where a field that it needs is wrong', () => {
  expect(problemsOf(changed(['eu-west-1', 'europe'], atDestination('kmsKey: source')))).toHaveLength(1);
  expect(problemsOf(changed(inRule('replicationTimeControl: 1', 'metrics: false')))).toHaveLength(1);
  const principal = atTop('newKeys: { users: [ "arn:aws:iam::222222222222:role/x" ] }');
  expect(problemsOf(changed(atDestination('kmsKey: nonsense'), principal))).toHaveLength(1);
  expect(problemsOf(changed(['name: invoices-dr', 'name: Invoices'], atTop('backfill: { role: x }')))).toHaveLength(1);
  expect(problemsOf(changed(atTop('role: { name: "a b" }\nbackfill: { role: x }')))).toHaveLength(1);
});
