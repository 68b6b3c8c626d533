import type { BackfillChoice, JobRequest, JobSeen } from '../plan/backfill-jobs.ts';
import type { MissingReplicas } from '../plan/missing-replicas.ts';
import { countText } from '../text/count-text.ts';
import { wrapText } from './printable.ts';

/** When, ID and status; counts in a second line, so that the ID can be copied whole in 80 columns. */
export function jobText({ id, status, created, total, succeeded, failed }: JobSeen): string {
  const when = created === undefined ? '' : `${created.toISOString().slice(0, 16).replace('T', ' ')}  `;
  const counts =
    total === undefined
      ? 'objects not listed'
      : `${countText(succeeded)} of ${countText(total)} done, ${countText(failed)} failed`;
  return `${when}${id}  ${status}\n  ${counts}`;
}

export interface ShownRequest {
  readonly requests: readonly JobRequest[];
  readonly choice: BackfillChoice;
  readonly missing: readonly MissingReplicas[];
  readonly fileLines: { readonly list?: string; readonly report: string };
  readonly costLines: readonly string[];
  readonly timeLines: readonly string[];
}

/** What a person is asked about, in 80 columns. */
export function requestText({ requests, choice, missing, fileLines, costLines, timeLines }: ShownRequest): string {
  const { statuses, createdAfter, createdBefore, rules } = choice;
  const prefixes = requests.flatMap(({ ManifestGenerator }) => prefixOf(ManifestGenerator));
  const row = (name: string, text: string) => `  ${name.padEnd(9)} ${wrapText(text, ' '.repeat(12), 66)}`;
  const times = [
    ...(createdAfter ? [`created after ${createdAfter.toISOString()}`] : []),
    ...(createdBefore ? [`created before ${createdBefore.toISOString()}`] : []),
  ];
  const what = [
    `versions whose replication status is ${statuses.join(' or ')}`,
    ...(prefixes.length > 0 ? [`whose key begins with ${prefixes.join(' or ')}`] : []),
    ...times,
  ];
  const limits =
    rules.length === 0
      ? 'S3 tries every rule of the bucket; a job cannot be limited to one destination or to tags'
      : `${rules.join(', ')}, by prefix; S3 also tries every other rule of the bucket that selects these keys`;
  return [
    requests.length === 1
      ? 'Job of S3 Batch Replication'
      : `${requests.length} jobs of S3 Batch Replication, one after the other`,
    row('objects', fileLines.list === undefined ? what.join(', ') : `of your list: ${fileLines.list}`),
    row('rules', limits),
    ...missing.flatMap((one) =>
      one.missing === 0 || one.missing === 'unknown' ? [] : [row('missing', missingText(one, one.missing))],
    ),
    row('report', fileLines.report),
    ...costLines.map((line, index) => row(index === 0 ? 'costs' : '', line)),
    ...timeLines.map((line, index) => row(index === 0 ? 'time' : '', line)),
    '',
  ].join('\n');
}

function prefixOf(generator: JobRequest['ManifestGenerator']): readonly string[] {
  const filter =
    generator && 'S3JobManifestGenerator' in generator ? generator.S3JobManifestGenerator?.Filter : undefined;
  return filter?.KeyNameConstraint?.MatchAnyPrefix ?? [];
}

export function missingText(
  { destination, looked }: Pick<MissingReplicas, 'destination' | 'looked'>,
  missing: number,
): string {
  const versions = looked === 1 ? 'the one version' : `the first ${countText(looked)} versions`;
  return `${countText(missing)} of ${versions} that rules select are not in ${destination}`;
}

/** @param isLate the destination was added after they were replicated elsewhere. */
export function oldObjectsWarning({ destination, missing }: MissingReplicas, isLate: boolean) {
  const versions =
    missing === 1
      ? 'one object version is'
      : `${missing === 'unknown' ? 'some' : countText(missing)} object versions are`;
  return {
    code: 'old-objects',
    message: `at least ${versions} not in ${destination}: S3 does not replicate objects from before the rule, and does not retry FAILED ones`,
    fix: `to replicate them, run: s3repl backfill${isLate ? ' --status none,failed,completed' : ''}`,
  };
}

export function notComparedWarning({ destination, unread = [] }: MissingReplicas) {
  return {
    code: 'not-compared',
    message: `s3repl cannot tell whether old objects are missing in ${destination}: it has no permission to list the versions (s3:ListBucketVersions) of ${unread.join(', ')}`,
    fix: 'allow s3:ListBucketVersions there',
  };
}
