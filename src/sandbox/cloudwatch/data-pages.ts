import { AwsError } from '../wire/errors.ts';
import { type Input, invalid, numberIn, textIn } from './input.ts';
import type { Sample } from './statistics.ts';

/** Of an answer (API: GetMetricData, MaxDatapoints). */
const mostPoints = 100_800;

export interface MetricResult {
  readonly id: string;
  readonly label: string;
  readonly points: readonly Sample[];
}

interface Place {
  readonly result: number;
  readonly point: number;
}

/** One answer: the next results that fit, of which the last one may go on in the next answer as PartialData (API: GetMetricData, MetricDataResult). */
export function pageOfData(input: Input, results: readonly MetricResult[]) {
  const size = numberIn(input, 'MaxDatapoints') ?? mostPoints;
  if (!Number.isInteger(size) || size < 1 || size > mostPoints)
    throw invalid(`The value ${size} for parameter MaxDatapoints must be between 1 and ${mostPoints}.`);
  const begin = placeIn(textIn(input, 'NextToken'), results);
  const page: unknown[] = [];
  let left = size;
  let next = begin;
  for (const { id, label, points } of results.slice(begin.result)) {
    const last = next.point + left;
    const given = points.slice(next.point, last);
    const isWhole = last >= points.length;
    if (given.length > 0 || isWhole) page.push(describeResult({ id, label, points: given }, isWhole));
    left -= given.length;
    next = isWhole ? { result: next.result + 1, point: 0 } : { ...next, point: last };
    if (!isWhole) break;
  }
  return { MetricDataResults: page, Messages: [], ...(next.result < results.length && { NextToken: tokenOf(next) }) };
}

function describeResult({ id, label, points }: MetricResult, isWhole: boolean) {
  return {
    Id: id,
    Label: label,
    Timestamps: points.map(({ time }) => time / 1000),
    Values: points.map(({ value }) => value),
    StatusCode: isWhole ? 'Complete' : 'PartialData',
  };
}

function placeIn(token: string | undefined, results: readonly MetricResult[]): Place {
  if (token === undefined) return { result: 0, point: 0 };
  const [result = -1, point = -1] = Buffer.from(token, 'base64url').toString().split(' ').map(Number);
  const place = { result, point };
  const isOurs = tokenOf(place) === token && point >= 0 && point < (results[result]?.points.length ?? 0);
  if (!isOurs) throw new AwsError('InvalidNextToken', 400, 'The next token is not one of ours.');
  return place;
}

function tokenOf({ result, point }: Place): string {
  return Buffer.from(`${result} ${point}`).toString('base64url');
}
