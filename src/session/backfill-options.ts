import { InvalidArgumentError } from 'commander';
import { parseReportPlace, type S3Place } from '../config/report-place.ts';
import type { Spec } from '../config/spec.ts';
import { Failure } from '../events/failure.ts';
import { type BackfillChoice, type BackfillStatus, backfillStatuses, usualStatuses } from '../plan/backfill-jobs.ts';
import { rulesOf } from '../steps/scope.ts';
import type { Approvable } from './approval.ts';
import type { CommonOptions } from './common-options.ts';

export interface BackfillOptions extends CommonOptions, Approvable {
  readonly rule?: readonly string[];
  readonly status?: readonly BackfillStatus[];
  readonly createdBefore?: Date;
  readonly createdAfter?: Date;
  readonly priority: number;
  readonly maxObjects?: number;
  readonly wait: boolean;
  readonly force?: boolean;
  readonly list?: boolean;
  readonly cancel?: string;
  readonly explain?: string;
  /** False: none is wanted. */
  readonly report?: S3Place | false;
  readonly fullReport?: boolean;
  /** A file, or `s3://BUCKET/KEY`. */
  readonly manifest?: string;
  readonly manifestKeys?: 'plain' | 'url-encoded';
  /** A file for all that failed. */
  readonly out?: string;
}

export function parseReport(text: string): S3Place {
  const place = parseReportPlace(text);
  if (place) return place;
  throw new InvalidArgumentError('use BUCKET or BUCKET/PREFIX, with a bucket of the source account.');
}

/** `none,failed`. */
export function parseStatuses(text: string): readonly BackfillStatus[] {
  const words = text.toLowerCase().split(',');
  const known = backfillStatuses.filter((status) => words.includes(status));
  if (words.every((word) => known.some((status) => status === word))) return known;
  throw new InvalidArgumentError(`use one or more of ${backfillStatuses.join(', ')}, separated by commas.`);
}

/** A date is its beginning, in UTC. */
export function parseTime(text: string): Date {
  const [, date, time = 'T00:00:00Z'] =
    /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  const parsed = new Date(`${date}${time}`);
  // Of 31 February the Date makes 3 March.
  const isReal = date !== undefined && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
  if (isReal && !Number.isNaN(parsed.getTime())) return parsed;
  throw new InvalidArgumentError('use a date, or a date and time with its zone: 2026-11-28, 2026-11-28T12:00:00Z.');
}

/** The API model's own limit. */
const mostPriority = 2_147_483_647;

export function parsePriority(text: string): number {
  const priority = Number(text);
  if (/^\d+$/.test(text) && priority <= mostPriority) return priority;
  throw new InvalidArgumentError(`use a number from 0 to ${mostPriority}; jobs with a higher number run first.`);
}

/** As the API model has it. */
export function parseJobId(text: string): string {
  if (/^[\w-]{5,36}$/.test(text)) return text;
  throw new InvalidArgumentError('use the ID of a job; s3repl backfill --list shows them.');
}

export function parseObjects(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('use a number of objects.');
}

/** The options that select the same objects again. */
export function selectionFlags(options: BackfillOptions): readonly Flag[] {
  const { rule = [], status, createdAfter, createdBefore, report, fullReport, manifest, manifestKeys } = options;
  return [
    ...(manifest === undefined ? [] : [['--manifest', manifest] as const]),
    ...(manifestKeys === undefined ? [] : [['--manifest-keys', manifestKeys] as const]),
    ...(report ? [['--report', [report.bucket, report.prefix].filter((part) => part !== '').join('/')] as const] : []),
    ...(report === false ? [['--no-report'] as const] : []),
    ...(fullReport ? [['--full-report'] as const] : []),
    ...rule.map((id): Flag => ['--rule', id]),
    ...(status ? [['--status', status.join()] as const] : []),
    ...(createdAfter ? [['--created-after', createdAfter.toISOString()] as const] : []),
    ...(createdBefore ? [['--created-before', createdBefore.toISOString()] as const] : []),
  ];
}

type Flag = readonly [flag: string, value?: string];

/** @throws Failure `invalid` for a rule that repl.yaml does not have, and for what does not go together. */
export function choiceOf(options: BackfillOptions, spec: Spec): BackfillChoice {
  const { rule = [], status = usualStatuses, createdAfter, createdBefore, priority } = options;
  assertConsistent(options);
  const known = rulesOf(spec).map(({ id }) => id);
  const unknown = rule.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const message = `this configuration has no rule ${unknown}`;
    throw new Failure('invalid', 'rule', message, `write --rule ${known.join(' or --rule ')}`);
  }
  if (createdAfter && createdBefore && createdAfter >= createdBefore) {
    const message = '--created-after is not before --created-before, so no object is between them';
    throw new Failure('invalid', 'created', message, 'give an earlier --created-after, or a later --created-before');
  }
  return {
    rules: rule,
    statuses: status,
    ...(createdAfter && { createdAfter }),
    ...(createdBefore && { createdBefore }),
    priority,
  };
}

/** A list says itself which objects it means; and no report is never a full one. @throws Failure `invalid` */
function assertConsistent({
  manifest,
  rule,
  status,
  createdAfter,
  createdBefore,
  report,
  fullReport,
}: BackfillOptions): void {
  if (fullReport && report === false)
    throw new Failure('invalid', 'report', '--full-report and --no-report exclude each other', 'leave one of them out');
  if (manifest === undefined || (rule ?? status ?? createdAfter ?? createdBefore) === undefined) return;
  throw new Failure(
    'invalid',
    'manifest',
    'with --manifest the job replicates every object of the list, whatever its rule, status and time',
    'leave out --rule, --status, --created-after and --created-before, or leave out --manifest',
  );
}
