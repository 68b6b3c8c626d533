import type { Env } from '../config/substitute-env.ts';
import type { Report } from '../events/event.ts';
import type { RequestHandler } from './client-config.ts';
import type { CredentialSources } from './credentials.ts';
import type { Pool } from './pool.ts';
import type { Clock } from './rate-limit.ts';

/** What differs between the network and the sandbox, and between a person and nobody. */
export interface Surroundings extends CredentialSources, Clock {
  readonly report: Report;
  /** As the SDK sees it, too: that reads `process.env`. */
  readonly env: Env;
  /** Absent: the network. */
  readonly requestHandler?: RequestHandler;
  /** Whether it is s3repl's sandbox that answers. */
  readonly sandbox?: true;
  /** Who answers in AWS's place, as its URL; absent: AWS, or the sandbox. */
  readonly endpoint?: string;
  /** Aborted, with a Failure as the reason, when the time of the run is over: requests under way are broken off. */
  readonly deadline?: AbortSignal;
  /** What several configurations share. Absent: each is signed in to for itself. */
  readonly pool?: Pool;
}
