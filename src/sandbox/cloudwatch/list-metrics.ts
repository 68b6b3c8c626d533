import { authorize } from '../iam/authorize-call.ts';
import { jsonInput } from '../wire/json-input.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { choiceIn, type Input, objectsIn, pageOf, requireText, textIn } from './input.ts';
import { type Metric, metricsIn } from './metrics.ts';

const hourMs = 3_600_000;

/** Metrics without data for two weeks are not listed (API: ListMetrics). */
const listedMs = 14 * 24 * hourMs;

/** In an answer (API: ListMetrics). */
const mostMetrics = 500;

/** API: ListMetrics, without metrics of other accounts. */
export function listMetrics(operation: Operation): unknown {
  const { call, caller, state, now } = operation;
  authorize(operation, { action: 'cloudwatch:ListMetrics', resource: '*', account: caller.account });
  const input: Input = { ...jsonInput(call), MaxRecords: mostMetrics };
  if (input.IncludeLinkedAccounts === true || input.OwningAccount !== undefined) throw notImplemented(call);
  const isRecent = choiceIn(input, 'RecentlyActive', ['PT3H']) !== undefined;
  const window = { from: now - (isRecent ? 3 * hourMs : listedMs), to: now };
  const place = { state, account: caller.account, region: call.region };
  const found = metricsIn(place, window).filter((metric) => isAsked(metric, input));
  const { page, NextToken } = pageOf(input, found, (metric) => JSON.stringify(metric), mostMetrics);
  return { Metrics: page.map(describeMetric), ...(NextToken && { NextToken }) };
}

function isAsked({ namespace, name, dimensions }: Metric, input: Input): boolean {
  const [Namespace = namespace, MetricName = name] = [textIn(input, 'Namespace'), textIn(input, 'MetricName')];
  return (
    namespace === Namespace &&
    name === MetricName &&
    objectsIn(input, 'Dimensions').every((asked) => {
      const found = dimensions[requireText(asked, 'Name')];
      return found !== undefined && found === (textIn(asked, 'Value') ?? found);
    })
  );
}

function describeMetric({ namespace, name, dimensions }: Metric) {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Namespace: namespace, MetricName: name, Dimensions };
}
