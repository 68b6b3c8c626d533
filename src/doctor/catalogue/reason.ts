import type { CheckId } from '../catalogue.ts';

/** A failure code of AWS, or a silent reason. */
export interface ReasonEntry {
  readonly means: string;
  readonly causes: string;
  readonly fix: string;
  readonly checks: readonly CheckId[];
  /** Not to be seen in the configuration: it happens while S3 is at work (`runtime`), or to S3 Batch Replication jobs (`batch`). */
  readonly only?: 'runtime' | 'batch';
}
