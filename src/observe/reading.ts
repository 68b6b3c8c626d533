/** A failed read is an error to a plan, and unknown to a snapshot. */

import { hasRunOut, isCodeless, isSignInError, statusOf } from '../connect/absent.ts';
import { NotAws, StrangeAnswer } from '../connect/answers.ts';
import { actionsOf } from '../connect/services.ts';
import { callBehind, type FailedCall } from '../connect/trace.ts';
import { Failure } from '../events/failure.ts';
import type { RefusedCall } from '../events/refused-call.ts';
import type { Unknown } from '../model/decision.ts';
import { type Path, pathText } from '../model/replication/path.ts';
import type { Unreadable } from '../model/snapshot.ts';
import { textOfRefusedCall } from '../show/refused-call-text.ts';
import { UnreadablePolicy } from './policy-text.ts';

export type Reading<U> = <T>(member: readonly string[], read: Promise<T>) => Promise<T | U>;

export const orError: Reading<never> = (_member, read) => read;

/** For reads that nothing is planned with. Rejected credentials are still an error. */
export const orUnknown: Reading<Unknown> = (_member, read) =>
  read.catch((error: unknown) => {
    reasonOf(error);
    return 'unknown' as const;
  });

/** Documents that s3repl never writes back: only the model uses them. */
const onlyTold = /^GetBucket(RequestPayment|LifecycleConfiguration|NotificationConfiguration)$/;

/** Only the information is lost where such a document is of the wrong kind. */
export function isStrange(error: unknown): error is StrangeAnswer {
  return error instanceof StrangeAnswer && onlyTold.test(callBehind(error)?.operation ?? '');
}

export async function readAll<R extends Readonly<Record<string, () => Promise<unknown>>>, U>(
  reads: R,
  reading: Reading<U>,
): Promise<{ readonly [K in keyof R]: Awaited<ReturnType<R[K]>> | U }> {
  const members = await Promise.all(
    Object.entries(reads).map(async ([member, read]) => [member, await reading([member], read())] as const),
  );
  return Object.fromEntries(members) as { readonly [K in keyof R]: Awaited<ReturnType<R[K]>> | U };
}

export interface Reason {
  readonly reason: string;
  readonly refused?: RefusedCall;
}

export interface Refusal extends Reason {
  readonly member: readonly string[];
}

export type Unread = Unreadable & Reason;

export interface Noted<T> {
  readonly value: T;
  readonly refusals: readonly Refusal[];
}

/** Rejected credentials are still an error. */
export async function noteRefusals<T>(work: (reading: Reading<Unknown>) => Promise<T>): Promise<Noted<T>> {
  const refusals: Refusal[] = [];
  const value = await work((member, read) =>
    read.catch((error: unknown) => {
      refusals.push({ member, ...reasonOf(error) });
      return 'unknown' as const;
    }),
  );
  return { value, refusals };
}

/**
 * For what is no part of replication. An endpoint in the place of AWS may not have the service, and answer anyhow, or leave it to AWS, which does not know
 * these credentials: that is unknown, too. @param isUnknown replaces what counts so.
 */
export function noteOptional<T>(
  work: (reading: Reading<Unknown>) => Promise<T>,
  isUnknown: (error: unknown) => error is Error = isForeign,
): Promise<Noted<T>> {
  const foreign: Refusal[] = [];
  return noteRefusals((reading) =>
    work(async (member, read) => {
      try {
        return await reading(member, read);
      } catch (error) {
        const call = callBehind(error);
        if (!call || !isUnknown(error)) throw error;
        foreign.push({ member, ...nameRefusal(call, isNotAws(error) ? error.code : error.name) });
        return 'unknown' as const;
      }
    }),
  ).then(({ value, refusals }) => ({ value, refusals: [...refusals, ...foreign] }));
}

export function isNotAws(error: unknown): error is NotAws {
  return error instanceof NotAws;
}

/** Not where credentials have expired: that has an error of its own. */
function isForeign(error: unknown): error is Error {
  if (isNotAws(error)) return true;
  return isSignInError(error) && !(error instanceof Failure) && !hasRunOut(error);
}

export function unreadAt(path: Path, refusals: readonly Refusal[]): readonly Unread[] {
  return refusals.map(({ member, ...reason }) => ({ path: pathText([...path, ...member]), ...reason }));
}

export function reasonOfRefusal(refused: RefusedCall): Reason {
  return { reason: textOfRefusedCall(refused), refused };
}

function reasonOf(error: unknown): Reason {
  if (error instanceof UnreadablePolicy) return { reason: error.message };
  const call = callBehind(error);
  if (call && isStrange(error)) return { reason: error.message };
  const isAnswer = error instanceof Error && '$metadata' in error;
  if (!isAnswer || isSignInError(error) || call?.service === 'STS') throw error;
  // With a wrong clock nothing is answered.
  if (/^(RequestTimeTooSkewed|RequestExpired)$/.test(error.name)) throw error;
  const status = statusOf(error);
  // What is no JSON comes from a server that is broken, or not AWS's.
  const isUnsaid = isCodeless(error) || error instanceof SyntaxError || (status === 501 && call);
  const code = isUnsaid ? `HTTP ${status ?? '?'}` : error.name;
  return call === undefined ? { reason: code } : nameRefusal(call, code);
}

function nameRefusal({ service, operation, account }: FailedCall, code: string): Reason {
  const [action = operation] = actionsOf(service, operation);
  return reasonOfRefusal({ action, account, code });
}
