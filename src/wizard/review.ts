import type { Spec } from '../config/spec.ts';
import type { NextCommand } from '../events/event.ts';
import { exceptText } from '../model/classes/except-text.ts';
import { compareFirstPages, type FirstPages, readFirstPages } from '../observe/first-page.ts';
import { observe } from '../observe/observe.ts';
import { costLines, costOf } from '../plan/charges.ts';
import { type Plan, planApply, stateHash } from '../plan/plan.ts';
import { type Preflight, preflight } from '../plan/preflight.ts';
import { explain } from '../session/explain.ts';
import { judgeNeighbors } from '../session/judge-neighbors.ts';
import { newDestinations } from '../session/old-objects.ts';
import { pictureLines } from '../show/picture.ts';
import { phaseTitles } from '../show/plan-text.ts';
import { printableDeep, wrapText } from '../show/printable.ts';
import { type Change, phase } from '../state/change.ts';
import type { State } from '../state/state.ts';
import { steps } from '../steps/steps.ts';
import { countText } from '../text/count-text.ts';
import type { Cloud } from './cloud.ts';
import { bucketText, listExisting } from './existing-resources.ts';

/** A plan with its state, or why there is none. */
export type Planned =
  | {
      readonly plan: Plan;
      readonly checked: Preflight;
      readonly observedHash: string;
      readonly existing: readonly string[];
      readonly old: readonly OldObjects[];
    }
  | { readonly plan?: undefined; readonly why: string };

/** What a new rule will not take in. */
interface OldObjects {
  readonly destination: string;
  /** At least so many versions. */
  readonly count: number;
  /** Whether other destinations have them, so that S3 takes them for replicated. */
  readonly hasOthers: boolean;
}

export interface ReviewStyle {
  readonly columns: number;
  /** A whole command, to be pasted. */
  readonly commandText: (command: string, flags?: NextCommand['flags']) => string;
}

/** A plan that cannot be made keeps nobody from writing the file. */
export async function planSpec(cloud: Cloud, spec: Spec, acceptBreaking: readonly string[]): Promise<Planned> {
  try {
    const connections = await cloud.connections(spec);
    const looking = readFirstPages(connections, spec).catch(() => undefined);
    const observed = await observe(connections, spec);
    const plan = await judgeNeighbors({ spec, connections, acceptBreaking }, observed, planApply(observed, spec));
    const checked = preflight(plan.desired, spec, new Date());
    const existing = listExisting(spec, observed);
    const old = findOldObjects(spec, observed, await looking);
    return { plan, checked, observedHash: stateHash(observed), existing, old };
  } catch (error) {
    const { message, fix } = explain(error);
    return { why: fix === undefined ? message : `${message} → ${fix}` };
  }
}

export function reviewLines(spec: Spec, made: Planned, style: ReviewStyle): readonly string[] {
  const width = Math.min(style.columns, 80);
  const item = (sign: string, text: string) => `${sign} ${wrapText(text, ' '.repeat(sign.length + 1), width)}`;
  return [
    '',
    ...pictureLines(printableDeep(spec), width),
    '',
    ...(made.plan ? planText(made, spec, item, width) : [item('✖', `No plan could be made: ${made.why}`)]),
    '',
    ...costText(spec, width),
    '',
    ...notes(spec, made, style).map((text) => item('·', text)),
    '',
  ];
}

/** The heading, and what it is about. */
function costText(spec: Spec, width: number): readonly string[] {
  const [heading = '', ...lines] = costLines(costOf(spec));
  return [wrapText(heading, '', width), ...lines.map((line) => `  ${wrapText(line, '    ', width)}`)];
}

type Made = Extract<Planned, { readonly plan: Plan }>;

type Item = (sign: string, text: string) => string;

function planText(made: Made, { alerts }: Spec, item: Item, width: number): readonly string[] {
  const { changes, problems, warnings } = made.plan;
  const phases = [...new Set(steps.map((step) => step.phase))].sort();
  const lines = phases.flatMap((one) => {
    const own = changes.filter((change) => change.phase === one);
    if (one === phase.alerts && alerts === undefined && own.length === 0) return [];
    return item(`${one} `, `${phaseTitles[one]}: ${own.length === 0 ? 'as it should be' : countsText(own)}`);
  });
  return [
    ...(changes.length === 0
      ? ['Nothing to change: everything is set up already.']
      : [wrapText(existingText(made.existing), '  ', width), '', ...lines]),
    ...warnings.map(({ message, fix }) => item('!', `${message} → ${fix}`)),
    ...problems.map(({ message, fix }) => item('✖', `${message} → ${fix}`)),
    ...(problems.length === 0 ? textOfPreflight(made.checked, item) : []),
  ];
}

function existingText(existing: readonly string[]): string {
  return existing.length === 0 ? 'None of this exists yet.' : `Exists already: ${existing.join(', ')}`;
}

/** Whether objects may be in the source bucket from before. */
export function hasPast({ source }: Spec, made: Planned): boolean {
  return made.plan === undefined || made.existing.includes(bucketText(source));
}

function textOfPreflight({ outcome, causes, excluded }: Preflight, item: Item): readonly string[] {
  const sign = outcome === 'fails' ? '✖' : '!';
  return [
    ...causes.map(({ summary, fix }) => item(sign, `${summary} → ${fix}`)),
    ...(outcome === 'replicates' && excluded.length > 0
      ? [item('·', `new objects replicate${exceptText(excluded)}`)]
      : []),
  ];
}

function countsText(changes: readonly Change[]): string {
  return (['create', 'change', 'remove'] as const)
    .map((action) => [changes.filter((change) => change.action === action).length, action] as const)
    .flatMap(([count, action]) => (count === 0 ? [] : [`${count} to ${action}`]))
    .join(', ');
}

/** What a rule that is there has left out, `apply` and `verify` tell: here it may be on its way. */
function findOldObjects(spec: Spec, observed: State, pages: FirstPages | undefined): readonly OldObjects[] {
  if (pages === undefined) return [];
  const { isNew, hasOthers } = newDestinations(observed, spec);
  const fresh = spec.destinations.filter(isNew).map(({ bucket }) => bucket);
  return compareFirstPages(spec, pages).flatMap(({ destination, missing }) => {
    const isFresh = fresh.some((bucket) => bucket === destination);
    return missing === 'unknown' || missing === 0 || !isFresh ? [] : [{ destination, count: missing, hasOthers }];
  });
}

function notes(spec: Spec, made: Planned, { commandText }: ReviewStyle): readonly string[] {
  const across = spec.destinations.some(({ account }) => account !== spec.source.account);
  const old = (made.plan ? made.old : []).map(({ destination, count, hasOthers }) => {
    const versions = count === 1 ? 'one object version' : `${countText(count)} object versions`;
    const command = commandText('backfill', hasOthers ? [['--status', 'none,failed,completed']] : []);
    return `At least ${versions} from before will not be replicated to ${destination}. Afterwards, this replicates them: ${command}`;
  });
  const general = `Objects from before are not replicated. Afterwards, this replicates them: ${commandText('backfill')}`;
  return [
    ...(old.length > 0 || !hasPast(spec, made) ? old : [general]),
    ...(across
      ? ['Security monitoring may alert on PutBucketReplication to another account: let your security team know.']
      : ['Source and destination are one account: this does not protect against the loss of that account.']),
  ];
}
