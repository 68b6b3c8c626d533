import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as Iam from '@aws-sdk/client-iam';
import type * as Kms from '@aws-sdk/client-kms';
import type * as S3 from '@aws-sdk/client-s3';
import type * as S3Control from '@aws-sdk/client-s3-control';
import type * as Sns from '@aws-sdk/client-sns';
import type { CommandIO, MetadataBearer } from '@smithy/types';
import type { Region } from '../aws/brand.ts';
import type { Tags } from '../aws/documents.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import type { SideId } from '../config/spec.ts';

interface Sdk {
  readonly S3: typeof S3;
  readonly KMS: typeof Kms;
  readonly IAM: typeof Iam;
  readonly S3Control: typeof S3Control;
  readonly SNS: typeof Sns;
  readonly CloudWatch: typeof CloudWatch;
}

export type Service = keyof Sdk;

export type OperationsOf<S extends Service> = keyof {
  [Name in keyof Sdk[S] as Name extends `${infer O}Command` ? O : never]: 0;
};

/** All that s3repl writes: nothing else can be planned or sent. An operation that the SDK does not have does not compile. */
export const operations = {
  S3: [
    'CreateBucket',
    'DeleteBucketPolicy',
    'DeleteBucketReplication',
    'DeleteObject',
    'PutBucketEncryption',
    'PutBucketNotificationConfiguration',
    'PutBucketOwnershipControls',
    'PutBucketPolicy',
    'PutBucketReplication',
    'PutBucketTagging',
    'PutBucketVersioning',
    'PutObject',
    'PutPublicAccessBlock',
  ],
  KMS: [
    'CreateAlias',
    'CreateKey',
    'DeleteAlias',
    'EnableKeyRotation',
    'PutKeyPolicy',
    'ScheduleKeyDeletion',
    'TagResource',
  ],
  IAM: [
    'CreateRole',
    'DeleteRole',
    'DeleteRolePolicy',
    'PutRolePermissionsBoundary',
    'PutRolePolicy',
    'TagRole',
    'UpdateAssumeRolePolicy',
  ],
  S3Control: ['CreateJob', 'UpdateJobStatus'],
  SNS: ['CreateTopic', 'DeleteTopic', 'SetTopicAttributes', 'Subscribe', 'TagResource'],
  CloudWatch: ['DeleteAlarms', 'PutMetricAlarm', 'SetAlarmState'],
} as const satisfies { readonly [S in Service]: readonly OperationsOf<S>[] };

export type Operation<S extends Service = Service> = (typeof operations)[S][number];

/** KMS and SNS both have TagResource. */
type ServiceOf<O extends Operation> = { [S in Service]: O extends Operation<S> ? S : never }[Service];

type CommandOf<O extends string, S extends Service> = S extends Service
  ? Sdk[S] extends Readonly<Record<`${O}Command`, new (...args: infer Args) => infer C>>
    ? { readonly input: Args extends readonly [infer I] ? I : never; readonly command: C }
    : never
  : never;

/** The SDK lets a required member be undefined. */
type Given<T> = { readonly [Member in keyof T]: Exclude<T[Member], undefined> };

export type InputTo<S extends Service, O extends string> = S extends Service ? Given<CommandOf<O, S>['input']> : never;

export type Input<O extends Operation, S extends Service = ServiceOf<O>> = InputTo<S, O>;

export type Output<O extends Operation> =
  CommandOf<O, ServiceOf<O>>['command'] extends CommandIO<infer _, infer Answer> ? Answer : MetadataBearer;

interface RequestTo<O extends Operation, S extends Service> {
  readonly service: S;
  readonly operation: O;
  readonly input: Input<O, S>;
}

type RequestOf<O extends Operation> = { readonly [S in ServiceOf<O>]: RequestTo<O, S> }[ServiceOf<O>];

export type Request<O extends Operation = Operation> = { readonly [P in O]: RequestOf<P> }[O];

/** Only `verify` writes objects and tries alarms, and only `backfill` has jobs; no plan does. */
export type PlannedOperation = Exclude<
  Operation,
  'PutObject' | 'DeleteObject' | 'SetAlarmState' | Operation<'S3Control'>
>;

/** When a call is made: all calls of one turn together, then the next. */
export const turn = {
  things: 1,
  grants: 2,
  rule: 3,
  /** S3 changes one document of a bucket at a time. */
  events: 4,
  /** Calls that take rights away: an object that meets a right already gone fails, and S3 never tries it again. */
  revocations: 5,
  leftovers: 6,
  /** Last: our inline policy names all we have written to, so a killed run finds the rest (docs/decisions/0008-what-names-the-rest-goes-last.md). */
  role: 7,
} as const;

export type Turn = (typeof turn)[keyof typeof turn];

export const turns: readonly Turn[] = Object.values(turn);

type CallOf<O extends PlannedOperation> = RequestOf<O> & CallFacts;

interface CallFacts {
  readonly side: SideId;
  /** Where it is not the side's. */
  readonly region?: Region;
  readonly turn: Turn;
  /** Set where the call replaces a document that others write too. */
  readonly onlyIf?: SeenDocument;
}

export type Call<O extends PlannedOperation = PlannedOperation> = { readonly [P in O]: CallOf<P> }[O];

/** Documents that others write too. */
export interface Documents {
  readonly 'bucket-policy': PolicyDocument | null;
  readonly 'bucket-encryption': S3.ServerSideEncryptionConfiguration | null;
  readonly 'bucket-tags': Tags;
  readonly replication: S3.ReplicationConfiguration | null;
  readonly 'key-policy': PolicyDocument | null;
  readonly 'topic-policy': PolicyDocument | null;
  readonly notifications: S3.NotificationConfiguration | null;
}

export type DocumentName = keyof Documents;

interface SeenDocumentOf<D extends DocumentName> {
  readonly document: D;
  /** Bucket name, or ARN of a key or topic. */
  readonly of: string;
  readonly is: Documents[D] | null;
}

/** A document as the plan has seen it: it is read again right before it is replaced, and must still be the same. */
export type SeenDocument<D extends DocumentName = DocumentName> = { readonly [N in D]: SeenDocumentOf<N> }[D];

export type StepId =
  | 'kms-key'
  | 'bucket'
  | 'replication-role'
  | 'bucket-policy'
  | 'key-policy'
  | 'replication-rule'
  | 'topic'
  | 'alarms'
  | 'events'
  | 'backfill-role';

/** The article's five steps, alerts, and the role for `backfill`, under which the plan shows its changes. */
export const phase = { keys: 1, buckets: 2, role: 3, policies: 4, rules: 5, alerts: 6, backfill: 7 } as const;

export type Phase = (typeof phase)[keyof typeof phase];

export interface Change {
  readonly step: StepId;
  readonly phase: Phase;
  readonly side: SideId;
  readonly account: string;
  readonly region: string;
  readonly action: 'create' | 'change' | 'remove';
  readonly resource: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly calls: readonly Call[];
  /** ARN of what is changed; in one turn there is one change to it, since S3 answers 409 to two at once (rules.md 3.1). */
  readonly target: string;
}

/** A person must fix a problem before the first write; a warning stops nothing. */
export interface Finding {
  readonly level: 'problem' | 'warning';
  readonly step: StepId;
  /** Stable, as programs read it: `bucket-key-mismatch`. */
  readonly code: string;
  readonly side: SideId;
  readonly message: string;
  readonly fix: string;
  /** What it takes, a line each: commands for a shell, lines of repl.yaml, or a statement of a policy. */
  readonly paste?: string;
}

export type Advice = Pick<Finding, 'fix' | 'paste'>;
