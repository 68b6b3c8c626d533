import { defaultOf } from '../config/defaults.ts';
import type { Around, Asked, Field } from '../config/field.ts';
import { fieldAt } from '../config/fields.ts';
import { parsePath, valueAt } from '../config/path.ts';
import type { Question } from '../config/questions.ts';

export interface RuleOption {
  readonly path: string;
  readonly key: string;
  readonly field: Field;
  readonly ask: Exclude<Asked, string>;
  /** As it is written, or the default. */
  readonly value: unknown;
}

/** What the rest rules out is left out: it would be refused, or would change nothing. @param tree the configuration as far as it is known. */
export function listOptions({ side, sets }: Question, tree: unknown): readonly RuleOption[] {
  const at = (path: string) => valueAt(tree, parsePath(path));
  const accountAt = (path: string) => {
    const account = at(path);
    return typeof account === 'string' ? account : undefined;
  };
  const around: Around = {
    config: { name: '', source: { account: accountAt('source.account') } },
    destination: { account: accountAt(`${side}.account`) },
    rule: { tags: at(`${side}.rules[0].tags`) },
  };
  return sets.flatMap((path) => {
    const field = fieldAt(parsePath(path));
    if (!field || typeof field.ask !== 'object') return [];
    const usual = defaultOf(field, around);
    const follows = 'default' in field && typeof field.default === 'function';
    const key = String(parsePath(path).at(-1));
    return follows && usual === false ? [] : [{ path, key, field, ask: field.ask, value: at(path) ?? usual }];
  });
}
