import { describe, expect, test } from 'vitest';
import {
  atDestination,
  atSource,
  atTop,
  type Change,
  changed,
  fromDestinations,
  fromSource,
  inRule,
  keyArn,
  problemsOf,
  rulesLines,
  withAnyHint,
} from './config-file.ts';

const table: readonly [what: string, change: Change, problems: readonly string[]][] = [
  ['a version that is missing', ['version: 1\n', ''], ['1:1  version is missing (write version: 1)']],
  ['a version of another format', ['version: 1', 'version: 2'], ['1:10  version must be 1, not 2 (write version: 1)']],
  ['a version that is text', ['version: 1', 'version: "1"'], ['1:10  version must be 1, not "1" (write version: 1)']],
  ['a name that is missing', ['name: invoices-dr\n', ''], ['1:1  name is missing (write name: invoices-dr)']],
  [
    'a name with upper case letters',
    ['invoices-dr', 'Invoices'],
    [
      '2:7  name "Invoices" is not a name (write 1 to 40 lower case letters, digits and hyphens, beginning with a letter)',
    ],
  ],
  [
    'a name that is too long',
    ['invoices-dr', 'a'.repeat(41)],
    ['2:7  name "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is not a name'],
  ],
  ['a name that is a number', ['invoices-dr', '12'], ['2:7  name must be text, not 12 (write name: invoices-dr)']],
  ['a name without a value', [' invoices-dr', ''], ['2:1  name has no value (write name: invoices-dr)']],
  ['an empty name', ['invoices-dr', '""'], ['2:7  name is empty (write name: invoices-dr)']],
  [
    'a source that is missing',
    [fromSource, ''],
    ['1:1  source is missing (write source: with account, region and bucket)'],
  ],
  ['a source that is a list', [fromSource, 'source: []\n'], ['3:9  source must be a mapping, not a list']],
  [
    'an account that is missing',
    ['  account: "111111111111"\n', ''],
    ['4:3  account is missing (write it in quotes: "012345678901")'],
  ],
  [
    'an account with too few digits',
    ['"111111111111"', '11111111111'],
    ['4:12  account must be 12 digits, not "11111111111" (write it in quotes: "012345678901")'],
  ],
  [
    'an account with letters',
    ['"111111111111"', 'acme'],
    ['4:12  account must be 12 digits, not "acme" (write it in quotes: "012345678901")'],
  ],
  [
    'an account that YAML reads as a boolean',
    ['"111111111111"', 'true'],
    ['4:12  account must be 12 digits, not "true" (write it in quotes: "012345678901")'],
  ],
  [
    'an account that is a list',
    ['"111111111111"', '[1]'],
    ['4:12  account must be text, not a list (write it in quotes: "012345678901")'],
  ],
  ['a region that is missing', ['  region: eu-west-1\n', ''], ['4:3  region is missing (write region: eu-west-1)']],
  [
    'a region that is an Availability Zone',
    ['eu-west-1', 'eu-west-1a'],
    ['5:11  region "eu-west-1a" is not a Region (write its code, such as eu-west-1)'],
  ],
  ['a bucket that is missing', ['  bucket: acme-invoices\n', ''], ['4:3  bucket is missing (write bucket: NAME)']],
  [
    'a bucket with upper case letters',
    ['acme-invoices', 'Acme'],
    [
      '6:11  bucket "Acme" is not a bucket name (write 3 to 63 lower case letters, digits, dots and hyphens, with a letter or digit at both ends)',
    ],
  ],
  ['a bucket that is too short', ['acme-invoices', 'ab'], ['6:11  bucket "ab" is not a bucket name']],
  [
    'a bucket that is too long',
    ['acme-invoices', 'a'.repeat(64)],
    ['6:11  bucket "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" is not a bucket name'],
  ],
  ['a bucket with a hyphen at the end', ['acme-invoices', 'acme-'], ['6:11  bucket "acme-" is not a bucket name']],
  [
    'a bucket with two dots',
    ['acme-invoices', 'acme..invoices'],
    ['6:11  bucket "acme..invoices" has two dots in a row (write one)'],
  ],
  [
    'a bucket that looks like an IP address',
    ['acme-invoices', '192.168.5.4'],
    ['6:11  bucket "192.168.5.4" looks like an IP address (write another name)'],
  ],
  [
    'a bucket with a reserved beginning',
    ['acme-invoices', 'xn--acme'],
    ['6:11  bucket "xn--acme" begins with xn--, which AWS reserves (write another name)'],
  ],
  [
    'a bucket with another reserved beginning',
    ['acme-invoices', 'sthree-acme'],
    ['6:11  bucket "sthree-acme" begins with sthree-'],
  ],
  [
    'a bucket with a reserved end',
    ['acme-invoices', 'acme-s3alias'],
    ['6:11  bucket "acme-s3alias" ends with -s3alias'],
  ],
  [
    'a bucket that is an Object Lambda alias',
    ['acme-invoices', 'acme--ol-s3'],
    ['6:11  bucket "acme--ol-s3" ends with --ol-s3'],
  ],
  [
    'a bucket that is a Multi-Region Access Point',
    ['acme-invoices', 'acme.mrap'],
    ['6:11  bucket "acme.mrap" ends with .mrap'],
  ],
  [
    'a directory bucket',
    ['acme-invoices', 'acme--euw1-az1--x-s3'],
    [
      '6:11  bucket "acme--euw1-az1--x-s3" is a directory bucket, which S3 does not replicate (write a general purpose bucket)',
    ],
  ],
  [
    'a bucket that is an ARN',
    ['acme-invoices', 'arn:aws:s3:::acme'],
    ['6:11  bucket "arn:aws:s3:::acme" is not a bucket name'],
  ],
  [
    'a KMS key of no known form',
    atSource('kmsKey: my-key'),
    ['7:11  kmsKey "my-key" is not a KMS key (write create, alias/NAME or the ARN of a key)'],
  ],
  [
    'an AWS managed key',
    atSource('kmsKey: alias/aws/s3'),
    ['7:11  kmsKey "alias/aws/s3" is an AWS managed key, which cannot be used across accounts (write create)'],
  ],
  [
    'an alias with spaces',
    atSource('kmsKey: "alias/my key"'),
    ['7:11  kmsKey "alias/my key" is not an alias (write alias/ and letters, digits, /, _ and -)'],
  ],
  [
    'the ARN of an alias',
    atSource('kmsKey: arn:aws:kms:eu-west-1:111111111111:alias/acme'),
    [
      '7:11  kmsKey "arn:aws:kms:eu-west-1:111111111111:alias/acme" is the ARN of an alias (write alias/NAME or the ARN of the key)',
    ],
  ],
  [
    'only the ID of a key',
    atSource('kmsKey: 1234abcd-12ab-34cd-56ef-1234567890ab'),
    [
      '7:11  kmsKey "1234abcd-12ab-34cd-56ef-1234567890ab" is only the ID of a key (write its full ARN, arn:aws:kms:…, or alias/NAME)',
    ],
  ],
  ['kmsKey source at the source', atSource('kmsKey: source'), ['7:11  kmsKey source is for destinations only']],
  [
    'a misspelt key at a destination',
    atDestination('kmsKey: sauce'),
    ['11:13  kmsKey "sauce" is not a KMS key (write create, source, alias/NAME or the ARN of a key)'],
  ],
  [
    'a bucketKey that is text',
    atSource('bucketKey: "yes"'),
    ['7:14  bucketKey must be true or false, not "yes" (write bucketKey: true or bucketKey: false)'],
  ],
  [
    'additional keys that are no list',
    atSource(`additionalKmsKeys: ${keyArn('eu-west-1', '111111111111')}`),
    [
      '7:22  additionalKmsKeys must be a list, not "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-5…" (write additionalKmsKeys: [ "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab" ])',
    ],
  ],
  [
    'an additional key that is an alias',
    atSource('additionalKmsKeys: [ alias/acme ]'),
    [
      '7:24  "alias/acme" is not the ARN of a KMS key (write the ARN of the key: arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab)',
    ],
  ],
  [
    'an additional key that is the ARN of an alias',
    atSource('additionalKmsKeys: [ "arn:aws:kms:eu-west-1:111111111111:alias/acme" ]'),
    ['7:24  "arn:aws:kms:eu-west-1:111111111111:alias/acme" is the ARN of an alias'],
  ],
  [
    'an additional key that is a number',
    atSource('additionalKmsKeys: [ 5 ]'),
    [
      '7:24  an entry of additionalKmsKeys must be text, not 5 (write arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab)',
    ],
  ],
  [
    'access that is text',
    atSource('access: prod'),
    ['7:11  access must be a mapping, not "prod" (write access: { profile: NAME })'],
  ],
  ['an empty profile', atSource('access: { profile: "" }'), ['7:22  profile is empty (write the name of a profile)']],
  [
    'a role to assume that is a name',
    atSource('access: { assumeRole: setup }'),
    ['7:25  assumeRole "setup" is not the ARN of a role (write arn:aws:iam::111111111111:role/NAME)'],
  ],
  [
    'an external ID with a space',
    atSource('access: { assumeRole: "arn:aws:iam::111111111111:role/x", externalId: "a b" }'),
    ['7:73  externalId is not an external ID (write 2 to 1224 letters, digits and any of _ + = , . @ : / -)'],
  ],
  [
    'an MFA device that is a name',
    atSource('access: { assumeRole: "arn:aws:iam::111111111111:role/x", mfaSerial: me }'),
    ['7:72  mfaSerial "me" is not an MFA device (write arn:aws:iam::111111111111:mfa/NAME, or its serial number)'],
  ],
  [
    'destinations that are missing',
    [fromDestinations, ''],
    ['1:1  destinations is missing (write destinations: with "- account:", region: and bucket: of at least one)'],
  ],
  [
    'destinations that are a mapping',
    [fromDestinations, 'destinations: { account: 1 }\n'],
    ['7:15  destinations must be a list, not a mapping'],
  ],
  ['no destination', [fromDestinations, 'destinations: []\n'], ['7:15  destinations is empty']],
  [
    'a destination that is text',
    [fromDestinations, 'destinations:\n  - acme\n'],
    ['8:5  a destination must be a mapping, not "acme" (write - account: "222222222222", region: and bucket:)'],
  ],
  [
    'no rule',
    [rulesLines, '    rules: []\n'],
    ['11:12  rules is empty (write rules: with "- id: everything", or leave rules out to replicate the whole bucket)'],
  ],
  ['rules that are a mapping', [rulesLines, '    rules: { id: x }\n'], ['11:12  rules must be a list, not a mapping']],
  [
    'a rule that is text',
    ['      - id: everything\n', '      - everything\n'],
    ['12:9  a rule must be a mapping, not "everything" (write - id: everything)'],
  ],
  [
    'a rule without an id',
    ['      - id: everything\n', '      - prefix: Tax/\n'],
    ['12:9  id is missing (write id: everything)'],
  ],
  [
    'a rule ID with a space',
    ['id: everything', 'id: "all of it"'],
    ['12:13  id "all of it" is not a rule ID (write 1 to 64 letters, digits, dots, underscores and hyphens)'],
  ],
  [
    'a rule ID that is too long',
    ['id: everything', `id: ${'a'.repeat(65)}`],
    ['12:13  id "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" is not a rule ID'],
  ],
  [
    'a prefix that is a number',
    inRule('prefix: 2026'),
    ['13:17  prefix must be text, not 2026 (write it in quotes: "2026")'],
  ],
  [
    'a prefix that is longer than any object key',
    inRule(`prefix: ${'ä'.repeat(513)}`),
    ['13:17  prefix has 1026 bytes (write at most 1024: object keys are no longer)'],
  ],
  [
    'a priority that is negative',
    inRule('priority: -1'),
    ['13:19  priority must be a whole number from 0 to 2147483647, not -1 (write priority: 1)'],
  ],
  [
    'a priority that is too large',
    inRule('priority: 2147483648'),
    ['13:19  priority must be a whole number from 0 to 2147483647, not 2147483648 (write priority: 1)'],
  ],
  [
    'a priority that is a fraction',
    inRule('priority: 1.5'),
    ['13:19  priority must be a whole number from 0 to 2147483647, not 1.5 (write priority: 1)'],
  ],
  [
    'a priority that is text',
    inRule('priority: high'),
    ['13:19  priority must be a whole number from 0 to 2147483647, not "high" (write priority: 1)'],
  ],
  [
    'a switch that is a word',
    inRule('enabled: on'),
    ['13:18  enabled must be true or false, not "on" (write enabled: true or enabled: false)'],
  ],
  [
    'a switch without a value',
    inRule('metrics:'),
    ['13:9  metrics has no value (write metrics: true or metrics: false)'],
  ],
  [
    'a storage class that does not exist',
    inRule('storageClass: COLD'),
    [
      '13:23  storageClass "COLD" is unknown (write one of STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER, DEEP_ARCHIVE, GLACIER_IR)',
    ],
  ],
  [
    'a storage class that is a number',
    inRule('storageClass: 5'),
    ['13:23  storageClass must be text, not 5 (write storageClass: STANDARD)'],
  ],
  [
    'tags that are a list',
    inRule('tags: [ team ]'),
    ['13:15  tags must be a mapping, not a list (write tags: { team: platform })'],
  ],
  [
    'more than ten tags of a rule',
    inRule(`tags: { ${Array.from({ length: 11 }, (_, i) => `t${i}: x`).join(', ')} }`),
    ['13:15  there are 11 tags (write at most 10)'],
  ],
  [
    'a tag that AWS keeps',
    inRule('tags: { "aws:team": x }'),
    ['13:17  tag "aws:team" begins with aws:, which AWS reserves (write another key)'],
  ],
  ['a tag with an empty key', inRule('tags: { "": x }'), ['13:17  the key of a tag is empty (write team: platform)']],
  [
    'the key of a tag with a forbidden character',
    inRule('tags: { "a*b": x }'),
    ['13:17  tag "a*b" is not the key of a tag (write 1 to 128 letters, digits, spaces and any of _ . : / = + - @)'],
  ],
  [
    'the value of a tag with a forbidden character',
    inRule('tags: { team: "a*b" }'),
    ['13:23  "a*b" is not the value of a tag (write at most 256 letters, digits, spaces and any of _ . : / = + - @)'],
  ],
  [
    'the value of a tag that is a list',
    inRule('tags: { team: [ a ] }'),
    ['13:23  the value of a tag must be text, not a list (write "text")'],
  ],
  [
    'the value of a tag that is missing',
    inRule('tags: { team: }'),
    ['13:17  the value of a tag has no value (write "text")'],
  ],
  [
    'the tag that marks what is ours',
    atTop('tags: { s3repl: mine }'),
    ['7:9  tag "s3repl" is one that s3repl sets itself (write another key)'],
  ],
  [
    'a tag that begins like ours',
    atTop('tags: { s3repl-x: mine }'),
    ['7:9  tag "s3repl-x" is one that s3repl sets itself (write another key)'],
  ],
  [
    'a role that is text',
    atTop('role: acme'),
    ['7:7  role must be a mapping, not "acme" (write role: { name: NAME })'],
  ],
  [
    'a role name with a space',
    atTop('role: { name: "my role" }'),
    ['7:15  name "my role" is not the name of a role (write 1 to 64 letters, digits and any of _ + = , . @ -)'],
  ],
  [
    'a role of backfill that is an ARN',
    atTop('backfill: { role: "arn:aws:iam::111111111111:role/x" }'),
    ['7:19  role "arn:aws:iam::111111111111:role/x" is not the name of a role'],
  ],
  [
    'a backfill that is text',
    atTop('backfill: acme'),
    ['7:11  backfill must be a mapping, not "acme" (write backfill: { role: NAME })'],
  ],
  [
    'a role path without slashes',
    atTop('role: { path: replication }'),
    ['7:15  path "replication" is not an IAM path (write / or /…/ with at most 512 characters)'],
  ],
  ...['*', 'team-?', 'x$'].map((name): [string, Change, readonly string[]] => [
    `a role path with ${name}, which would match other roles in a policy`,
    atTop(`role: { path: "/${name}/" }`),
    [
      `7:15  path "/${name}/" has *, ? or $ in it, which would match other roles in policies (write a path without them)`,
    ],
  ]),
  [
    'a role name with an asterisk',
    atTop('role: { name: "s3repl-*" }'),
    ['7:15  name "s3repl-*" is not the name of a role'],
  ],
  [
    'a boundary with an asterisk',
    atTop('role: { permissionsBoundary: "arn:aws:iam::111111111111:policy/*" }'),
    [
      '7:30  permissionsBoundary "arn:aws:iam::111111111111:policy/*" is not the ARN of a policy (write arn:aws:iam::111111111111:policy/NAME)',
    ],
  ],
  [
    'a boundary that is a name',
    atTop('role: { permissionsBoundary: boundary }'),
    ['7:30  permissionsBoundary "boundary" is not the ARN of a policy'],
  ],
  [
    'new keys that are text',
    atTop('newKeys: create'),
    ['7:10  newKeys must be a mapping, not "create" (write newKeys: { description: … })'],
  ],
  [
    'an administrator that is a name',
    atTop('newKeys: { administrators: [ admin ] }'),
    ['7:30  "admin" is not the ARN of a role or user'],
  ],
  [
    'an administrator that is a session',
    atTop('newKeys: { administrators: [ "arn:aws:sts::111111111111:assumed-role/Admin/me" ] }'),
    [
      '7:30  "arn:aws:sts::111111111111:assumed-role/Admin/me" is a session, which ends (write the ARN of its role: arn:aws:iam::111111111111:role/NAME)',
    ],
  ],
  [
    'an administrator that is an account',
    atTop('newKeys: { users: [ "arn:aws:iam::111111111111:root" ] }'),
    [
      '7:21  "arn:aws:iam::111111111111:root" is an account, whose IAM policies govern new keys anyway (write the ARN of a role or user)',
    ],
  ],
  [
    'a description that is too long',
    atTop(`newKeys: { description: ${'x'.repeat(8193)} }`),
    ['7:25  description has 8193 characters (write at most 8192)'],
  ],
  ['an unknown key that is misspelt', atTop('tagz: {}'), ['7:1  unknown key "tagz" (did you mean tags?)']],
  [
    'an unknown key with other separators',
    atSource('kms_key: create'),
    ['7:3  unknown key "kms_key" (did you mean kmsKey?)'],
  ],
  [
    'an unknown key that belongs elsewhere',
    atSource('profile: prod'),
    ['7:3  unknown key "profile" (it belongs at source.access.profile or destinations[0].access.profile)'],
  ],
  [
    'an unknown mapping that belongs elsewhere',
    atTop('rules: []'),
    ['7:1  unknown key "rules" (it belongs at destinations[0].rules)'],
  ],
  [
    'an unknown key',
    atTop('colour: blue'),
    [
      '7:1  unknown key "colour" (write one of version, name, source, destinations, role, backfill, alerts, newKeys, tlsOnly, tags, or remove it)',
    ],
  ],
  ['an unknown key with a control character', atTop('"a\\eb": 1'), ['7:1  unknown key "a\\u001bb"']],
];

describe('a field that is wrong is a problem where it stands', () => {
  test.each(table)('%s', (_what, change, problems) => {
    expect(problemsOf(changed(change))).toEqual(withAnyHint(problems));
  });
});

describe('what looks unusual and is right', () => {
  const accepted: readonly [what: string, change: Change][] = [
    ['an account ID without quotes', ['"111111111111"', '111111111111']],
    ['a bucket with dots', ['acme-invoices', 'acme.invoices.2026']],
    ['a bucket of three characters', ['acme-invoices', 'a1b']],
    ['a bucket of the AWS examples', ['acme-invoices', 'amzn-s3-demo-bucket']],
    ['a Region that is not known yet', ['eu-west-1', 'eu-north-9']],
    ['a multi-Region key', atSource(`kmsKey: arn:aws:kms:eu-west-1:111111111111:key/mrk-${'a1'.repeat(16)}`)],
    ['an alias with slashes', atSource('kmsKey: alias/team/invoices_1')],
    ['an empty tag filter', inRule('tags: {}')],
    ['the value of a tag that is empty', inRule('tags: { team: "" }')],
    ['tags in other scripts', atTop('tags: { équipe: プラットフォーム }')],
    ['the lowest priority', inRule('priority: 0')],
    ['the highest priority', inRule('priority: 2147483647')],
    [
      'the serial number of an MFA device',
      atSource('access: { assumeRole: "arn:aws:iam::111111111111:role/x", mfaSerial: GAHT12345678 }'),
    ],
    ['a boundary of AWS', atTop('role: { permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess" }')],
    ['a role with a path to assume', atSource('access: { assumeRole: "arn:aws:iam::111111111111:role/a/b/x" }')],
    ['the prefix of all objects', inRule('prefix: ""')],
    ['a prefix as long as an object key', inRule(`prefix: ${'ä'.repeat(512)}`)],
  ];
  test.each(accepted)('%s', (_what, change) => {
    expect(problemsOf(changed(change))).toEqual([]);
  });
});
