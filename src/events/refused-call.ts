export interface RefusedCall {
  /** IAM action, with its prefix: `kms:GetKeyPolicy`. */
  readonly action: string;
  /** The caller's account ID. */
  readonly account: string;
  /** AWS's error code, or `HTTP 501` where the answer has none, or `not-aws` where it was not AWS's. */
  readonly code: string;
}
