/** The condition keys of the requests that S3 sends as the replication role (rules.md 1.5). */
import type { KeyMetadata } from '../../aws/documents.ts';
import type { Question } from '../decision.ts';
import { actionKeys } from '../evaluation/action-keys.ts';
import type { Known, ObjectSnapshot, Snapshot } from '../snapshot.ts';
import { accountIn, type KeySide, memberOf } from './find.ts';
import type { Prepared } from './prepare.ts';

type Context = Readonly<Record<string, string | readonly string[]>>;

/** In `context`, a name that ends in `*` stands for all keys that begin so. */
export interface RequestKeys {
  readonly context: Context;
  readonly unknownKeys: readonly string[];
  readonly either: NonNullable<Question['either']>;
}

export interface Asked {
  readonly action: string;
  readonly owner: string;
  readonly region: Known<string>;
}

/** Only through a VPC endpoint (IAM User Guide, reference_policies_condition-keys, properties of the network). */
export const vpcKeys = [
  'aws:SourceVpc',
  'aws:SourceVpcArn',
  'aws:SourceVpce',
  'aws:VpcSourceIp',
  'aws:VpceAccount',
  'aws:VpceOrgID',
  'aws:VpceOrgPaths',
] as const;

/**
 * Surely absent: the request comes from S3, through no VPC endpoint, access point or access grant, and from no customer address (S3 User Guide,
 * replication-troubleshoot: key policies limited by CIDR, VPC endpoint or access point fail; rules.md 1.5 (11), inferred for bucket policies).
 */
const absent = [
  'aws:MultiFactorAuthAge',
  'aws:SourceIp',
  ...vpcKeys,
  's3:AccessGrantsInstanceArn',
  's3:AccessPointNetworkOrigin',
  's3:DataAccessPointAccount',
  's3:DataAccessPointArn',
  'kms:RecipientAttestation:*',
];

/** Keys that depend on what a snapshot may lack; with a value they are known. */
const dependOnUnread = [
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalTag/*',
  'aws:RequestedRegion',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
];

/** AWS's pages disagree: false or none (IAM User Guide, reference_policies_condition-keys, aws:MultiFactorAuthPresent; id_credentials_mfa_sample-policies). */
const mfa: readonly Context[] = [{ 'aws:MultiFactorAuthPresent': 'false' }, {}];

/** A role's session lasts 12 hours at most (IAM User Guide, id_roles_manage-assume): S3's is no older, and may be new. */
function tokenIssueTimes({ takenAt }: Snapshot): readonly Context[] {
  const now = Date.parse(takenAt);
  if (Number.isNaN(now)) return [{}];
  return [now - 12 * 60 * 60 * 1000, now].map((time) => ({ 'aws:TokenIssueTime': new Date(time).toISOString() }));
}

/** S3 takes nothing below TLS 1.2; no source says which version it speaks with itself (S3 User Guide, network-isolation). */
const tls: readonly Context[] = [{ 's3:TlsVersion': '1.2' }, { 's3:TlsVersion': '1.3' }];

/**
 * S3 calls KMS in a forward access session. AWS does not say if that is "via an AWS service", or if S3 names itself (IAM User Guide,
 * access_forward_access_sessions; reference_policies_condition-keys, aws:CalledVia, which does not list S3).
 */
const forwarded: readonly Context[] = [
  { 'aws:ViaAWSService': 'false' },
  { 'aws:ViaAWSService': 'true' },
  {
    'aws:ViaAWSService': 'true',
    'aws:CalledVia': 's3.amazonaws.com',
    'aws:CalledViaFirst': 's3.amazonaws.com',
    'aws:CalledViaLast': 's3.amazonaws.com',
  },
];

/** AWS does not say either whether the principal then counts as S3. */
const asService: readonly Context[] = [
  { 'aws:PrincipalIsAWSService': 'false' },
  { 'aws:PrincipalIsAWSService': 'true' },
];

/** Policies with dates are judged at the time of the snapshot. S3 speaks TLS with itself (inferred). */
function common({ snapshot, role }: Pick<Prepared, 'snapshot' | 'role'>, { owner, region }: Asked): Context {
  const tags = memberOf(role.value, 'tags');
  return {
    ...Object.fromEntries(absent.map((key) => [key, []])),
    ...timeKeys(snapshot),
    'aws:SecureTransport': 'true',
    ...(region !== 'unknown' && { 'aws:RequestedRegion': region }),
    // The session of S3 has the tags of the role and no others (rules.md, "Role sessions carry no session tags").
    ...(tags && tags !== 'unknown' && tagKeys('aws:PrincipalTag/', tags)),
    ...organizationKeys(snapshot, role.account, 'aws:PrincipalOrg'),
    ...organizationKeys(snapshot, owner, 'aws:ResourceOrg'),
  };
}

export function timeKeys({ takenAt }: Snapshot): Context {
  const seconds = Math.floor(Date.parse(takenAt) / 1000);
  return { 'aws:CurrentTime': takenAt, ...(Number.isNaN(seconds) ? {} : { 'aws:EpochTime': String(seconds) }) };
}

/** Where in the organization an account is (`…OrgPaths`) is never read. */
function organizationKeys(snapshot: Snapshot, account: string, prefix: string): Context {
  const organization = memberOf(accountIn(snapshot, account), 'organization');
  if (organization === undefined || organization === 'unknown') return {};
  return organization === null ? { [`${prefix}ID`]: [], [`${prefix}Paths`]: [] } : { [`${prefix}ID`]: organization.id };
}

function tagKeys(prefix: string, tags: Readonly<Record<string, string>>): Context {
  const each = Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]);
  return { [`${prefix}*`]: [], ...Object.fromEntries(each) };
}

/** A key that AWS does not list for the action or resource type is absent; a listed one without a value is unknown. Global keys are in every request. */
function keepListedKeys({ action }: Asked, given: Context, either: RequestKeys['either']): RequestKeys {
  const keys = actionKeys[action] ?? [];
  const isSent = (key: string) => key.startsWith('aws:') || keys.some((one) => covers(one, key));
  const context = Object.fromEntries(Object.entries(given).filter(([key]) => isSent(key)));
  const unknownKeys = [...dependOnUnread, ...keys].filter((key) => !(key in context));
  return { context, unknownKeys, either };
}

function covers(name: string, key: string): boolean {
  return name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name;
}

/** S3 makes it as the role, not on behalf of anybody (IAM User Guide, aws:ViaAWSService). */
export function s3Keys(
  prepared: Pick<Prepared, 'snapshot' | 'role'>,
  asked: Asked,
  object: ObjectSnapshot | null,
  more: Partial<RequestKeys>,
): RequestKeys {
  const ofObject = object === null ? {} : objectKeys(object);
  const context = { ...common(prepared, asked), 'aws:ViaAWSService': 'false', ...ofObject, ...more.context };
  const { unknownKeys, either, ...keys } = keepListedKeys(asked, context, [
    mfa,
    tls,
    tokenIssueTimes(prepared.snapshot),
    ...(more.either ?? []),
  ]);
  if (object === null) return { ...keys, unknownKeys, either };
  const unlisted = ofVersion.filter((key) => !actionKeys[asked.action]?.includes(key));
  const perhaps = Object.entries(ofObject).filter(([key]) => unlisted.some((one) => covers(one, key)));
  return {
    ...keys,
    unknownKeys: [...unknownKeys, ...unlisted.filter((key) => !(key in ofObject))],
    either: [...either, [Object.fromEntries(perhaps), {}]],
  };
}

/** Where AWS does not list them for an action, we cannot tell whether S3's own request has them. */
const ofVersion = ['s3:ExistingObjectTag/*', 's3:versionid'];

function objectKeys({ versionId, tags }: ObjectSnapshot): Context {
  return {
    ...(versionId !== 'unknown' && { 's3:versionid': versionId ?? [] }),
    ...(tags !== 'unknown' && {
      ...tagKeys('s3:ExistingObjectTag/', tags),
      ...tagKeys('s3:RequestObjectTag/', tags),
      's3:RequestObjectTagKeys': Object.keys(tags),
    }),
  };
}

export function encryptionKeys(algorithm: string | null, kmsKey: string | null): Context {
  return {
    's3:x-amz-server-side-encryption': algorithm === null ? [] : algorithm,
    's3:x-amz-server-side-encryption-aws-kms-key-id': kmsKey === null ? [] : kmsKey,
    's3:x-amz-server-side-encryption-customer-algorithm': [],
  };
}

/** Encryption context: the bucket's ARN with a Bucket Key, else the object's (S3 User Guide, bucket-key). ViaService: S3 in its Region (rules.md 1.5 (6)). */
export function kmsKeys(
  prepared: Pick<Prepared, 'snapshot' | 'role' | 'hostSuffix'>,
  asked: Asked,
  encryptionContext: string,
  key: KeySide,
): RequestKeys {
  const { region } = asked;
  const context = {
    ...common(prepared, asked),
    ...(region !== 'unknown' && { 'kms:ViaService': `s3.${region}.${prepared.hostSuffix}` }),
    'kms:EncryptionContext:*': [],
    'kms:EncryptionContext:aws:s3:arn': encryptionContext,
    'kms:EncryptionContextKeys': ['aws:s3:arn'],
    'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
    ...(!key.byAlias && { 'kms:RequestAlias': [] }),
    ...keyKeys(key.value),
  };
  return keepListedKeys(asked, context, [mfa, tokenIssueTimes(prepared.snapshot), forwarded, asService]);
}

function keyKeys(key: KeySide['value']): Context {
  const metadata = memberOf(key, 'metadata');
  const members = {
    'kms:KeySpec': memberOf<KeyMetadata, 'KeySpec'>(metadata, 'KeySpec'),
    'kms:KeyUsage': memberOf<KeyMetadata, 'KeyUsage'>(metadata, 'KeyUsage'),
    'kms:ResourceAliases': memberOf(key, 'aliases'),
  };
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value && value !== 'unknown' ? [[name, value]] : [])),
  );
}
