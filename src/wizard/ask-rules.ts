import { applyFlags } from '../config/apply-flags.ts';
import type { FlagValues } from '../config/flags.ts';
import { isMapping } from '../config/path.ts';
import { optionPrices } from '../plan/charges.ts';
import { type Asking, configSoFar, formerAt, formerTextAt, problemOf } from './asking.ts';
import { listOptions, type RuleOption } from './rule-options.ts';

export async function askSelection(asking: Asking): Promise<FlagValues> {
  const { question, prompts } = asking;
  const [prefixPath = '', tagsPath = ''] = question.sets;
  const prefix = formerTextAt(asking, prefixPath);
  const tags = formerAt(asking, tagsPath);
  const formerTags = isMapping(tags) ? pairsText(tags) : undefined;
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
    preset: kindOf(prefix, formerTags),
  });
  const values: Record<string, unknown> = {};
  if (kind.startsWith('prefix')) {
    values[prefixPath] = await prompts.type({
      message: 'Prefix (such as Tax/)',
      ...(prefix === undefined ? {} : { preset: prefix }),
      check: (text) =>
        text === '' ? 'type the beginning of the keys, such as Tax/' : problemOf(asking, { [prefixPath]: text }),
    });
  }
  if (kind.endsWith('tags')) {
    const text = await prompts.type({
      message: 'Tags (key=value, several with commas)',
      ...(formerTags === undefined ? {} : { preset: formerTags }),
      check: (typed) => tagsProblem(asking, tagsPath, typed),
    });
    values[tagsPath] = Object.fromEntries(pairsIn(text));
  }
  return values;
}

function kindOf(prefix: string | undefined, tags: string | undefined): string {
  if (prefix === undefined) return tags === undefined ? 'everything' : 'tags';
  return tags === undefined ? 'prefix' : 'prefix and tags';
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

export function pairsText(pairs: Readonly<Record<string, unknown>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** Asks again where S3 does not take the options together. */
export async function askOptions(asking: Asking): Promise<FlagValues> {
  const { question, prompts, say } = asking;
  const { tree } = applyFlags(configSoFar(asking), asking.interview.former ?? {});
  let options = listOptions(question, tree);
  for (;;) {
    const ticked = await prompts.tick({ message: question.message, choices: options.map(toChoice) });
    const isTicked = (key: string) => ticked.includes(key);
    if (!isTicked('replicationTimeControl') || isTicked('metrics')) return valuesOf(options, isTicked, prompts);
    say('S3 RTC needs metrics: select both, or neither.');
    options = options.map((option) => ({ ...option, value: isTicked(option.key) }));
  }
}

function toChoice({ key, field: { description }, ask: { tick, short }, value }: RuleOption) {
  const price = optionPrices[key];
  return {
    value: key,
    name: price === undefined ? tick : `${tick} (${price.text})`,
    short,
    ticked: value !== undefined && value !== false,
    hint: price === undefined ? description : `${description}. The price is AWS's for ${price.region}.`,
  };
}

async function valuesOf(
  options: readonly RuleOption[],
  isTicked: (key: string) => boolean,
  prompts: Asking['prompts'],
): Promise<FlagValues> {
  const values: Record<string, unknown> = {};
  for (const { path, key, field, ask, value } of options) {
    if (field.kind === 'boolean') values[path] = isTicked(key);
    if (field.kind !== 'word' || !ask.next || !isTicked(key)) continue;
    const choices = field.words.map((word) => ({ value: word, name: word }));
    values[path] = await prompts.choose({ ...ask.next, choices, ...(typeof value === 'string' && { preset: value }) });
  }
  return values;
}
