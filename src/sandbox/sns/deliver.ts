import { randomUUID } from 'node:crypto';
import type { SandboxState } from '../store/state.ts';
import type { Protocol, Topic } from './sns-state.ts';
import { subscriptionsOf } from './subscriptions-of.ts';

const mostMessages = 1000;

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
    .filter(({ token }) => token === undefined)
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
