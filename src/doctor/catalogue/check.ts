import type { Evidence } from '../../model/verdict.ts';
import type { Need } from '../needs.ts';
import type { Remedy } from '../remedy.ts';
import type { Scope } from '../scope.ts';

/** A check of rules.md 2.4: all that the doctor has of it, but for the look that sees it. */
export interface Check {
  readonly title: string;
  /**
   * Where it shows. In the configuration: a look at the `documents` sees it, or S3 comes to it before the destination (`source`) or
   * there (`destination`). Elsewhere: in `objects` that were looked at; in an account's settings that a snapshot does not hold
   * (`account`); only while S3 is at work (`runtime`); in S3 Batch Replication jobs (`batch`).
   */
  readonly seen: 'documents' | 'source' | 'destination' | 'objects' | 'account' | 'runtime' | 'batch';
  readonly means: string;
  readonly causes: string;
  readonly fix: string;
  /** AWS's documentation. */
  readonly page: string;
  /** What must have been read before it is ok. Absent: nothing in a snapshot shows that it is. */
  readonly needs?: readonly Need[];
  /** To which set-ups it applies; absent: to all with an enabled rule. */
  readonly when?: (scope: Scope) => boolean;
  /** It applies without an enabled rule as well. */
  readonly withoutRules?: true;
  /** The calls of S3 that it is about: one that is refused for what another check says fails this one too. */
  readonly calls?: readonly string[];
  /** What fixes it besides a statement for a refused call, where that can be told exactly. */
  readonly remedy?: (scope: Scope, evidence: Evidence) => Remedy | undefined;
  /** `s3repl apply` fixes it where the evidence is one of its own rules or buckets, or where there is no rule (`missing`) or no source bucket. */
  readonly fixedByApply?: readonly ('rule' | 'bucket' | 'missing' | 'no source')[];
}
