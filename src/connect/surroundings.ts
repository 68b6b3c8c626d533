import type { Env } from '../config/substitute-env.ts';
import type { Report } from '../events/event.ts';
import type { RequestHandler } from './client-config.ts';
import type { CredentialSources } from './credentials.ts';
import type { Pool } from './pool.ts';
import type { Clock } from './rate-limit.ts';

export interface Surroundings extends CredentialSources, Clock {
  readonly report: Report;
  /** The SDK reads `process.env`, so this must be the same. */
  readonly env: Env;
  readonly requestHandler?: RequestHandler;
  readonly sandbox?: true;
  /** URL of who answers in AWS's place; absent: AWS, or the sandbox. */
  readonly endpoint?: string;
  /** Aborted at the end of the run's time, with a Failure as the reason: it breaks off requests under way. */
  readonly deadline?: AbortSignal;
  /** What several configurations share; absent: each signs in for itself. */
  readonly pool?: Pool;
}
