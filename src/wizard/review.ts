/** The last screen before anything is written: the picture, the plan, what it costs in kind, and what to know. */
import { explain } from '../cli/explain.ts';
import type { Spec } from '../config/spec.ts';
import { observe } from '../observe/observe.ts';
import { type Plan, planApply, stateHash } from '../plan/plan.ts';
import { pictureLines } from '../show/picture.ts';
import { planLines } from '../show/plan-text.ts';
import { wrapped } from '../show/printable.ts';
import type { Cloud } from './cloud.ts';

/** A plan and the state that it was made from, or why there is none. */
export type Planned =
  | { readonly plan: Plan; readonly observedHash: string }
  | { readonly plan?: undefined; readonly why: string };

/** Plans without changing anything; a plan that cannot be made keeps nobody from writing the file. */
export async function planned(cloud: Cloud, spec: Spec): Promise<Planned> {
  try {
    const connections = await cloud.connections(spec);
    const observed = await observe(connections, spec);
    return { plan: planApply(observed, spec), observedHash: stateHash(observed) };
  } catch (error) {
    const { message, fix } = explain(error);
    return { why: fix === undefined ? message : `${message} → ${fix}` };
  }
}

/** The review as lines of at most `columns` columns. */
export function reviewLines(spec: Spec, made: Planned, columns: number): readonly string[] {
  const width = Math.min(columns, 80);
  const item = (sign: string, text: string) => `  ${sign} ${wrapped(text, '    ', width)}`;
  return [
    '',
    ...pictureLines(spec, width),
    '',
    ...(made.plan ? planText(made.plan, item) : ['No plan could be made:', item('✖', made.why)]),
    '',
    'What AWS charges for, in kind',
    ...costs(spec).map((text) => item('·', text)),
    '',
    'Good to know',
    ...notes(spec).map((text) => item('·', text)),
    '',
  ];
}

function planText(
  { changes, problems, warnings }: Plan,
  item: (sign: string, text: string) => string,
): readonly string[] {
  const bare = changes.map((change) => ({ ...change, before: null, after: null }));
  const lines =
    changes.length === 0 ? ['Everything is as it should be already.'] : planLines(bare).map(({ text }) => text);
  const told = [
    ...warnings.map(({ message, fix }) => item('!', `${message} → ${fix}`)),
    ...problems.map(({ message, fix }) => item('✖', `${message} → ${fix}`)),
  ];
  const kept = lines.filter((line, index) => line !== '' || index === lines.length - 2);
  return [...kept, ...(told.length > 0 ? ['', ...told] : [])];
}

function costs(spec: Spec): readonly string[] {
  const rules = spec.destinations.flatMap((side) => side.rules);
  const keys = [spec.source, ...spec.destinations].filter(({ kmsKey }) => kmsKey.kind === 'create').length;
  const across = spec.destinations.some(({ region }) => region !== spec.source.region);
  const when = (condition: boolean, text: string) => (condition ? [text] : []);
  return [
    'storage of the replicas, and a PUT request for each',
    'KMS requests at both keys (Bucket Keys keep them few)',
    ...when(keys > 0, `${keys === 1 ? 'one new KMS key' : `${keys} new KMS keys`}, by the month`),
    ...when(
      rules.some((rule) => rule.replicationTimeControl),
      'S3 RTC, by the GB, and replication metrics like metrics of CloudWatch',
    ),
    ...when(
      rules.some((rule) => rule.metrics && !rule.replicationTimeControl),
      'replication metrics, like metrics of CloudWatch',
    ),
    ...when(across, 'transfer between Regions, by the GB'),
  ];
}

function notes(spec: Spec): readonly string[] {
  const across = spec.destinations.some(({ account }) => account !== spec.source.account);
  return [
    'objects that are there already are not replicated: live replication does not look back (S3 Batch Replication does)',
    ...(across
      ? ['security tools may flag PutBucketReplication to another account as a leak: tell those who watch them']
      : ['source and destination are one account: this is no copy against the loss of that account']),
  ];
}
