/** How we recognize an answer. */
export type Shape =
  | { readonly root: string }
  | { readonly member: string }
  | { readonly header: string }
  | 'result'
  | 'json';

export interface OperationFacts {
  /** Absent: the answer is not checked, as for writes. HeadBucket has nothing to check: other reads of the bucket cover it. */
  readonly answer?: Shape;
  /** The IAM actions that it needs, if not the one of its name; the one that a refusal names first. */
  readonly actions?: readonly string[];
  readonly writtenBack?: true;
  /** Requests per second and Region that the service takes from an account; absent: more than we send. */
  readonly perSecond?: number;
}
