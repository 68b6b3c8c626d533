import { type Answer, jsonAnswer } from '../wire/answer.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { alarmRequest } from './alarm-request.ts';
import { tagOperations } from './alarm-tags.ts';
import { alarmOperations } from './alarms.ts';
import { getMetricData } from './get-metric-data.ts';
import { listMetrics } from './list-metrics.ts';

const ofAlarms = { ...alarmOperations, ...tagOperations };

const operations: Readonly<Record<string, (operation: Operation) => unknown>> = {
  GetMetricData: getMetricData,
  ListMetrics: listMetrics,
  ...Object.fromEntries(
    Object.entries(ofAlarms).map(([name, run]) => [name, (operation: Operation) => run(alarmRequest(operation))]),
  ),
};

/** In JSON, which the SDK for JavaScript and botocore speak; not in CBOR, and not in the older forms. */
export function answerCloudWatch(operation: Operation): Answer {
  const { call } = operation;
  const isJson = call.headers['x-amz-target'] !== undefined;
  const run = isJson && Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
  if (run === undefined) throw notImplemented(call);
  return jsonAnswer(run(operation), '1.0');
}
