/** What it means that a read fails: to a plan it is an error, to a snapshot something that is not known. */

import { isCodeless, isSignInError, statusOf } from '../connect/absent.ts';
import { StrangeAnswer } from '../connect/answers.ts';
import { actionsOf } from '../connect/services.ts';
import { callBehind } from '../connect/trace.ts';
import type { RefusedCall } from '../events/refused-call.ts';
import type { Unknown } from '../model/decision.ts';
import { type Path, pathText } from '../model/replication/path.ts';
import type { Unreadable } from '../model/snapshot.ts';
import { textOfRefusedCall } from '../show/refused-call-text.ts';
import { UnreadablePolicy } from './policy-text.ts';

/** Waits for a read of the member under a path; `U` stands for what could not be read. */
export type Reading<U> = <T>(member: readonly string[], read: Promise<T>) => Promise<T | U>;

/** An error stays an error. */
export const orError: Reading<never> = (_member, read) => read;

/** For reads that nothing is planned with: what AWS refuses is unknown. Credentials that are not accepted are still an error. */
export const orUnknown: Reading<Unknown> = (_member, read) =>
  read.catch((error: unknown) => {
    reasonOf(error);
    return 'unknown' as const;
  });

/** The reads of a bucket's documents that s3repl never writes back: they tell the model something, and no more. */
const onlyTold = /^GetBucket(RequestPayment|LifecycleConfiguration|NotificationConfiguration)$/;

/** Whether a document that is only told came as another one: no more is at stake than what it would have told. */
export function isStrange(error: unknown): error is StrangeAnswer {
  return error instanceof StrangeAnswer && onlyTold.test(callBehind(error)?.operation ?? '');
}

/** Does all reads side by side. */
export async function readAll<R extends Readonly<Record<string, () => Promise<unknown>>>, U>(
  reads: R,
  reading: Reading<U>,
): Promise<{ readonly [K in keyof R]: Awaited<ReturnType<R[K]>> | U }> {
  const members = await Promise.all(
    Object.entries(reads).map(async ([member, read]) => [member, await reading([member], read())] as const),
  );
  return Object.fromEntries(members) as { readonly [K in keyof R]: Awaited<ReturnType<R[K]>> | U };
}

/** Why a read did not succeed: the text, and the call where AWS refused one. */
export interface Reason {
  readonly reason: string;
  readonly refused?: RefusedCall;
}

/** A read that did not succeed. */
export interface Refusal extends Reason {
  readonly member: readonly string[];
}

/** What a snapshot does not have, with the call that was refused for it. */
export type Unread = Unreadable & Reason;

/** A value in which `unknown` stands for everything that was refused. */
export interface Noted<T> {
  readonly value: T;
  readonly refusals: readonly Refusal[];
}

/** Does some work whose reads may fail. Credentials that are not accepted are still an error. */
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

/** The refusals with the path of the thing that they are about. */
export function unreadAt(path: Path, refusals: readonly Refusal[]): readonly Unread[] {
  return refusals.map(({ member, ...reason }) => ({ path: pathText([...path, ...member]), ...reason }));
}

/** The reason for which a call was refused. */
export function reasonOfRefusal(refused: RefusedCall): Reason {
  return { reason: textOfRefusedCall(refused), refused };
}

/** The call that was refused, or what is wrong with what came. */
function reasonOf(error: unknown): Reason {
  if (error instanceof UnreadablePolicy) return { reason: error.message };
  const call = callBehind(error);
  if (call && isStrange(error)) return { reason: error.message };
  const isAnswer = error instanceof Error && '$metadata' in error;
  if (!isAnswer || isSignInError(error) || call?.service === 'STS') throw error;
  // With a wrong clock nothing is answered.
  if (/^(RequestTimeTooSkewed|RequestExpired)$/.test(error.name)) throw error;
  const status = statusOf(error);
  const code = isCodeless(error) || (status === 501 && call) ? `HTTP ${status ?? '?'}` : error.name;
  if (call === undefined) return { reason: code };
  const [action = call.operation] = actionsOf(call.service, call.operation);
  return reasonOfRefusal({ action, account: call.account, code });
}
