/** What a plan is made of, as data: changes, the calls that make them, and what there is to tell. */
import type * as Iam from '@aws-sdk/client-iam';
import type * as Kms from '@aws-sdk/client-kms';
import type * as S3 from '@aws-sdk/client-s3';
import type { CommandIO, MetadataBearer } from '@smithy/types';
import type { Tags } from '../aws/documents.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import type { SideId } from '../config/spec.ts';

interface Sdk {
  readonly S3: typeof S3;
  readonly KMS: typeof Kms;
  readonly IAM: typeof Iam;
}

export type Service = keyof Sdk;

/** The operations of a service that the SDK has. */
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
} as const satisfies { readonly [S in Service]: readonly OperationsOf<S>[] };

export type Operation<S extends Service = Service> = (typeof operations)[S][number];

type ServiceOf<O extends Operation> = { [S in Service]: O extends Operation<S> ? S : never }[Service];

type CommandOf<O extends Operation> =
  Sdk[ServiceOf<O>] extends Readonly<Record<`${O}Command`, new (...args: infer Args) => infer C>>
    ? { readonly input: Args extends readonly [infer I] ? I : never; readonly command: C }
    : never;

/** The SDK lets a required member be undefined. */
type Given<T> = { readonly [Member in keyof T]: Exclude<T[Member], undefined> };

/** The SDK's input of an operation. */
export type Input<O extends Operation> = Given<CommandOf<O>['input']>;

/** What AWS answers. */
export type Output<O extends Operation> =
  CommandOf<O>['command'] extends CommandIO<infer _, infer Answer> ? Answer : MetadataBearer;

interface RequestOf<O extends Operation> {
  readonly service: ServiceOf<O>;
  readonly operation: O;
  readonly input: Input<O>;
}

/** What `send` sends; the operation tells which service and input it has. */
export type Request<O extends Operation = Operation> = { readonly [P in O]: RequestOf<P> }[O];

/** Objects are written by `verify` alone, and no plan has such a call. */
export type PlannedOperation = Exclude<Operation, 'PutObject' | 'DeleteObject'>;

/** When a call is made: all of one turn together, then the next. */
export const turn = {
  /** The things themselves, and what the role may do. */
  things: 1,
  /** The policies that name the role. */
  grants: 2,
  rule: 3,
  /** Whatever takes rights away: an object that meets a right already gone fails, and S3 never tries it again. */
  revocations: 4,
  /** Keys that are deleted, and roles that we used before. */
  leftovers: 5,
  /**
   * What our role may do, or the role itself: its inline policy names every key and bucket that we have written to, so that a run
   * that was killed finds what is left (docs/decisions/0008-what-names-the-rest-goes-last.md).
   */
  role: 6,
} as const;

export type Turn = (typeof turn)[keyof typeof turn];

export const turns: readonly Turn[] = Object.values(turn);

interface CallOf<O extends PlannedOperation> extends RequestOf<O> {
  readonly side: SideId;
  readonly turn: Turn;
  /** Set where the call replaces a document that others write too. */
  readonly onlyIf?: SeenDocument;
}

/** One API operation as data: what `send` sends, and what `plan --show commands` prints. */
export type Call<O extends PlannedOperation = PlannedOperation> = { readonly [P in O]: CallOf<P> }[O];

/** The documents that others write too, as a read shows them. */
export interface Documents {
  readonly 'bucket-policy': PolicyDocument | null;
  readonly 'bucket-encryption': S3.ServerSideEncryptionConfiguration | null;
  readonly 'bucket-tags': Tags;
  readonly replication: S3.ReplicationConfiguration | null;
  readonly 'key-policy': PolicyDocument | null;
}

export type DocumentName = keyof Documents;

interface SeenDocumentOf<D extends DocumentName> {
  readonly document: D;
  /** Bucket name or key ARN. */
  readonly of: string;
  /** Null where there was none. */
  readonly is: Documents[D] | null;
}

/** A document as the plan has seen it: it is read again right before it is replaced, and must still be the same. */
export type SeenDocument<D extends DocumentName = DocumentName> = { readonly [N in D]: SeenDocumentOf<N> }[D];

export type StepId = 'kms-key' | 'bucket' | 'replication-role' | 'bucket-policy' | 'key-policy' | 'replication-rule';

/** The article's five steps, under which the plan shows its changes. */
export const phase = { keys: 1, buckets: 2, role: 3, policies: 4, rules: 5 } as const;

export type Phase = (typeof phase)[keyof typeof phase];

/** A line of the plan: one resource or document, before and after, with the calls that make it so. */
export interface Change {
  readonly step: StepId;
  readonly phase: Phase;
  readonly side: SideId;
  readonly account: string;
  readonly region: string;
  readonly action: 'create' | 'change' | 'remove';
  /** What is changed, for people: `bucket acme-invoices`. */
  readonly resource: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly calls: readonly Call[];
  /** ARN of what is changed; in one turn there is one change to it, since S3 answers 409 to two at once (rules.md 3.1). */
  readonly target: string;
}

/** Something to tell: a problem must be put right by a person first, a warning must not. */
export interface Finding {
  readonly level: 'problem' | 'warning';
  readonly step: StepId;
  /** Stable, for programs: `bucket-key-mismatch`. */
  readonly code: string;
  readonly side: SideId;
  readonly message: string;
  readonly fix: string;
}
