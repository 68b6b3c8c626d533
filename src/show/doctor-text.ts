import type { CheckResult, DiagnosedVerdict, Several } from '../doctor/diagnosis.ts';
import type { PolicyOf, Remedy } from '../doctor/remedy.ts';
import type { Outcome, Verdict } from '../model/verdict.ts';
import { shellWord } from '../text/shell-word.ts';
import type { ShownDiagnosis } from './cause-json.ts';
import { wrapText } from './printable.ts';
import type { Sign, SignedLine } from './signed-line.ts';

type ShownCause = ShownDiagnosis['causes'][number];

const mostCauses = 20;
const label = 9;

/** Without the mark of the sandbox. */
export function doctorLines({ source, takenAt, checks, verdicts, causes }: ShownDiagnosis): readonly SignedLine[] {
  const shown = causes.slice(0, mostCauses);
  const more = causes.length - shown.length;
  const first = markFirstUses(shown);
  return [
    { text: `${source.bucket}  ${source.account}, as of ${takenAt}` },
    ...checkLines(checks),
    ...shown.flatMap((cause) => [{ text: '' }, ...causeLines(cause, first.get(cause) ?? true)]),
    ...(more > 0 ? [{ text: '' }, { text: `… and ${more} more causes: --json has them all` }] : []),
    { text: '' },
    ...(verdicts.every(({ probe }) => probe === undefined) && verdicts.length <= mostCauses
      ? verdicts.flatMap(({ verdict }) => verdictLines(verdict))
      : countLines(verdicts)),
  ];
}

const statusSigns = { ok: '✔', warning: '!', failed: '✖', unknown: '?' } as const;

/** Checks that are unknown for one reason, without a cause of their own, share a line. */
function checkLines(checks: readonly CheckResult[]): readonly SignedLine[] {
  const isFolded = ({ status, why }: CheckResult) => status === 'unknown' && why !== undefined;
  const folded = new Map<string, string[]>();
  for (const { why = '', check } of checks.filter(isFolded)) {
    folded.set(why, [...(folded.get(why) ?? []), check]);
  }
  return [
    ...checks
      .filter((one) => !isFolded(one))
      .map(({ check, title, status, why }) => ({
        sign: statusSigns[status],
        text: `${check}  ${title}${why === undefined ? '' : ` (${why})`}`,
      })),
    ...[...folded].map(([why, ids]) => ({ sign: '?' as const, text: wrapText(`${ids.join(' ')}  ${why}`, '       ') })),
  ];
}

const levelSigns = { fails: '✖', unknown: '?', warning: '!', note: '-' } as const;

function causeLines(cause: ShownCause, withRemedy: boolean): readonly SignedLine[] {
  const { level, check, summary, fix, evidence, remedy, mendedByApply, unreadable, actions } = cause;
  const { arn, sid, path, sources } = evidence;
  const place = [arn, sid === undefined ? undefined : `Sid ${sid}`].filter((one) => one !== undefined).join(', ');
  return [
    { sign: levelSigns[level], text: wrapText(`${check}  ${summary}`, '  ') },
    ...(place === '' ? [] : row('where', place)),
    ...(path === undefined ? [] : row(place === '' ? 'where' : '', path)),
    ...row('what', subjectOf(cause)),
    ...row('actions', (actions ?? []).join(', ')),
    ...row('source', (sources ?? []).join('; ')),
    ...(unreadable ?? []).flatMap((reason) => row('unread', reason)),
    // What is left out on purpose needs none; what waits for a backfill does.
    ...(level === 'note' && check !== 'C36' ? [] : row('fix', fix)),
    ...(remedy === undefined ? [] : remedyLines(remedy, withRemedy)),
    ...(mendedByApply === true ? row('apply', 's3repl apply fixes it.') : []),
    ...(mendedByApply === false && level === 'fails' ? row('apply', 's3repl apply does not touch this.') : []),
  ];
}

function row(name: string, text: string): readonly SignedLine[] {
  return text === '' ? [] : [{ text: `  ${name.padEnd(label)}${wrapText(text, ' '.repeat(label + 2))}` }];
}

function subjectOf({ rules, objects, probes }: ShownCause): string {
  const parts = [
    ...probes.map((probe) => (probe === 'new-object' ? 'new objects' : 'delete markers')),
    ...(objects.count > 0 ? [`${objects.count} looked at: ${listSeveral(objects)}`] : []),
  ];
  const under =
    rules.count === 0 ? '' : ` under ${rules.count === 1 ? 'rule' : `${rules.count} rules:`} ${listSeveral(rules)}`;
  return parts.length === 0 ? under.trim() : `${parts.join(', ')}${under}`;
}

function listSeveral({ count, first }: Several): string {
  const more = count - first.length;
  return `${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function remedyLines(remedy: Remedy, isFirst: boolean): readonly SignedLine[] {
  if (remedy.kind === 'commands') {
    return remedyCommands(remedy).map((command) => ({ text: `  ${'run'.padEnd(label)}${command}` }));
  }
  const into = `into ${policyText(remedy.into)}`;
  if (!isFirst) return row('put', `${into}: the statement above`);
  const json = JSON.stringify(remedy.statement, null, 2).replace(/\[\s+("[^"]*")\s+\]/g, '[$1]');
  return [...row('put', `${into}:`), ...json.split('\n').map((line) => ({ text: `    ${line}` }))];
}

export function policyText({ kind, of }: PolicyOf): string {
  switch (kind) {
    case 'trust':
      return `the trust policy of role ${of}`;
    case 'permissions':
      return `a permissions policy of role ${of}`;
    case 'bucket':
    case 'key':
    case 'topic':
      return `the ${kind} policy of ${of}`;
  }
}

export function remedyCommands({ commands }: Extract<Remedy, { kind: 'commands' }>): readonly string[] {
  return commands.map((words) => words.map(shellWord).join(' '));
}

function markFirstUses(causes: readonly ShownCause[]): ReadonlyMap<ShownCause, boolean> {
  const seen = new Set<string>();
  return new Map(
    causes.map((cause) => {
      const text = JSON.stringify(cause.remedy);
      const isFirst = !seen.has(text);
      seen.add(text);
      return [cause, isFirst];
    }),
  );
}

const outcomeSigns: Readonly<Record<Outcome, Sign>> = {
  replicates: '✔',
  fails: '✖',
  'not-replicated': '-',
  unknown: '?',
};

export function verdictLines({
  object,
  versionId,
  rule,
  destination,
  outcome,
  reason,
  replica,
}: Verdict): readonly SignedLine[] {
  const name = `${object}${versionId === null ? '' : ` (version ${versionId})`}`;
  const way = rule === null ? '' : ` under rule ${rule} to ${destination}`;
  const why = reason === null ? '' : `: ${reason}`;
  const arrives = replica && [
    replica.encryption,
    ...(replica.kmsKey === null ? [] : [`with key ${replica.kmsKey}`]),
    `owned by ${replica.owner}`,
    ...(replica.tags === false ? ['without its tags'] : []),
  ];
  return [
    { sign: outcomeSigns[outcome], text: wrapText(`${name}${way} ${outcome}${why}`, '  ') },
    ...(arrives ? row('replica', arrives.join(', ')) : []),
  ];
}

function countLines(verdicts: readonly DiagnosedVerdict[]): readonly SignedLine[] {
  const lines = (what: string, some: readonly DiagnosedVerdict[]) => {
    if (some.length === 0) return [];
    const counts = new Map<string, number>();
    for (const { verdict, asked, except } of some) {
      const reason = verdict.reason === null ? '' : ` (${verdict.reason})`;
      const name =
        except !== undefined
          ? 'left out on purpose'
          : `${verdict.outcome}${reason}${asked ? ' if a writer asks for it' : ''}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return [{ text: wrapText(`${what}: ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}`, '  ') }];
  };
  return [
    ...lines(
      'New objects and delete markers, by rule and class',
      verdicts.filter(({ probe }) => probe !== undefined),
    ),
    ...lines(
      'Objects looked at, by rule',
      verdicts.filter(({ probe }) => probe === undefined),
    ),
  ];
}
