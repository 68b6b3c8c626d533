import { randomUUID } from 'node:crypto';
import type { SandboxState } from '../store/state.ts';
import type { Protocol, Subscription, Topic } from './sns-state.ts';
import { awaitConfirmation, subscriptionsOf } from './subscriptions-of.ts';

const mostMessages = 1000;

/** A mail address that would get more in a second has to confirm its subscription again (SNS Developer Guide, sns-email-notifications). */
const mostMails = 10;

export interface Published {
  /** ARN of the caller, or a service. */
  readonly from: string;
  readonly subject?: string;
  readonly message: string;
  /** By protocol, in place of `message`. */
  readonly texts?: Readonly<Partial<Record<Protocol, string>>>;
}

/** To all confirmed subscriptions, at once. Gives the message's ID. */
export function deliver(state: SandboxState, topic: Topic, { from, subject, message, texts = {} }: Published): string {
  const { messages } = state.sns;
  const numbers = Object.keys(messages);
  const id = randomUUID();
  const deliveries = subscriptionsOf(state, topic.arn)
    .filter((one) => one.token === undefined && !suspendIfFlooded(state, one))
    .map(({ protocol, endpoint }) => {
      const own = texts[protocol];
      return { protocol, endpoint, at: state.now, ...(own === undefined ? {} : { message: own }) };
    });
  messages[Number(numbers.at(-1) ?? 0) + 1] = {
    id,
    topic: topic.arn,
    at: state.now,
    from,
    ...(subject === undefined ? {} : { subject }),
    message,
    deliveries,
  };
  const [oldest] = numbers;
  if (oldest !== undefined && numbers.length >= mostMessages) delete messages[oldest];
  return id;
}

/** Gives whether the subscription was suspended. */
function suspendIfFlooded(state: SandboxState, subscription: Subscription): boolean {
  if (subscription.protocol === 'sqs' || countLately(state, subscription) < mostMails) return false;
  state.sns.subscriptions[subscription.arn] = awaitConfirmation(state, subscription);
  return true;
}

/** Deliveries in the second before. */
function countLately({ sns, now }: SandboxState, { topic, protocol, endpoint }: Subscription): number {
  const lately = Object.values(sns.messages).filter((one) => one.topic === topic && one.at > now - 1000);
  return lately.filter(({ deliveries }) =>
    deliveries.some((one) => one.protocol === protocol && one.endpoint === endpoint),
  ).length;
}
