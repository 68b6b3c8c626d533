/** The condition keys of the requests that S3 sends as the replication role (rules.md 1.5). */
import type { KeyMetadata } from '../../plan/state.ts';
import type { Question } from '../decision.ts';
import type { Known, ObjectSnapshot, Snapshot } from '../snapshot.ts';
import { type KeySide, memberOf } from './find.ts';
import type { Prepared } from './prepare.ts';

type Context = Record<string, string | readonly string[]>;

export interface RequestKeys {
  readonly context: Question['context'];
  readonly unknownKeys: readonly string[];
}

/**
 * Keys that are surely not in the request: it comes from S3 itself, through no VPC endpoint and no access point, and from no
 * address of the customer (S3 User Guide, replication-troubleshoot: key policies limited by CIDR, VPC endpoint or access point
 * fail; rules.md 1.5 (11), inferred for bucket policies).
 */
const absent = [
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:SourceIp',
  'aws:SourceVpc',
  'aws:SourceVpcArn',
  'aws:SourceVpce',
  'aws:VpcSourceIp',
  's3:AccessPointNetworkOrigin',
  's3:DataAccessPointAccount',
  's3:DataAccessPointArn',
];

/**
 * Keys that depend on what no snapshot holds (organizations, tags of roles, buckets and keys, how S3 makes its calls), or that it may
 * lack: one that has a value all the same is not unknown.
 */
const unknownKeys = [
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalTag/*',
  'aws:RequestedRegion',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
  'aws:ResourceTag/*',
  'aws:ViaAWSService',
  's3:BucketTag/*',
  's3:RequestObjectTag/*',
  's3:RequestObjectTagKeys',
  's3:object-lock-*',
  's3:x-amz-*',
];

const unknownKeysOfKms = [
  'kms:KeyOrigin',
  'kms:KeySpec',
  'kms:KeyUsage',
  'kms:MultiRegion*',
  'kms:ResourceAliases',
  'kms:ViaService',
];

/** Every request; policies with dates are judged at the time of the snapshot. S3 speaks TLS with itself (inferred). */
function common(snapshot: Snapshot, region: Known<string>): RequestKeys {
  return {
    context: {
      ...Object.fromEntries(absent.map((key) => [key, []])),
      ...timeKeys(snapshot),
      'aws:SecureTransport': 'true',
      ...(region !== 'unknown' && { 'aws:RequestedRegion': region }),
    },
    unknownKeys,
  };
}

/** The time of every request: that of the snapshot. */
export function timeKeys({ takenAt }: Snapshot): Context {
  const seconds = Math.floor(Date.parse(takenAt) / 1000);
  return { 'aws:CurrentTime': takenAt, ...(Number.isNaN(seconds) ? {} : { 'aws:EpochTime': String(seconds) }) };
}

/** A request to S3, with the keys of this very one. */
export function s3Keys(snapshot: Snapshot, region: Known<string>, more: Partial<RequestKeys>): RequestKeys {
  const { context, unknownKeys: unknown } = common(snapshot, region);
  const s3 = { 's3:authType': 'REST-HEADER', 's3:signatureversion': 'AWS4-HMAC-SHA256', 's3:TlsVersion': '1.3' };
  return { context: { ...context, ...s3, ...more.context }, unknownKeys: [...unknown, ...(more.unknownKeys ?? [])] };
}

/** What reading a version adds. */
export function readKeys(object: ObjectSnapshot): RequestKeys {
  const context: Context = {};
  const unknown: string[] = [];
  if (object.versionId === 'unknown') unknown.push('s3:VersionId');
  else if (object.versionId !== null) context['s3:VersionId'] = object.versionId;
  if (object.tags === 'unknown') unknown.push('s3:ExistingObjectTag/*');
  else for (const [key, value] of Object.entries(object.tags)) context[`s3:ExistingObjectTag/${key}`] = value;
  return { context, unknownKeys: unknown };
}

/** How a replica is to be encrypted, in the headers of its PutObject; `null`: no such header. */
export function encryptionKeys(algorithm: string | null, kmsKey: string | null): Context {
  return {
    's3:x-amz-server-side-encryption': algorithm === null ? [] : algorithm,
    's3:x-amz-server-side-encryption-aws-kms-key-id': kmsKey === null ? [] : kmsKey,
  };
}

/** What the host name of S3 ends in, for kms:ViaService; the likelier first. For China nobody has confirmed it (rules.md 1.5 (13)). */
export function hostSuffixes({ partition }: Snapshot): readonly [string, ...string[]] {
  return partition === 'aws-cn' ? ['amazonaws.com.cn', 'amazonaws.com'] : ['amazonaws.com'];
}

/**
 * A request to KMS. The encryption context is the bucket's ARN with an S3 Bucket Key and the object's without (S3 User Guide,
 * bucket-key); ViaService is S3 in the Region of the bucket that is accessed (rules.md 1.5 (6)).
 */
export function kmsKeys(
  { snapshot, hostSuffix }: Pick<Prepared, 'snapshot' | 'hostSuffix'>,
  region: Known<string>,
  encryptionContext: string,
  key: KeySide,
): RequestKeys {
  const { context, unknownKeys: unknown } = common(snapshot, region);
  return {
    context: {
      ...context,
      ...(region !== 'unknown' && { 'kms:ViaService': `s3.${region}.${hostSuffix}` }),
      'kms:EncryptionContext:aws:s3:arn': encryptionContext,
      'kms:EncryptionContextKeys': ['aws:s3:arn'],
      'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
      ...keyKeys(key.value),
    },
    unknownKeys: [...unknown, ...unknownKeysOfKms, ...(key.byAlias ? ['kms:RequestAlias'] : [])],
  };
}

/** What is known of the key itself. */
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
