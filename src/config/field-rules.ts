// A rule gives what is wrong with a text, or undefined. Messages say {value}, filled in only when shown: so they hold no values of environment variables.

import { arnParts, arnPatterns } from '../aws/arn.ts';

export type TextRule = (text: string) => string | undefined;

const patterns = {
  bucket: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  keyAlias: '^alias/[\\w/-]{1,250}$',
  rolePath: '^/([!-#%-)+->@-~]{1,510}/)?$',
  oneLine: '^[^\\n\\r\\u0085\\u2028\\u2029]+$',
  keyText: '^(?![sS]3[aAnN]?://)',
} as const;

export interface TextLimit {
  readonly rule: TextRule;
  readonly pattern?: string;
}

/** For fields (fields.ts) whose limits a regular expression cannot say, or not well. */
export const limits = {
  bucket: { pattern: patterns.bucket, rule: bucketProblem },
  sourceKey: kmsKeyLimit(['create']),
  destinationKey: kmsKeyLimit(['create', 'source']),
  keyArn: { pattern: arnPatterns.key, rule: keyArnProblem },
  prefix: { pattern: patterns.keyText, rule: prefixProblem },
  keyPattern: { pattern: patterns.keyText, rule: keyPatternProblem },
  oneLine: { pattern: patterns.oneLine, rule: oneLineProblem },
  rolePath: { pattern: patterns.rolePath, rule: rolePathProblem },
  principal: { pattern: arnPatterns.roleOrUser, rule: principalProblem },
  roleToAssume: arnLimit(
    'role',
    'assumeRole {value} is not the ARN of a role (write arn:aws:iam::111111111111:role/NAME)',
  ),
  mfaDevice: arnLimit(
    'mfaDevice',
    'mfaSerial {value} is not an MFA device (write arn:aws:iam::111111111111:mfa/NAME, or its serial number)',
  ),
  permissionsBoundary: arnLimit(
    'policy',
    'permissionsBoundary {value} is not the ARN of a policy (write arn:aws:iam::111111111111:policy/NAME)',
  ),
  keyDescription: { rule: keyDescriptionProblem },
  topicArn: { pattern: arnPatterns.topic, rule: topicProblem },
  email: patternLimit(
    '^[^\\s@,;"<>]{1,64}@[^\\s@,;"<>]+\\.[^\\s@,;"<>]+$',
    '{value} is not an e-mail address (write storage@example.com)',
  ),
  eventTarget: patternLimit(
    `(${arnPatterns.topic})|(${arnPatterns.queue})`,
    'events {value} is not the ARN of a standard topic or queue (write arn:aws:sqs:eu-west-1:111111111111:NAME)',
  ),
  tagKey: { rule: tagKeyProblem },
  ownTagKey: { rule: ownTagKeyProblem },
  tagValue: { rule: tagValueProblem },
} as const satisfies Readonly<Record<string, TextLimit>>;

function patternLimit(pattern: string, otherwise: string): TextLimit {
  return { pattern, rule: patternRule(pattern, otherwise) };
}

/** FIFO topics take messages of alarms, but not of S3 (S3 User Guide, notification-how-to-event-types-and-destinations). */
function topicProblem(text: string): string | undefined {
  if (arnParts(text)?.service === 'sns' && text.endsWith('.fifo'))
    return '{value} is a FIFO topic, which sends no e-mail (write the ARN of a standard topic)';
  return patternRule(
    arnPatterns.topic,
    '{value} is not the ARN of an SNS topic (write arn:aws:sns:eu-west-1:111111111111:NAME)',
  )(text);
}

function arnLimit(kind: keyof typeof arnPatterns, message: string): TextLimit {
  return { pattern: arnPatterns[kind], rule: patternRule(arnPatterns[kind], message) };
}

export function patternRule(pattern: string, message: string): TextRule {
  const regexp = new RegExp(pattern);
  return (text) => (regexp.test(text) ? undefined : message);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, for general purpose buckets. */
function bucketProblem(text: string): string | undefined {
  if (text.endsWith('--x-s3')) {
    return 'bucket {value} is a directory bucket, which S3 does not replicate (write a general purpose bucket)';
  }
  const reserved = ['xn--', 'sthree-'].find((prefix) => text.startsWith(prefix));
  const reservedEnd = ['-s3alias', '--ol-s3', '.mrap', '--table-s3'].find((suffix) => text.endsWith(suffix));
  if (reserved !== undefined) {
    return `bucket {value} begins with ${reserved}, which AWS reserves (write another name)`;
  }
  if (reservedEnd !== undefined) {
    return `bucket {value} ends with ${reservedEnd}, which AWS reserves (write another name)`;
  }
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
    return 'bucket {value} looks like an IP address (write another name)';
  }
  if (text.includes('..')) {
    return 'bucket {value} has two dots in a row (write one)';
  }
  const message =
    'bucket {value} is not a bucket name (write 3 to 63 lower case letters, digits, dots and hyphens, ' +
    'with a letter or digit at both ends)';
  return patternRule(patterns.bucket, message)(text);
}

function kmsKeyLimit(words: readonly string[]): TextLimit {
  return {
    pattern: [`^(${words.join('|')})$`, patterns.keyAlias, arnPatterns.key].join('|'),
    rule: (text) => (words.includes(text) ? undefined : keyNameProblem(text, words)),
  };
}

function keyArnProblem(text: string): string | undefined {
  const kind = arnParts(text)?.resource.startsWith('alias/') ? 'is the ARN of an alias' : 'is not the ARN of a KMS key';
  const example = 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  return patternRule(arnPatterns.key, `{value} ${kind} (write the ARN of the key: ${example})`)(text);
}

/**
 * At most 512 characters (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). IAM allows all printable ASCII, but in the ARNs of
 * policies `*` and `?` match other roles and `${…}` is a variable (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
 */
function rolePathProblem(text: string): string | undefined {
  if (/^\/.*[*?$]/.test(text)) {
    return 'path {value} has *, ? or $ in it, which would match other roles in policies (write a path without them)';
  }
  return patternRule(
    patterns.rolePath,
    'path {value} is not an IAM path (write / or /…/ with at most 512 characters)',
  )(text);
}

function principalProblem(text: string): string | undefined {
  const arn = arnParts(text);
  if (arn?.service === 'sts' && arn.resource.startsWith('assumed-role/')) {
    return '{value} is a session, which ends (write the ARN of its role: arn:aws:iam::111111111111:role/NAME)';
  }
  if (arn?.service === 'iam' && arn.resource === 'root') {
    return '{value} is an account, whose IAM policies govern new keys anyway (write the ARN of a role or user)';
  }
  const message = '{value} is not the ARN of a role or user (write arn:aws:iam::111111111111:role/NAME)';
  return patternRule(arnPatterns.roleOrUser, message)(text);
}

/** S3 object keys have at most 1,024 bytes (S3 User Guide, object-keys), so a longer prefix matches nothing. */
function prefixProblem(text: string): string | undefined {
  return keyTextProblem('prefix', text);
}

export function keyPatternProblem(text: string): string | undefined {
  return keyTextProblem('key', text);
}

export function tagKeyProblem(key: string): string | undefined {
  if (/^aws:/i.test(key)) {
    return 'tag {value} begins with aws:, which AWS reserves (write another key)';
  }
  const message =
    'tag {value} is not the key of a tag (write 1 to 128 letters, digits, spaces and any of _ . : / = + - @)';
  return /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) ? undefined : message;
}

/** A tag must not look like the one that marks resources as ours. */
function ownTagKeyProblem(key: string): string | undefined {
  if (key === 's3repl' || key.startsWith('s3repl-')) {
    return 'tag {value} is one that s3repl sets itself (write another key)';
  }
  return tagKeyProblem(key);
}

export function tagValueProblem(text: string): string | undefined {
  const message =
    '{value} is not the value of a tag (write at most 256 letters, digits, spaces and any of _ . : / = + - @)';
  return /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(text) ? undefined : message;
}

/** The reason stands within sentences. */
export function oneLineProblem(text: string): string | undefined {
  if (text.trim() === '') return 'why is empty (write why: "the reason")';
  return patternRule(patterns.oneLine, 'why has several lines (write one)')(text);
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html, Description. */
function keyDescriptionProblem(text: string): string | undefined {
  return text.length > 8192 ? `description has ${text.length} characters (write at most 8192)` : undefined;
}

function keyTextProblem(name: string, text: string): string | undefined {
  if (!new RegExp(patterns.keyText).test(text)) {
    return `${name} {value} is a URL (write only the part after the bucket's name)`;
  }
  const bytes = Buffer.byteLength(text);
  return bytes > 1024 ? `${name} has ${bytes} bytes (write at most 1024: object keys are no longer)` : undefined;
}

function keyNameProblem(text: string, words: readonly string[]): string | undefined {
  if (text.startsWith('alias/aws/')) {
    return 'kmsKey {value} is an AWS managed key, which cannot be used across accounts (write create)';
  }
  if (text.startsWith('alias/')) {
    const message = 'kmsKey {value} is not an alias (write alias/ and letters, digits, /, _ and -)';
    return patternRule(patterns.keyAlias, message)(text);
  }
  if (text === 'source') {
    return 'kmsKey source is for destinations only (write create, alias/NAME or the ARN of a key)';
  }
  const arn = arnParts(text);
  if (arn?.service === 'kms' && arn.resource.startsWith('alias/')) {
    return 'kmsKey {value} is the ARN of an alias (write alias/NAME or the ARN of the key)';
  }
  if (/^(mrk-)?[0-9a-f-]{32,36}$/.test(text)) {
    return 'kmsKey {value} is only the ID of a key (write its full ARN, arn:aws:kms:…, or alias/NAME)';
  }
  const message = `kmsKey {value} is not a KMS key (write ${words.join(', ')}, alias/NAME or the ARN of a key)`;
  return patternRule(arnPatterns.key, message)(text);
}
