import { causeName } from '../model/classes/cause-name.ts';
import { classSummary, type Remark } from '../model/classes/class-text.ts';
import { isOfControls } from '../model/replication/control-policies.ts';
import { isWithin, type Path } from '../model/replication/path.ts';
import type { Prepared } from '../model/replication/prepare.ts';
import type { Cause } from '../model/verdict.ts';
import type { CheckId } from './catalogue.ts';
import type { GroupedCause, Level, Several, Sighting } from './diagnosis.ts';
import type { Remedy } from './repair.ts';

const harm: Readonly<Record<Level, number>> = { fails: 0, unknown: 1, warning: 2, note: 3 };
const fewest = 5;

interface Group {
  level: Level;
  readonly cause: Cause<CheckId>;
  readonly rules: Set<string>;
  readonly objects: Set<string>;
  readonly probes: Set<string>;
  readonly actions: Set<string>;
  readonly summaries: Set<string>;
  readonly classes: Map<string, Remark>;
  remedy?: Remedy;
  /** Absent where the cause does not meet what the defaults make. */
  plain?: Level;
}

/** Joins equal causes: the most harmful first, then those that touch the most. */
export function groupCauses(
  sightings: readonly Sighting[],
  { unreadable }: Pick<Prepared, 'unreadable'>,
): readonly Omit<GroupedCause, 'repair'>[] {
  const groups = new Map<string, Group>();
  for (const sighting of sightings) {
    const { level, cause } = sighting;
    const name = isControl(cause) ? 'control policies' : causeName(cause);
    const group = groups.get(name) ?? newGroup(level, cause);
    groups.set(name, group);
    add(sighting, group);
  }
  const size = ({ objects, rules }: Pick<GroupedCause, 'objects' | 'rules'>) => objects.count + rules.count;
  return [...groups.values()]
    .map((group) => causeOf(group, unreadable))
    .toSorted((a, b) => harm[a.level] - harm[b.level] || size(b) - size(a));
}

function add({ level, cause, rule, object, probe, class: one, remedy }: Sighting, group: Group): void {
  if (remedy !== undefined) group.remedy = remedy;
  if (harm[level] < harm[group.level]) group.level = level;
  if (rule !== undefined) group.rules.add(rule);
  if (probe !== undefined) group.probes.add(probe);
  else if (object !== undefined) group.objects.add(object);
  if (one) group.classes.set(one.name, one);
  else if (probe !== undefined && (!group.plain || harm[level] < harm[group.plain])) group.plain = level;
  if (isControl(cause)) group.summaries.add(cause.summary);
  if (cause.evidence.refused) group.actions.add(cause.evidence.refused.action);
}

function causeOf(group: Group, unreadable: Prepared['unreadable']): Omit<GroupedCause, 'repair'> {
  const { level, cause, rules, objects, probes, actions, summaries, classes, plain, remedy } = group;
  const reasons = listUnread(cause, unreadable).map(({ reason }) => reason);
  return {
    level,
    ...cause,
    ...(summaries.size > 1 && { summary: [...summaries].join(' ') }),
    // A warning for all objects can be a failure for some.
    ...(classes.size > 0 &&
      plain !== level && {
        summary: classSummary([...classes.values()], cause.summary),
        classes: [...classes.keys()],
      }),
    rules: summarizeNames(rules),
    objects: summarizeNames(objects),
    probes: [...probes],
    ...(actions.size > 1 && { actions: [...actions] }),
    ...(remedy && { remedy }),
    ...(level === 'unknown' && reasons.length > 0 && { unreadable: [...new Set(reasons)] }),
  };
}

function newGroup(level: Level, cause: Cause<CheckId>): Group {
  return {
    level,
    cause,
    rules: new Set(),
    objects: new Set(),
    probes: new Set(),
    actions: new Set(),
    summaries: new Set(),
    classes: new Map(),
  };
}

/** Organization policies that could not be read are one cause, however many accounts there are. */
function isControl({ check, evidence }: Cause<CheckId>): boolean {
  return check === 'C30' && evidence.unknown !== undefined && evidence.path === undefined;
}

/** What of it could not be read. */
export function listUnread(cause: Cause<CheckId>, unreadable: Prepared['unreadable']): Prepared['unreadable'] {
  return unreadable.filter(({ path }) => isAbout(cause, path));
}

function isAbout({ evidence: { path } }: Cause<CheckId>, unread: Path): boolean {
  return path !== undefined && !isOfControls(unread) && (isWithin(path, unread) || isWithin(unread, path));
}

function summarizeNames(names: ReadonlySet<string>): Several {
  return { count: names.size, first: [...names].slice(0, fewest) };
}
