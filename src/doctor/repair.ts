import type { Statement } from '../aws/policy.ts';
import type { InputTo, OperationsOf, Service } from '../state/change.ts';

/** What a check knows to fix it: a statement is added to those that exist. */
export type Remedy =
  | { readonly kind: 'backfill'; readonly status?: 'failed' }
  | { readonly kind: 'statement'; readonly into: PolicyOf; readonly statement: Statement }
  | { readonly kind: 'calls'; readonly calls: readonly RepairCall[] };

/** `of`: the ARN of the role, key or topic, or the name of the bucket. */
export interface PolicyOf {
  readonly kind: 'trust' | 'permissions' | 'bucket' | 'key' | 'topic';
  readonly of: string;
}

/** What fixes a cause, all in all: a command of s3repl, calls of AWS, or a person. `afterFix`: only once nothing stops replication any more. */
export type Repair =
  | { readonly by: 's3repl'; readonly command: 'apply' }
  | { readonly by: 's3repl'; readonly command: 'backfill'; readonly status?: 'failed'; readonly afterFix?: true }
  | { readonly by: 'calls'; readonly calls: readonly RepairCall[] }
  | { readonly by: 'person'; readonly why: string };

/** Where a call is made: `region` of the resource, for IAM that of the source bucket. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

interface Request {
  readonly service: Service;
  readonly operation: string;
  readonly input: object;
}

export interface RepairCall extends Request, Place {
  /** Set where it replaces a document that others write too. */
  readonly onlyIf?: SeenDocument;
}

/** A document as doctor has read it: it is read again right before it is replaced, and must still be the same. */
export interface SeenDocument {
  readonly read: Request;
  /** Where it stands in the answer (JMESPath). */
  readonly member: string;
  /** `text`: the service gives JSON as a string. */
  readonly form: 'text' | 'structure';
  readonly is: object | null;
  /** AWS's error where there is none. */
  readonly absent?: string;
}

export function requestTo<S extends Service, O extends OperationsOf<S> & string>(
  service: S,
  operation: O,
  input: InputTo<S, O>,
): Request {
  return { service, operation, input };
}

export function callAt<S extends Service, O extends OperationsOf<S> & string>(
  { account, region }: Place,
  service: S,
  operation: O,
  input: InputTo<S, O>,
): RepairCall {
  return { account, region, ...requestTo(service, operation, input) };
}
