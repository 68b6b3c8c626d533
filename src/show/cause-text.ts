import type { Several } from '../doctor/diagnosis.ts';
import { countText } from '../text/count-text.ts';
import type { ShownDiagnosis } from './cause-json.ts';
import { wrapText } from './printable.ts';
import { isAfterFix } from './repair-commands.ts';
import { rawRow, row, type SignedLine } from './signed-line.ts';

export type ShownCause = ShownDiagnosis['causes'][number];

export interface CauseAbout {
  readonly commands: readonly string[];
  /** Whether a cause above has printed these commands. */
  readonly isRepeated: boolean;
  /** Further causes at the same place, which the same commands fix. */
  readonly others: readonly ShownCause[];
  /** What makes the AWS CLI reach the sandbox. */
  readonly sandboxCommands: readonly string[];
  /** Number of objects that were looked at besides probes; undefined: objects were asked about. */
  readonly sampled: number | undefined;
}

const levelSigns = { fails: '✖', unknown: '?', warning: '!', note: '-' } as const;

export function causeLines(cause: ShownCause, about: CauseAbout): readonly SignedLine[] {
  const { level, check, summary, fix, evidence, unreadable, actions } = cause;
  const { sources } = evidence;
  return [
    { sign: levelSigns[level], text: wrapText(`${summary} (${check})`, '  ') },
    ...row('affects', subjectOf([cause, ...about.others], about.sampled)),
    ...row('where', placeOf(summary, evidence)),
    ...about.others.flatMap((one) => row('also', `${one.summary} (${one.check})`)),
    ...row('actions', (actions ?? []).join(', ')),
    ...row('source', (sources ?? []).join('; ')),
    ...(unreadable ?? []).flatMap((reason) => row('unread', reason)),
    // What is left out on purpose needs none; what waits for a backfill does.
    ...(level === 'note' && check !== 'C36'
      ? []
      : [...row('fix', fix), ...pasteRows(cause), ...repairLines(cause, about)]),
  ];
}

/** A command; for a rule of others, lines of repl.yaml. */
function pasteRows({ check, paste = '' }: ShownCause): readonly SignedLine[] {
  if (paste === '') return [];
  const [first = '', ...more] = paste.split('\n');
  return [rawRow(check === 'C03' ? 'write' : 'run', first), ...more.map((line) => rawRow('', line))];
}

/** Empty where the summary names it. */
function placeOf(summary: string, { arn, sid, path = '' }: ShownCause['evidence']): string {
  if (arn === undefined && sid === undefined) return path;
  const said = summary.split(/\s+/).map((word) => word.replace(/[.,:;]+$/, ''));
  const names = [
    ...(arn === undefined || said.includes(arn) ? [] : [arn]),
    ...(sid === undefined ? [] : [`Sid ${sid}`]),
  ];
  return names.join(', ');
}

function repairLines(
  { repair, level }: ShownCause,
  { commands, isRepeated, sandboxCommands }: CauseAbout,
): readonly SignedLine[] {
  if (repair.by === 'person') return level === 'note' ? [] : row('by hand', repair.why);
  if (isRepeated && repair.by === 'calls') return row('run', 'the commands above: they fix this as well');
  const run = isAfterFix(repair) ? 'then' : 'run';
  return commands.flatMap((command) => {
    const [first = '', ...more] = command.split('\n');
    return more.length === 0
      ? [rawRow(run, first)]
      : [
          ...row(
            'run',
            `all of these lines${sandboxCommands.length > 0 ? '; first, so that aws reaches the sandbox:' : ''}`,
          ),
          ...sandboxCommands.map((line) => rawRow('', line)),
          { text: '' },
          ...command.split('\n').map((text) => ({ text })),
        ];
  });
}

/** By the names that people gave them. Of causes with one fix, the most that one of them names. */
function subjectOf(causes: readonly ShownCause[], sampled: number | undefined): string {
  const most = (all: readonly Several[]) => all.reduce((one, other) => (other.count > one.count ? other : one));
  const objects = most(causes.map((cause) => cause.objects));
  const rules = most(causes.map((cause) => cause.rules));
  const part =
    sampled === 1 ? 'the sampled object' : `${countText(objects.count)} of ${countText(sampled ?? 0)} sampled objects`;
  const count = sampled === undefined ? '' : `${part}: `;
  const parts = [
    ...new Set(
      causes.flatMap(({ probes }) => probes.map((one) => (one === 'new-object' ? 'new objects' : 'delete markers'))),
    ),
    ...(objects.count > 0 ? [`${count}${listSeveral(objects)}`] : []),
    ...(rules.count > 0 ? [`${rules.count === 1 ? 'rule' : `${rules.count} rules:`} ${listSeveral(rules)}`] : []),
  ];
  return parts.join('; ');
}

function listSeveral({ count, first }: Several): string {
  const more = count - first.length;
  return `${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
