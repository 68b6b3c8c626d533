/** A call that was answered with an error. */
export interface RefusedCall {
  /** The IAM action that it takes: `kms:GetKeyPolicy`. */
  readonly action: string;
  /** Account ID of who asked. */
  readonly account: string;
  /** AWS's error code, or `HTTP 501` where the answer has none or the service is none of AWS's. */
  readonly code: string;
}
