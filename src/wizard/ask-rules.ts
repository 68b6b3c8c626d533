import type { FlagValues } from '../config/flags.ts';
import { parsePath, valueAt } from '../config/path.ts';
import { storageClasses } from '../config/spec.ts';
import { type Asking, known, problemOf, textAt } from './asking.ts';

/** Asks what is replicated: everything, what begins with a prefix, what has tags, or both. */
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

/** `team=billing, kind=contract` */
export function pairsIn(text: string): readonly (readonly [string, string | undefined])[] {
  return text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0
      ? ([pair.trim(), undefined] as const)
      : ([pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const);
  });
}

/** Asks for the options of the rule on one screen; the answers are those that differ from the defaults too. */
export async function askOptions(asking: Asking): Promise<FlagValues> {
  const { question, prompts } = asking;
  const rule = `${question.side}.rules[0]`;
  const hasTags = Object.keys(Object(valueAt(known(asking), parsePath(`${rule}.tags`)))).length > 0;
  const across = textAt(asking, 'source.account') !== textAt(asking, `${question.side}.account`);
  const ticked = await prompts.tick({
    message: question.message,
    choices: [
      ...(hasTags
        ? []
        : [
            {
              value: 'deleteMarkers',
              name: 'delete markers are replicated too',
              short: 'delete markers',
              ticked: true,
            },
          ]),
      {
        value: 'replicationTimeControl',
        name: 'S3 RTC: 99.9 % within 15 minutes (has a price per GB)',
        short: 'S3 RTC',
        ticked: true,
      },
      ...(across
        ? [
            {
              value: 'ownerOverride',
              name: 'replicas belong to the destination account',
              short: 'owner override',
              ticked: true,
            },
          ]
        : []),
      {
        value: 'storageClass',
        name: 'a storage class for replicas (asked next)',
        short: 'storage class',
        ticked: false,
      },
    ],
  });
  const switches = [
    ...(hasTags ? [] : ['deleteMarkers']),
    'replicationTimeControl',
    ...(across ? ['ownerOverride'] : []),
  ];
  const values: Record<string, unknown> = Object.fromEntries(
    switches.map((name) => [`${rule}.${name}`, ticked.includes(name)]),
  );
  if (ticked.includes('storageClass')) {
    values[`${rule}.storageClass`] = await prompts.choose({
      message: 'Storage class of the replicas',
      choices: storageClasses.map((value) => ({ value, name: value })),
      preset: 'STANDARD_IA',
    });
  }
  return values;
}
