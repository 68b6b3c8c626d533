import type { DiagnosedVerdict, Diagnosis, Several } from '../doctor/diagnosis.ts';
import { isOnlyUnproven, stopsHealth } from '../doctor/sightings.ts';
import { exceptText } from '../model/classes/except-text.ts';
import { isFailureOfThePast } from '../model/replication/history.ts';
import type { Outcome, Verdict } from '../model/verdict.ts';
import { countText } from '../text/count-text.ts';
import type { ShownCause } from './cause-text.ts';
import { wrapText } from './printable.ts';
import { row, type Sign, type SignedLine } from './signed-line.ts';

const outcomeSigns: Readonly<Record<Outcome, Sign>> = {
  replicates: '✔',
  fails: '✖',
  'not-replicated': '-',
  unknown: '?',
};

export function verdictLines(verdict: Verdict): readonly SignedLine[] {
  const { object, versionId, rule, destination, outcome, reason, replica } = verdict;
  const name = `${object}${versionId === null ? '' : ` (version ${versionId})`}`;
  const way = rule === null ? '' : ` under rule ${rule} to ${destination}`;
  const why = reason === null ? '' : `: ${reason}`;
  const end = isFailureOfThePast(verdict) ? 'FAILED' : outcome;
  const arrives = replica && [
    replica.encryption,
    ...(replica.kmsKey === null ? [] : [`with key ${replica.kmsKey}`]),
    `owned by ${replica.owner}`,
    ...(replica.tags === false ? ['without its tags'] : []),
  ];
  return [
    { sign: outcomeSigns[outcome], text: wrapText(`${name}${way} ${end}${why}`, '  ') },
    ...(arrives ? row('replica', arrives.join(', ')) : []),
  ];
}

type Judged = Pick<Diagnosis, 'source' | 'outcome' | 'excluded'> & {
  readonly verdicts: readonly DiagnosedVerdict[];
  readonly causes: readonly Pick<ShownCause, 'level' | 'check' | 'rules'>[];
};

/** Whether it replicates, in one sentence. */
export function verdictSentence(diagnosis: Judged): string {
  const { verdicts } = diagnosis;
  return verdicts.some(isProbe) ? sentenceOnProbes(diagnosis) : sentenceOnObjects(diagnosis);
}

export function isProbe({ probe }: DiagnosedVerdict): boolean {
  return probe !== undefined;
}

function sentenceOnObjects({ outcome, verdicts }: Judged): string {
  const keys = [...new Set(verdicts.map(({ verdict }) => verdict.object))];
  const name = keys.length === 1 ? keys.join() : `${countText(keys.length)} objects`;
  const outcomes = new Set(verdicts.map(({ verdict }) => verdict.outcome));
  const [does, is] = keys.length === 1 ? ['replicates', 'is'] : ['replicate', 'are'];
  const stopped = verdicts.filter(stopsHealth);
  if (stopped.length > 0) return `${name} would not replicate${reasonsText(stopped)}.`;
  if (outcome === 'blocked') return `${sentenceOnFailed(name, verdicts)} S3 does not retry.`;
  if (outcome === 'unknown') return `s3repl cannot tell whether ${name} ${does}.`;
  return outcomes.has('not-replicated')
    ? `${name} ${is} not meant to replicate${reasonsText(verdicts)}.`
    : `${name} ${does}.`;
}

/** Of an object that nothing would stop now, or that is not meant to replicate any more. */
function sentenceOnFailed(name: string, verdicts: readonly DiagnosedVerdict[]): string {
  const failed = verdicts.filter(({ verdict }) => isFailureOfThePast(verdict));
  if (failed.length === 0) return `${name} is FAILED, and no rule would replicate it now${reasonsText(verdicts)}.`;
  const versions = (of: readonly DiagnosedVerdict[]) => new Set(of.map(({ verdict }) => verdict.versionId)).size;
  const what = versions(failed) < versions(verdicts) ? `A version of ${name}` : name;
  return `${what} is FAILED. Nothing would stop it now, but`;
}

function sentenceOnProbes({ source, outcome, verdicts, causes, excluded = [] }: Judged): string {
  const bucket = `bucket ${source.bucket}`;
  const unproven = outcome === 'unknown' && isOnlyUnproven(causes) && causes.find(({ level }) => level === 'unknown');
  if (unproven) return sentenceOnUnproven(bucket, unproven.rules);
  if (outcome === 'unknown') return `s3repl cannot tell whether new objects in ${bucket} replicate.`;
  if (outcome === 'healthy') return `New objects in ${bucket} replicate${exceptText(excluded)}.`;
  const stopped = verdicts.filter(stopsHealth);
  const usual = stopped.filter(({ probe, name }) => probe !== undefined && name === undefined);
  const objects = usual.filter(({ probe }) => probe === 'new-object');
  if (objects.length > 0) {
    const all = verdicts.filter(({ probe, name }) => probe === 'new-object' && name === undefined);
    const some = objects.length < all.length ? ` under ${objects.length} of ${all.length} rules` : '';
    return `New objects in ${bucket} would not replicate${some}${reasonsText(objects)}.`;
  }
  if (usual.length > 0) return `Delete markers in ${bucket} would not replicate${reasonsText(usual)}.`;
  const names = [...new Set(stopped.flatMap(({ name }) => name ?? []))];
  if (names.length > 0) {
    const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
    return `Some new objects in ${bucket} would not replicate: ${names.slice(0, 3).join(', ')}${more}.`;
  }
  return `New objects in ${bucket} replicate, but objects that are there would not.`;
}

function sentenceOnUnproven(bucket: string, { count, first }: Several): string {
  const last =
    count === 1
      ? `the last version that S3 tried under rule ${first.join()}`
      : `the last versions under ${count} rules`;
  return `All that s3repl has read would let new objects in ${bucket} replicate, but ${last} FAILED. A new object shows whether it works now.`;
}

/** AWS's failure codes, or our words for silence. */
function reasonsText(verdicts: readonly DiagnosedVerdict[]): string {
  const reasons = [...new Set(verdicts.flatMap(({ verdict }) => verdict.reason ?? []))];
  return reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
}

/** Keys of the objects that were looked at. */
export function listSampledKeys(verdicts: readonly DiagnosedVerdict[]): ReadonlySet<string> {
  return new Set(verdicts.filter((one) => !isProbe(one)).map(({ verdict }) => verdict.object));
}

/** `2 of 12 sampled objects would fail (DstPutObjectNotPermitted).` */
export function sampleSentences(verdicts: readonly DiagnosedVerdict[]): readonly string[] {
  const all = listSampledKeys(verdicts).size;
  const groups = new Map<string, Set<string>>();
  for (const one of verdicts.filter((seen) => !isProbe(seen))) {
    const end = sampleEnd(one);
    groups.set(end, (groups.get(end) ?? new Set()).add(one.verdict.object));
  }
  return [...groups].map(
    ([end, keys]) => `${partText(keys.size, all)} ${keys.size === 1 ? end : end.replace(/^is /, 'are ')}.`,
  );
}

function partText(count: number, all: number): string {
  if (all === 1) return 'The sampled object';
  return `${count === all ? 'All' : `${countText(count)} of`} ${countText(all)} sampled objects`;
}

function sampleEnd({ verdict, except }: DiagnosedVerdict): string {
  const reason = verdict.reason === null ? '' : ` (${verdict.reason})`;
  if (except !== undefined) return 'would be left out on purpose';
  switch (verdict.outcome) {
    case 'replicates':
      return 'would replicate';
    case 'fails':
      return isFailureOfThePast(verdict) ? 'is FAILED' : `would fail${reason}`;
    case 'not-replicated':
      return `would be left out${reason}`;
    case 'unknown':
      return `may replicate: s3repl cannot tell${reason}`;
  }
}
