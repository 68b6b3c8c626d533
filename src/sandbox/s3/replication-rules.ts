import { arnParts, isAccountId } from '../../aws/arn.ts';
import type { AwsError } from '../wire/errors.ts';
import { invalidArgument, invalidRequest, malformedXml } from './request.ts';
import type { BucketReplication, BucketReplicationRule } from './shapes.ts';

export interface ReplicationSurroundings {
  readonly bucket: string;
  readonly partition: string;
  /** Undefined: never enabled, or no such bucket. */
  readonly versioningOf: (bucket: string) => string | undefined;
}

/** The first reason that lies in the configuration itself (recorded/replication.md 13-33). */
export function refusalOf(configuration: BucketReplication, around: ReplicationSurroundings): AwsError | undefined {
  const { Rules } = configuration;
  return (
    firstRefusal(Rules, shapeRefusal) ??
    firstRefusal(Rules, versionRefusal) ??
    firstRefusal(Rules, selectionRefusal) ??
    firstRefusal(Rules, destinationRefusal) ??
    firstRefusal(Rules, timeRefusal) ??
    firstRefusal(Rules, (rule) => bucketRefusal(rule, around)) ??
    refusalOfBoth(Rules)
  );
}

type Rule = BucketReplicationRule;

function firstRefusal(rules: readonly Rule[], refusal: (rule: Rule) => AwsError | undefined): AwsError | undefined {
  for (const rule of rules) {
    const found = refusal(rule);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a schema that checks each element alone cannot see. */
function shapeRefusal({ Prefix, Filter }: Rule): AwsError | undefined {
  if ((Prefix === undefined) === (Filter === undefined)) return malformedXml();
  const choices = [Filter?.Prefix, Filter?.Tag, Filter?.And].filter((choice) => choice !== undefined);
  const and = Filter?.And;
  const parts = (and?.Tags.length ?? 0) + (and?.Prefix === undefined ? 0 : 1);
  return choices.length > 1 || (and !== undefined && parts < 2) ? malformedXml() : undefined;
}

/** `Prefix` belongs to version 1 of the schema, `Filter` to version 2. */
function versionRefusal(rule: Rule): AwsError | undefined {
  const { ID = '', Priority, Filter, DeleteMarkerReplication } = rule;
  if (ID.length > 255) return invalidArgument('Rule Id cannot be greater than 255', 'ID');
  if (Filter === undefined) {
    if (Priority !== undefined) return wrongVersion('Priority cannot be used');
    return DeleteMarkerReplication === undefined ? undefined : wrongVersion('DeleteMarkerReplication cannot be used');
  }
  if (Priority === undefined) return wrongVersion('Priority must be specified');
  if (DeleteMarkerReplication === undefined) return wrongVersion('DeleteMarkerReplication must be specified');
  if (Priority < 0) return invalidRequest('Priority must be between 0 and 2147483647.');
  const tags = [...(Filter.And?.Tags ?? []), ...(Filter.Tag === undefined ? [] : [Filter.Tag])];
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length)
    return invalidRequest('Duplicate Tag Keys are not allowed.');
  if (tags.length > 0 && DeleteMarkerReplication.Status === 'Enabled') {
    return invalidRequest(
      'Delete marker replication is not supported if any Tag filter is specified. Please refer to S3 Developer Guide for more information.',
    );
  }
  return undefined;
}

function wrongVersion(problem: string): AwsError {
  return invalidRequest(
    `${problem} for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information.`,
  );
}

function selectionRefusal({ SourceSelectionCriteria: criteria, Destination }: Rule): AwsError | undefined {
  const { SseKmsEncryptedObjects: sseKms, ReplicaModifications: modifications } = criteria ?? {};
  const encryption = Destination.EncryptionConfiguration;
  if (criteria !== undefined && sseKms === undefined && modifications === undefined) {
    return invalidRequest('SourceSelectionCriteria cannot be empty.');
  }
  if (sseKms !== undefined && encryption?.ReplicaKmsKeyID === undefined) {
    return invalidRequest('ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.');
  }
  if (encryption !== undefined && sseKms === undefined) {
    return invalidRequest('SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.');
  }
  const key = encryption?.ReplicaKmsKeyID;
  return key === undefined || isKeyArn(key) ? undefined : invalidArgument('Invalid ReplicaKmsKeyID ARN.');
}

function isKeyArn(text: string): boolean {
  const arn = arnParts(text);
  return (
    arn?.service === 'kms' && arn.region !== '' && isAccountId(arn.account) && /^(key|alias)\/./.test(arn.resource)
  );
}

function destinationRefusal({ Destination: { Account, AccessControlTranslation } }: Rule): AwsError | undefined {
  return AccessControlTranslation !== undefined && Account === undefined
    ? invalidRequest('Account must be specified if the Owner in AccessControlTranslation has a value')
    : undefined;
}

function timeRefusal({ Destination: { ReplicationTime: time, Metrics: metrics } }: Rule): AwsError | undefined {
  if (time !== undefined && metrics === undefined) {
    return invalidRequest('Replication destination must contain both ReplicationTime and Metrics or neither.');
  }
  const threshold = metrics?.EventThreshold;
  if (time?.Status !== 'Enabled') {
    const message = 'Metrics cannot contain an event threshold when ReplicationTime is not specified or Disabled';
    return threshold === undefined ? undefined : invalidArgument(message);
  }
  if (threshold === undefined) return invalidArgument('ReplicationMetrics must contain an event threshold');
  const minutes = [time.Time.Minutes, threshold.Minutes];
  return minutes.every((value) => value === 15) ? undefined : invalidArgument('Invalid time minute value');
}

function bucketRefusal({ Destination }: Rule, around: ReplicationSurroundings): AwsError | undefined {
  const arn = arnParts(Destination.Bucket);
  if (arn?.service !== 's3' || arn.partition !== around.partition) return invalidArgument('Invalid bucket ARN');
  if (arn.resource.includes('/')) return invalidArgument('The specified bucket is not valid.');
  if (arn.resource === around.bucket) {
    return invalidRequest('Destination bucket cannot be the same as the source bucket.');
  }
  return around.versioningOf(arn.resource) === 'Enabled'
    ? undefined
    : invalidRequest('Destination bucket must have versioning enabled.');
}

function refusalOfBoth(rules: readonly Rule[]): AwsError | undefined {
  const old = rules.filter((rule) => rule.Filter === undefined);
  if (old.length > 0 && old.length < rules.length) {
    return invalidRequest(
      'Rules of both versions of the Cross Region Replication configuration schema cannot be used together.',
    );
  }
  if (new Set(old.map((rule) => rule.Destination.Bucket)).size > 1) {
    return invalidRequest('Number of distinct destination bucket ARNs cannot exceed 1');
  }
  const ids = rules.map((rule) => rule.ID ?? '').filter((id) => id !== '');
  if (new Set(ids).size < ids.length) return invalidArgument('Rule Id must be unique', 'ID');
  const twice = rules.find((rule, index) =>
    rules.some((other, position) => position < index && hasSamePriority(rule, other)),
  );
  return twice === undefined ? undefined : invalidRequest(`Found duplicate priority ${twice.Priority}.`);
}

function hasSamePriority(rule: Rule, other: Rule): boolean {
  return (
    rule.Priority !== undefined &&
    rule.Priority === other.Priority &&
    rule.Destination.Bucket === other.Destination.Bucket
  );
}
