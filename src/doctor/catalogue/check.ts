import type { Evidence } from '../../model/verdict.ts';
import type { Need } from '../needs.ts';
import type { OwnSetUp } from '../own-set-up.ts';
import type { Remedy } from '../repair.ts';
import type { Scope } from '../scope.ts';

export interface Check {
  readonly title: string;
  /**
   * In the configuration: in its `documents`, or where S3 gets to it: before the destination (`source`) or there (`destination`). Elsewhere: in `objects`;
   * in the last `jobs` of S3 Batch Replication and their roles; in settings of an `account` that a snapshot does not hold; while S3 works (`runtime`), or a job
   * of S3 Batch Replication does (`batch`).
   */
  readonly seen: 'documents' | 'source' | 'destination' | 'objects' | 'jobs' | 'account' | 'runtime' | 'batch';
  readonly means: string;
  readonly causes: string;
  readonly fix: string;
  readonly page: string;
  /** What must have been read before it is ok. Absent: nothing in a snapshot shows that it is. */
  readonly needs?: readonly Need[];
  /** Absent: it applies to every setup with an enabled rule. */
  readonly when?: (scope: Scope) => boolean;
  readonly withoutRules?: true;
  /** The calls of S3 that it is about: one that is refused for what another check says fails this one too. */
  readonly calls?: readonly string[];
  /** What fixes it for certain, besides a statement for a refused call. */
  readonly remedy?: (scope: Scope, evidence: Evidence, own: OwnSetUp | undefined) => Remedy | undefined;
  /** A sentence: why there are no commands where `remedy` knows none. */
  readonly byHand?: string;
  /** `apply` fixes it in its own rules or buckets, or if there is no rule (`missing`), if it creates the bucket or its role again, or if its rule is to name another key. */
  readonly fixedByApply?: readonly ('rule' | 'bucket' | 'missing' | 'no bucket' | 'our role' | 'another key')[];
}
