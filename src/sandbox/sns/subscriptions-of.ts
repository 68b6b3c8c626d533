import { randomBytes } from 'node:crypto';
import type { SandboxState } from '../store/state.ts';
import type { Subscription, Topic } from './sns-state.ts';

/** After so many virtual milliseconds AWS forgets a subscription that nobody has confirmed (SNS Developer Guide, "Confirm the subscription"). */
const confirmableMs = 48 * 3_600_000;

/** The oldest first. */
export function subscriptionsOf(state: SandboxState, topic: string): readonly Subscription[] {
  forgetUnconfirmed(state);
  return Object.values(state.sns.subscriptions).filter((one) => one.topic === topic);
}

export function forgetUnconfirmed({ sns, now }: SandboxState): void {
  for (const { arn, token, waitsSince = 0 } of Object.values(sns.subscriptions))
    if (token !== undefined && waitsSince + confirmableMs <= now) delete sns.subscriptions[arn];
}

export function deleteSubscriptionsOf(state: SandboxState, topic: Topic): void {
  for (const { arn } of subscriptionsOf(state, topic.arn)) delete state.sns.subscriptions[arn];
}

/** With two days from now. */
export function awaitConfirmation(
  { now }: Pick<SandboxState, 'now'>,
  subscription: Omit<Subscription, 'waitsSince' | 'token'>,
): Subscription {
  return { ...subscription, waitsSince: now, token: randomBytes(128).toString('hex') };
}

/** What the link in the mail does. Gives those that it confirmed. */
export function confirmEmail(state: SandboxState, email: string): readonly Subscription[] {
  forgetUnconfirmed(state);
  const waiting = Object.values(state.sns.subscriptions).filter(
    ({ protocol, endpoint, token }) => protocol !== 'sqs' && endpoint === email && token !== undefined,
  );
  for (const subscription of waiting) delete subscription.token;
  return waiting;
}
