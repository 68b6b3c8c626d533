import type { Cause } from '../../model/verdict.ts';

export type CheckId = Cause['check'];

/** A check of rules.md 2.4. */
export interface CheckEntry {
  readonly id: CheckId;
  readonly title: string;
  /**
   * Where it shows: in the `configuration`; in `objects` that were looked at; in an account's settings that a snapshot does not
   * hold (`account`); only while S3 is at work (`runtime`); in S3 Batch Replication jobs (`batch`).
   */
  readonly seen: 'configuration' | 'objects' | 'account' | 'runtime' | 'batch';
  readonly means: string;
  readonly causes: string;
  readonly fix: string;
  /** AWS's documentation. */
  readonly page: string;
}

/** A failure code of AWS, or a silent reason. */
export interface ReasonEntry {
  readonly means: string;
  readonly causes: string;
  readonly fix: string;
  readonly checks: readonly CheckId[];
  /** Not to be seen in the configuration: it happens while S3 is at work (`runtime`), or to S3 Batch Replication jobs (`batch`). */
  readonly only?: 'runtime' | 'batch';
}

/** A page of the S3 User Guide. */
export const s3Page = (name: string) => `https://docs.aws.amazon.com/AmazonS3/latest/userguide/${name}.html`;
/** A page of the KMS Developer Guide. */
export const kmsPage = (name: string) => `https://docs.aws.amazon.com/kms/latest/developerguide/${name}.html`;
/** A page of the IAM User Guide. */
export const iamPage = (name: string) => `https://docs.aws.amazon.com/IAM/latest/UserGuide/${name}.html`;
