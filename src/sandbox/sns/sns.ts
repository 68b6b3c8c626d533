import { type Answer, queryAnswer } from '../wire/answer.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { publishOperations } from './publish.ts';
import { snsRequest } from './sns-request.ts';
import { subscriptionOperations } from './subscriptions.ts';
import { topicOperations } from './topics.ts';

const operations = { ...topicOperations, ...subscriptionOperations, ...publishOperations };

export function answerSns(operation: Operation): Answer {
  const { call } = operation;
  const run = Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
  if (run === undefined) throw notImplemented(call);
  return queryAnswer('sns', call.operation, run(snsRequest(operation)));
}
