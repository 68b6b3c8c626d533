import { defaultOf } from '../config/defaults.ts';
import type { Around } from '../config/field.ts';
import { fieldAt } from '../config/fields.ts';
import type { FlagValues } from '../config/flags.ts';
import { parsePath, valueAt } from '../config/path.ts';
import { type Asking, configSoFar, problemOf, textAt } from './asking.ts';

export async function askSelection(asking: Asking): Promise<FlagValues> {
  const { question, prompts } = asking;
  const [prefixPath = '', tagsPath = ''] = question.sets;
  const kind = await prompts.choose({
    message: question.message,
    choices: [
      { value: 'everything', name: 'everything in the bucket' },
      { value: 'prefix', name: 'objects whose key begins with a prefix' },
      {
        value: 'tags',
        name: 'objects with certain tags',
        hint: 'S3 does not replicate delete markers in a rule with tags',
      },
      { value: 'prefix and tags', name: 'objects with a prefix and tags' },
    ],
    preset: 'everything',
  });
  const values: Record<string, unknown> = {};
  if (kind.startsWith('prefix')) {
    values[prefixPath] = await prompts.type({
      message: 'Prefix (such as Tax/)',
      check: (text) =>
        text === '' ? 'type the beginning of the keys, such as Tax/' : problemOf(asking, { [prefixPath]: text }),
    });
  }
  if (kind.endsWith('tags')) {
    const text = await prompts.type({
      message: 'Tags (key=value, several with commas)',
      check: (typed) => tagsProblem(asking, tagsPath, typed),
    });
    values[tagsPath] = Object.fromEntries(pairsIn(text));
  }
  return values;
}

function tagsProblem(asking: Asking, path: string, text: string): string | undefined {
  const pairs = pairsIn(text);
  const bad = pairs.some(([key, value]) => key === '' || value === undefined);
  return bad ? 'write key=value, such as team=billing' : problemOf(asking, { [path]: Object.fromEntries(pairs) });
}

export function pairsIn(text: string): readonly (readonly [string, string | undefined])[] {
  return text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0
      ? ([pair.trim(), undefined] as const)
      : ([pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const);
  });
}

/** Answers only with what differs from the defaults. */
export async function askOptions(asking: Asking): Promise<FlagValues> {
  const { question, prompts } = asking;
  const around = aroundRule(asking);
  const options = question.sets.flatMap((path) => optionAt(path, around));
  const ticked = await prompts.tick({
    message: question.message,
    choices: options.map(({ key, ask: { tick, short }, value }) => ({
      value: key,
      name: tick,
      short,
      ticked: value === true,
    })),
  });
  const values: Record<string, unknown> = {};
  for (const { path, key, field, ask } of options) {
    if (field.kind === 'boolean') values[path] = ticked.includes(key);
    if (field.kind !== 'word' || !ask.next || !ticked.includes(key)) continue;
    const choices = field.words.map((word) => ({ value: word, name: word }));
    values[path] = await prompts.choose({ ...ask.next, choices });
  }
  return values;
}

function aroundRule(asking: Asking): Around {
  const { side } = asking.question;
  return {
    config: { name: '', source: { account: textAt(asking, 'source.account') } },
    destination: { account: textAt(asking, `${side}.account`) },
    rule: { tags: valueAt(configSoFar(asking), parsePath(`${side}.rules[0].tags`)) },
  };
}

/** None where the rest rules an option out: it would be refused, or would change nothing. */
function optionAt(path: string, around: Around) {
  const field = fieldAt(parsePath(path));
  if (!field || typeof field.ask !== 'object') return [];
  const value = defaultOf(field, around);
  const follows = 'default' in field && typeof field.default === 'function';
  const key = String(parsePath(path).at(-1));
  return follows && value === false ? [] : [{ path, key, field, ask: field.ask, value }];
}
