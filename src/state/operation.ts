/** What is known of the operations that s3repl asks of AWS, reads and writes. */

/** What an answer is known by. */
export type Shape =
  /** The outermost element of an XML document. */
  | { readonly root: string }
  /** A member of a JSON object that the service leaves out of no answer. */
  | { readonly member: string }
  | { readonly header: string }
  /** The outermost element of the Query protocol (IAM and STS), with a result in it. */
  | 'result'
  | 'json';

/** What is known of an operation; most are not written here. */
export interface OperationFacts {
  /** Absent: the answer is not looked at, as of writes. HeadBucket has nothing to be known by: what is read beside it says as much. */
  readonly answer?: Shape;
  /** The IAM actions that it needs, where its name does not say it; the one that a refusal names first. */
  readonly actions?: readonly string[];
  /** Of a read: s3repl writes the document back, and what the SDK does not know of it must not be lost. */
  readonly writtenBack?: true;
  /** Requests a second and Region that the service takes from an account; absent: more than we send. */
  readonly perSecond?: number;
}
