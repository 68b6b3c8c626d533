/**
 * What AWS was recorded to answer to calls. Sources: `control N` is a sequence number of the native captures that
 * recorded/replication.md digests; `test_…` the recording of that name in the recorded snapshots, with the step; `rules.md`
 * stands where only its text is known.
 */
import type { Clients } from './clients.ts';

/** A call in a sandbox with the buckets src (versioned), suspended and plain, and the versioned dst of another account. */
export interface RecordedCall {
  readonly source: string;
  readonly what: string;
  /** Status and code. */
  readonly answer: string;
  /** What the message contains. */
  readonly message?: string;
  /** Where it is sent to; otherwise eu-west-1. */
  readonly region?: string;
  readonly send: (aws: Clients) => Promise<unknown>;
}

/** One after the other; the last one's answer counts. */
export const after =
  (...calls: ((aws: Clients) => Promise<unknown>)[]) =>
  async (aws: Clients) => {
    let last: unknown;
    for (const call of calls) last = await call(aws);
    return last;
  };

export const MALFORMED = 'The XML you provided was not well-formed or did not validate against our published schema';
