import { z } from 'zod';
import {
  bucketProblem,
  keyArnProblem,
  kmsKeyProblem,
  matching,
  ownTagKeyProblem,
  patterns,
  principalProblem,
  rolePathProblem,
} from './field-rules.ts';
import { booleanField, descriptionOf, explain, listField, tagsField, textField } from './fields.ts';
import { ruleSchema } from './rule-schema.ts';

/** What `kmsKey` is when left out. */
export const defaultKmsKey = 'create';

const account = textField({
  name: 'account',
  write: 'it in quotes: "012345678901"',
  pattern: patterns.account,
  rule: matching(patterns.account, 'account must be 12 digits, not {value} (write it in quotes: "012345678901")'),
}).meta({ type: ['string', 'integer'] });

const region = textField({
  name: 'region',
  write: 'region: eu-west-1',
  pattern: patterns.region,
  rule: matching(patterns.region, 'region {value} is not a Region (write its code, such as eu-west-1)'),
});

const bucket = textField({ name: 'bucket', write: 'bucket: NAME', pattern: patterns.bucket, rule: bucketProblem });

const roleArn = 'arn:aws:iam::111111111111:role/NAME';

function kmsKey(words: readonly string[]) {
  const alternatives = [`^(${words.join('|')})$`, patterns.keyAlias, patterns.keyArn];
  return textField({
    name: 'kmsKey',
    write: 'kmsKey: create',
    pattern: alternatives.join('|'),
    rule: kmsKeyProblem(words),
  });
}

function accessFields(at: string) {
  const profile = textField({ name: 'profile', write: 'the name of a profile' });
  const assumeRole = textField({
    name: 'assumeRole',
    write: `assumeRole: ${roleArn}`,
    pattern: patterns.roleArn,
    rule: matching(patterns.roleArn, `assumeRole {value} is not the ARN of a role (write ${roleArn})`),
  });
  const externalId = textField({
    name: 'externalId',
    write: 'externalId: "…"',
    pattern: patterns.externalId,
    rule: matching(
      patterns.externalId,
      'externalId is not an external ID (write 2 to 1224 letters, digits and any of _ + = , . @ : / -)',
    ),
  });
  const mfaSerial = textField({
    name: 'mfaSerial',
    write: 'mfaSerial: arn:aws:iam::111111111111:mfa/NAME',
    pattern: patterns.mfaDevice,
    rule: matching(
      patterns.mfaDevice,
      'mfaSerial {value} is not an MFA device (write arn:aws:iam::111111111111:mfa/NAME, or its serial number)',
    ),
  });
  return z
    .strictObject(
      {
        profile: profile.describe(descriptionOf(`${at}.access.profile`)).exactOptional(),
        assumeRole: assumeRole.describe(descriptionOf(`${at}.access.assumeRole`)).exactOptional(),
        externalId: externalId.describe(descriptionOf(`${at}.access.externalId`)).exactOptional(),
        mfaSerial: mfaSerial.describe(descriptionOf(`${at}.access.mfaSerial`)).exactOptional(),
      },
      { error: explain('access', 'a mapping', 'access: { profile: NAME }') },
    )
    .describe("How to sign in; the AWS SDK's default credentials otherwise");
}

function sideFields(at: string, words: readonly string[]) {
  return {
    account: account.describe(descriptionOf(`${at}.account`)),
    region: region.describe(descriptionOf(`${at}.region`)),
    access: accessFields(at).exactOptional(),
    bucket: bucket.describe(descriptionOf(`${at}.bucket`)),
    kmsKey: kmsKey(words)
      .describe(descriptionOf(`${at}.kmsKey`))
      .default(defaultKmsKey),
    bucketKey: booleanField('bucketKey')
      .describe(descriptionOf(`${at}.bucketKey`))
      .default(true),
  };
}

const additionalKmsKeys = listField(
  'additionalKmsKeys',
  'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  keyArnProblem,
  patterns.keyArn,
);

const source = z
  .strictObject(
    {
      ...sideFields('source', [defaultKmsKey]),
      additionalKmsKeys: additionalKmsKeys.describe(descriptionOf('source.additionalKmsKeys')).default([]),
    },
    { error: explain('source', 'a mapping', 'source: with account, region and bucket') },
  )
  .describe('The bucket that is replicated');

const rulesAdvice = 'rules: with "- id: everything", or leave rules out to replicate the whole bucket';
const rules = z
  .array(ruleSchema, { error: explain('rules', 'a list', rulesAdvice) })
  .min(1, { error: `rules is empty (write ${rulesAdvice})` })
  .describe('Which objects are replicated, and how; the whole bucket when left out');

const destination = z
  .strictObject(
    { ...sideFields('destinations[0]', [defaultKmsKey, 'source']), rules: rules.exactOptional() },
    { error: explain('a destination', 'a mapping', '- account: "222222222222", region: and bucket:') },
  )
  .describe('A bucket that receives replicas');

const destinationsAdvice = 'destinations: with "- account:", region: and bucket: of at least one';
const destinations = z
  .array(destination, { error: explain('destinations', 'a list', destinationsAdvice) })
  .min(1, { error: `destinations is empty (write ${destinationsAdvice})` })
  .describe('The buckets that receive replicas');

const role = z
  .strictObject(
    {
      name: textField({
        name: 'name',
        write: 'name: NAME',
        pattern: patterns.roleName,
        rule: matching(
          patterns.roleName,
          'name {value} is not the name of a role (write 1 to 64 letters, digits and any of _ + = , . @ -)',
        ),
      })
        .describe(descriptionOf('role.name'))
        .exactOptional(),
      path: textField({ name: 'path', write: 'path: /', pattern: patterns.rolePath, rule: rolePathProblem })
        .describe(descriptionOf('role.path'))
        .exactOptional(),
      permissionsBoundary: textField({
        name: 'permissionsBoundary',
        write: 'permissionsBoundary: arn:aws:iam::111111111111:policy/NAME',
        pattern: patterns.policyArn,
        rule: matching(
          patterns.policyArn,
          'permissionsBoundary {value} is not the ARN of a policy (write arn:aws:iam::111111111111:policy/NAME)',
        ),
      })
        .describe(descriptionOf('role.permissionsBoundary'))
        .exactOptional(),
    },
    { error: explain('role', 'a mapping', 'role: { name: NAME }') },
  )
  .describe('The replication role, which S3 assumes');

const principals = (name: string) => listField(name, roleArn, principalProblem, patterns.principalArn);

const newKeys = z
  .strictObject(
    {
      administrators: principals('administrators').describe(descriptionOf('newKeys.administrators')).default([]),
      users: principals('users').describe(descriptionOf('newKeys.users')).default([]),
      description: textField({
        name: 'description',
        write: 'a short text',
        rule: (text) =>
          text.length > 8192 ? `description has ${text.length} characters (write at most 8192)` : undefined,
      })
        .describe(descriptionOf('newKeys.description'))
        .exactOptional(),
    },
    { error: explain('newKeys', 'a mapping', 'newKeys: { description: … }') },
  )
  .describe("For keys that are created; the account's IAM policies govern them otherwise");

/** `repl.yaml` as written, once `${VAR}` is replaced (design.md 3). Unknown keys are problems. */
export const configSchema = z
  .strictObject(
    {
      version: z.literal(1, { error: explain('version', '1', 'version: 1') }).describe('Version of this format: 1'),
      name: textField({
        name: 'name',
        write: 'name: invoices-dr',
        pattern: patterns.name,
        rule: matching(
          patterns.name,
          'name {value} is not a name (write 1 to 40 lower case letters, digits and hyphens, beginning with a letter)',
        ),
      }).describe(descriptionOf('name')),
      source,
      destinations,
      role: role.exactOptional(),
      newKeys: newKeys.exactOptional(),
      tlsOnly: booleanField('tlsOnly').describe(descriptionOf('tlsOnly')).exactOptional(),
      tags: tagsField(45, ownTagKeyProblem).describe(descriptionOf('tags')).default({}),
    },
    { error: explain('the file', 'a mapping', '"version: 1" and the rest, one key a line') },
  )
  .describe('A setup of s3repl: replication of encrypted objects from one bucket to others');

/** `repl.yaml` as written: optional where something has a default, and texts may hold `${VAR}`. */
export type Config = z.input<typeof configSchema>;

/** `repl.yaml` with its plain defaults filled in. */
export type CompleteConfig = z.output<typeof configSchema>;
