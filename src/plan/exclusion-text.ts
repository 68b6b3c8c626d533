import { exceptionLine } from '../config/exception-text.ts';
import type { Spec } from '../config/spec.ts';
import { ruleIdPrefix } from '../state/names.ts';
import type { PreflightCause } from './preflight.ts';

/** The lines of repl.yaml that exclude such objects on purpose, for each rule. */
export function exclusionText({ fix, exclusions = [] }: Pick<PreflightCause, 'fix' | 'exclusions'>, spec: Spec) {
  const rules = [...new Set(exclusions.map(({ rule }) => rule))];
  const lines = rules.map((id) => ({
    id: id.slice(ruleIdPrefix(spec).length),
    line: exceptionLine(exclusions.flatMap(({ rule, objects }) => (rule === id ? [objects] : []))),
  }));
  const [first] = lines;
  if (first === undefined) return { fix };
  const one = lines.every(({ line }) => line === first.line);
  const under = `under ${lines.length > 1 ? (one ? 'each of the rules' : 'its rule') : 'rule'}`;
  const ids = one ? ` ${lines.map(({ id }) => id).join(', ')}` : '';
  return {
    fix: `${fix} If they are not meant to replicate, write ${one ? 'this' : 'each line'} ${under}${ids} in repl.yaml:`,
    paste: one ? first.line : lines.map(({ id, line }) => `${line} # rule ${id}`).join('\n'),
  };
}
