import type { Spec } from '../config/spec.ts';
import { exceptText } from '../model/classes/except-text.ts';
import { observe } from '../observe/observe.ts';
import { type Plan, planApply, stateHash } from '../plan/plan.ts';
import { type Preflight, preflight } from '../plan/preflight.ts';
import { explain } from '../session/explain.ts';
import { judgeNeighbors } from '../session/judge-neighbors.ts';
import { pictureLines } from '../show/picture.ts';
import { phaseTitles } from '../show/plan-text.ts';
import { printableDeep, wrapText } from '../show/printable.ts';
import type { Change } from '../state/change.ts';
import { steps } from '../steps/steps.ts';
import type { Cloud } from './cloud.ts';

/** A plan with its state, or why there is none. */
export type Planned =
  | { readonly plan: Plan; readonly checked: Preflight; readonly observedHash: string }
  | { readonly plan?: undefined; readonly why: string };

/** A plan that cannot be made keeps nobody from writing the file. */
export async function planSpec(cloud: Cloud, spec: Spec, acceptBreaking: readonly string[]): Promise<Planned> {
  try {
    const connections = await cloud.connections(spec);
    const observed = await observe(connections, spec);
    const plan = await judgeNeighbors({ spec, connections, acceptBreaking }, observed, planApply(observed, spec));
    return { plan, checked: preflight(plan.desired, spec, new Date()), observedHash: stateHash(observed) };
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
    ...(made.plan ? planText(made, item) : [item('✖', `No plan could be made: ${made.why}`)]),
    '',
    wrapText(`AWS charges for ${costs(spec, made).join(', ')}.`, '', width),
    ...notes(spec).map((text) => item('·', text)),
    '',
  ];
}

type Made = Extract<Planned, { readonly plan: Plan }>;

function planText(made: Made, item: (sign: string, text: string) => string): readonly string[] {
  const { changes, problems, warnings } = made.plan;
  const lines = [...new Set(steps.map(({ phase }) => phase))].sort().map((one) => {
    const own = changes.filter((change) => change.phase === one);
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
    ...textIf(across, 'transfer between Regions by the GB'),
  ];
}

function notes(spec: Spec): readonly string[] {
  const across = spec.destinations.some(({ account }) => account !== spec.source.account);
  return [
    'objects that are there already are not replicated (s3repl backfill does that)',
    ...(across
      ? ['security tools may flag PutBucketReplication to another account: tell who watches them']
      : ['source and destination are one account: this is no copy against the loss of that account']),
  ];
}
