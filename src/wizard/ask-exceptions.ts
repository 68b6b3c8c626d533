import { escapeException } from '../config/exception-text.ts';
import { oneLineProblem } from '../config/field-rules.ts';
import type { Config } from '../config/fields.ts';
import type { FlagValues } from '../config/flags.ts';
import { parsePath, valueAt } from '../config/path.ts';
import type { Spec } from '../config/spec.ts';
import type { OfferedExclusion } from '../model/classes/class-causes.ts';
import { objectsText } from '../model/classes/except-text.ts';
import type { Preflight } from '../plan/preflight.ts';
import type { Prompts } from '../session/prompts.ts';
import { printable } from '../show/printable.ts';
import { ruleIdPrefix } from '../state/names.ts';

/** More are only counted. */
const mostNamed = 3;

/** @returns the exceptions of each rule, by path; undefined where the objects are to replicate. */
export async function askExceptions(
  prompts: Prompts,
  { spec, config }: { readonly spec: Spec; readonly config: Config },
  checked: Preflight,
): Promise<FlagValues | undefined> {
  const offered = exclusionsToOffer(checked);
  if (offered.length === 0) return undefined;
  const answer = await prompts.choose({
    message: `Leave ${namesOf(offered)} out on purpose?`,
    choices: [
      { value: 'no', name: 'no, they should replicate: what stops them must change' },
      { value: 'yes', name: 'yes, and the file says why' },
    ],
    preset: 'no',
  });
  if (answer === 'no') return undefined;
  const why = await prompts.type({
    message: 'Why are they left out? (one line)',
    check: (text) => (oneLineProblem(text) === undefined ? undefined : 'type the reason, in one line'),
  });
  return exceptionsOf(offered, { spec, config }, why);
}

/** Offers nothing where no exception would help. */
function exclusionsToOffer({ outcome, causes }: Preflight): readonly OfferedExclusion[] {
  const all = causes.map(({ exclusions = [] }) => exclusions);
  return outcome === 'fails' && all.every((some) => some.length > 0) ? all.flat() : [];
}

function namesOf(offered: readonly OfferedExclusion[]): string {
  const names = [...new Set(offered.map(({ objects }) => objectsText(objects)))];
  const more = names.length - mostNamed;
  const shown = more > 0 ? [...names.slice(0, mostNamed), `${more} more`] : names;
  return printable(shown.join(', '));
}

function exceptionsOf(
  offered: readonly OfferedExclusion[],
  { spec, config }: { readonly spec: Spec; readonly config: Config },
  why: string,
): FlagValues {
  const prefix = ruleIdPrefix(spec);
  const lists = spec.destinations.flatMap((side, index) =>
    side.rules.flatMap(({ id }, at): [string, unknown][] => {
      const path = `destinations[${index}].rules[${at}].except`;
      const own = offered.filter(({ rule }) => rule === `${prefix}${id}`);
      const texts = new Map(own.map(({ objects }) => [JSON.stringify(objects), escapeException({ ...objects, why })]));
      const before = valueAt(config, parsePath(path));
      const list = [...(Array.isArray(before) ? before : []), ...texts.values()];
      return own.length === 0 ? [] : [[path, list]];
    }),
  );
  return Object.fromEntries(lists);
}
