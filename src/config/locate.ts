import { flagAt, flags } from './flags.ts';
import { formatPath } from './path.ts';
import type { Place } from './place.ts';
import type { ConfigProblem, Finding } from './problem.ts';
import type { Positions } from './walk-yaml.ts';

export interface Places {
  readonly file: string;
  /** Absent for a saved tree; empty where there are only flags. */
  readonly positions?: Positions;
  readonly placeOf?: (offset: number) => Place;
  readonly origins: ReadonlyMap<string, string>;
}

/** In the order of the file, then of the flags. */
export function locateAll(findings: readonly Finding[], places: Places): readonly ConfigProblem[] {
  const orderOfFlags = new Map(flags.map(({ flag }, index) => [flag, index + 1]));
  const flagOf = (problem: ConfigProblem) => orderOfFlags.get(problem.where) ?? 0;
  const located = findings.map((finding) => locate(finding, places));
  return located.sort(
    (a, b) => flagOf(a) - flagOf(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function locate(finding: Finding, places: Places): ConfigProblem {
  const { message } = finding;
  const path = formatPath(finding.path);
  const at = finding.offset === undefined ? sourceOf(finding, places) : finding.offset;
  if (typeof at === 'string') {
    return { where: at, path, message };
  }
  const place = places.placeOf?.(at);
  if (place === undefined) {
    return { where: places.file, path, message };
  }
  return { where: `${places.file}:${place.line}:${place.column}`, ...place, path, message };
}

function sourceOf(finding: Finding, { file, positions, origins }: Places): number | string {
  const [own = '', ...around] = finding.path
    .map((_, end, all) => formatPath(all.slice(0, all.length - end)))
    .concat('');
  const flag = [own, ...around].map((path) => origins.get(path)).find((name) => name !== undefined);
  if (flag !== undefined) {
    return flag;
  }
  if (positions === undefined) {
    return own === '' ? file : `${file}:${own}`;
  }
  const position = positions.get(own);
  if (position !== undefined) {
    return finding.on === 'key' ? (position.key ?? position.value) : position.value;
  }
  const parent = positions.get(around[0] ?? '');
  const missing = parent === undefined ? flagAt(own)?.flag : undefined;
  if (missing !== undefined) {
    return missing;
  }
  return around.map((path) => positions.get(path)?.value).find((offset) => offset !== undefined) ?? file;
}
