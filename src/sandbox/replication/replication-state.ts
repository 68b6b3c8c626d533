import type { BucketReplication } from '../s3/shapes.ts';
import { emptyRecord } from '../store/record.ts';

export type ChangedPart = 'tags' | 'acl' | 'retention' | 'legal-hold';

/** Every table grows and shrinks by one small record at a time. */
export interface ReplicationState {
  /** What is PENDING, by ascending number. */
  readonly queue: Record<string, Queued>;
  /** The configurations of what is PENDING, by digest. */
  readonly configurations: Record<string, BucketReplication>;
  /** By bucket and rule; only rules with metrics. */
  readonly metrics: Record<string, RuleMetrics>;
  /** The last thousand failures that S3 reported, by ascending number. */
  readonly events: Record<string, FailureEvent>;
}

export interface Queued {
  /** Virtual milliseconds: when it was taken in or last tried. */
  readonly since: number;
  /** When it was taken in, where it was tried since. */
  readonly began?: number;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** It counts to the end, whatever the bucket has by then (recorded fact 61). */
  readonly configuration: string;
  /** The rules that govern the version, one for each destination still to be served. */
  readonly rules: readonly string[];
  /** Absent: the whole version is to be copied. */
  readonly part?: ChangedPart;
  /** Another destination did not get it. */
  readonly failed?: boolean;
  /** Nobody can say what AWS would do with it; it is tried again. */
  readonly undecided?: boolean;
}

/** CloudWatch's `OperationsFailedReplication` has one sample for each operation (recorded fact 68). */
export interface RuleMetrics {
  readonly bucket: string;
  readonly rule: string;
  readonly destination: string;
  /** Samples 0: replicated, or only the tags were lost. */
  readonly replicated: number;
  /** Samples 1. */
  readonly failed: number;
}

/** `s3:Replication:OperationFailedReplication`, as far as recorded (fact 67). */
export interface FailureEvent {
  readonly eventVersion: '2.6';
  readonly eventSource: 'aws:s3';
  readonly awsRegion: string;
  readonly eventTime: string;
  readonly eventName: 'Replication:OperationFailedReplication';
  readonly userIdentity: { readonly principalId: 's3.amazonaws.com' };
  readonly requestParameters: { readonly sourceIPAddress: 's3.amazonaws.com' };
  readonly s3: {
    readonly bucket: { readonly name: string; readonly arn: string };
    readonly object: {
      readonly key: string;
      readonly versionId: string;
      readonly size?: number;
      readonly eTag?: string;
    };
  };
  readonly replicationEventData: {
    readonly replicationRuleId: string;
    readonly destinationBucket: string;
    readonly s3Operation: 'OBJECT_PUT' | 'OBJECT_DELETE' | 'OBJECT_TAGGING' | 'OBJECT_ACL';
    /** Of the source's request. */
    readonly requestTime: string;
    readonly failureReason: string;
  };
  /** ARNs of whom the bucket's notification configuration wants it sent to; only topics get it. */
  readonly sentTo: readonly string[];
}

export function emptyReplication(): ReplicationState {
  return { queue: emptyRecord(), configurations: emptyRecord(), metrics: emptyRecord(), events: emptyRecord() };
}
