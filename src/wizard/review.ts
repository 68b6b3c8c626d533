import type { Spec } from '../config/spec.ts';
import { exceptText } from '../model/classes/except-text.ts';
import { compareFirstPages, type FirstPages, readFirstPages } from '../observe/first-page.ts';
import { observe } from '../observe/observe.ts';
import { type Plan, planApply, stateHash } from '../plan/plan.ts';
import { type Preflight, preflight } from '../plan/preflight.ts';
import { explain } from '../session/explain.ts';
import { judgeNeighbors } from '../session/judge-neighbors.ts';
import { newDestinations } from '../session/old-objects.ts';
import { pictureLines } from '../show/picture.ts';
import { phaseTitles } from '../show/plan-text.ts';
import { printableDeep, wrapText } from '../show/printable.ts';
import { alarmsFor } from '../state/alerts.ts';
import { type Change, phase } from '../state/change.ts';
import type { State } from '../state/state.ts';
import { steps } from '../steps/steps.ts';
import { countText } from '../text/count-text.ts';
import type { Cloud } from './cloud.ts';

/** A plan with its state, or why there is none. */
export type Planned =
  | { readonly plan: Plan; readonly checked: Preflight; readonly observedHash: string; readonly old: readonly string[] }
  | { readonly plan?: undefined; readonly why: string };

/** A plan that cannot be made keeps nobody from writing the file. */
export async function planSpec(cloud: Cloud, spec: Spec, acceptBreaking: readonly string[]): Promise<Planned> {
  try {
    const connections = await cloud.connections(spec);
    const looking = readFirstPages(connections, spec).catch(() => undefined);
    const observed = await observe(connections, spec);
    const plan = await judgeNeighbors({ spec, connections, acceptBreaking }, observed, planApply(observed, spec));
    const checked = preflight(plan.desired, spec, new Date());
    return { plan, checked, observedHash: stateHash(observed), old: oldLines(spec, observed, await looking) };
  } catch (error) {
    const { message, fix } = explain(error);
    return { why: fix === undefined ? message : `${message} → ${fix}` };
  }
}

export function reviewLines(spec: Spec, made: Planned, columns: number): readonly string[] {
  const width = Math.min(columns, 80);
  const item = (sign: string, text: string) => `${sign} ${wrapText(text, '  ', width)}`;
  return [
    '',
    ...pictureLines(printableDeep(spec), width),
    '',
    ...(made.plan ? planText(made, item, spec) : [item('✖', `No plan could be made: ${made.why}`)]),
    '',
    wrapText(`AWS charges for ${costs(spec, made).join(', ')}.`, '', width),
    ...notes(spec, made).map((text) => item('·', text)),
    '',
  ];
}

type Made = Extract<Planned, { readonly plan: Plan }>;

function planText(made: Made, item: (sign: string, text: string) => string, { alerts }: Spec): readonly string[] {
  const { changes, problems, warnings } = made.plan;
  const phases = [...new Set(steps.map((step) => step.phase))].sort();
  const lines = phases.flatMap((one) => {
    const own = changes.filter((change) => change.phase === one);
    if (one === phase.alerts && alerts === undefined && own.length === 0) return [];
    return `${one}  ${phaseTitles[one]}: ${own.length === 0 ? 'as it should be' : countsText(own)}`;
  });
  return [
    ...(changes.length === 0 ? ['Everything is as it should be already.'] : lines),
    ...warnings.map(({ message, fix }) => item('!', `${message} → ${fix}`)),
    ...problems.map(({ message, fix }) => item('✖', `${message} → ${fix}`)),
    ...(problems.length === 0 ? textOfPreflight(made.checked, item) : []),
  ];
}

function textOfPreflight(
  { outcome, causes, excluded }: Preflight,
  item: (sign: string, text: string) => string,
): readonly string[] {
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

function costs(spec: Spec, made: Planned): readonly string[] {
  const rules = spec.destinations.flatMap((side) => side.rules);
  const keys = made.plan
    ? made.plan.changes.filter(({ step, action }) => step === 'kms-key' && action === 'create').length
    : [spec.source, ...spec.destinations].filter(({ kmsKey }) => kmsKey.kind === 'create').length;
  const across = spec.destinations.some(({ region }) => region !== spec.source.region);
  const textIf = (condition: boolean, text: string) => (condition ? [text] : []);
  return [
    'storage and PUT requests of the replicas',
    'KMS requests at both keys',
    ...textIf(keys > 0, keys === 1 ? 'a new KMS key' : `${keys} new KMS keys`),
    ...textIf(
      rules.some((rule) => rule.replicationTimeControl),
      'S3 RTC by the GB',
    ),
    ...textIf(
      rules.some((rule) => rule.metrics),
      'replication metrics',
    ),
    ...textIf(alarmsFor(spec).length > 0, 'alarms'),
    ...textIf(across, 'transfer between Regions by the GB'),
  ];
}

/** What the new rules will not take in. What a rule that is there has left out, `apply` and `verify` tell: here it may be on its way. */
function oldLines(spec: Spec, observed: State, pages: FirstPages | undefined): readonly string[] {
  if (pages === undefined) return [];
  const { isNew, hasOthers } = newDestinations(observed, spec);
  const fresh = spec.destinations.filter(isNew).map(({ bucket }) => bucket);
  const command = `s3repl backfill${hasOthers ? ' --status none,failed,completed' : ''}`;
  return compareFirstPages(spec, pages).flatMap(({ destination, missing }) => {
    if (missing === 'unknown' || missing === 0 || !fresh.some((bucket) => bucket === destination)) return [];
    const versions = missing === 1 ? 'one object version that is' : `${countText(missing)} object versions that are`;
    return [
      `at least ${versions} there already will not be replicated to ${destination} → ${command} does that afterwards`,
    ];
  });
}

function notes(spec: Spec, made: Planned): readonly string[] {
  const across = spec.destinations.some(({ account }) => account !== spec.source.account);
  const old = made.plan ? made.old : [];
  return [
    ...(old.length > 0 ? old : ['objects that are there already are not replicated (s3repl backfill does that)']),
    ...(across
      ? ['security tools may flag PutBucketReplication to another account: tell who watches them']
      : ['source and destination are one account: this is no copy against the loss of that account']),
  ];
}
