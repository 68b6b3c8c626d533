import { fieldAt } from '../config/fields.ts';
import type { FlagValues } from '../config/flags.ts';
import { isMapping, parsePath } from '../config/path.ts';
import { defaultText } from '../config/questions.ts';
import { askBucket } from './ask-bucket.ts';
import { askKey } from './ask-key.ts';
import { askOptions, askSelection, pairsIn, pairsText } from './ask-rules.ts';
import { askSignIn } from './ask-sign-in.ts';
import { type Asking, configSoFar, formerAt, formerTextAt, homeRegion, problemOf, textAt } from './asking.ts';
import { regionChoices } from './regions.ts';

export function ask(asking: Asking): Promise<FlagValues> {
  switch (asking.question.kind) {
    case 'sign-in':
      return askSignIn(asking);
    case 'bucket':
      return askBucket(asking);
    case 'region':
      return askRegion(asking);
    case 'key':
      return askKey(asking);
    case 'selection':
      return askSelection(asking);
    case 'options':
      return askOptions(asking);
    case 'another':
      return askAnother(asking);
    case 'value':
      return askValue(asking);
  }
}

async function askRegion(asking: Asking): Promise<FlagValues> {
  const { question, prompts, env, say } = asking;
  const path = `${question.side}.region`;
  const ofSource = question.side === 'source' ? undefined : textAt(asking, 'source.region');
  const usual =
    formerTextAt(asking, path) ??
    (await regionOfProfile(asking)) ??
    defaultText(question, configSoFar(asking)) ??
    homeRegion(env);
  const choices = regionChoices(usual, ofSource);
  for (;;) {
    const region = await prompts.search({
      message: question.message,
      find: async (term) => {
        const found = choices.filter(({ name }) => name.toLowerCase().includes(term.toLowerCase()));
        return found.length > 0 ? found : [{ value: term, name: `${term}  (not in the list)` }];
      },
    });
    const problem = problemOf(asking, { [path]: region });
    if (problem === undefined) return { [path]: region };
    say(`Not this one: ${problem}`);
  }
}

async function regionOfProfile(asking: Asking): Promise<string | undefined> {
  const chosen = textAt(asking, `${asking.question.side}.access.profile`);
  if (chosen === undefined) return undefined;
  return (await asking.cloud.profiles()).find(({ name }) => name === chosen)?.region;
}

async function askAnother({ question, prompts }: Asking): Promise<FlagValues> {
  const choices = [
    { value: 'no', name: 'no' },
    { value: 'yes', name: 'yes, another account or Region' },
  ];
  return { another: (await prompts.choose({ message: question.message, choices, preset: 'no' })) === 'yes' };
}

/** Without an answer, the default holds. */
async function askValue(asking: Asking): Promise<FlagValues> {
  const { question, prompts } = asking;
  const [path = ''] = question.sets;
  const kind = fieldAt(parsePath(path))?.kind ?? 'text';
  const former = formerAt(asking, path);
  if (kind === 'boolean') {
    const choices = ['default', 'yes', 'no'].map((value) => ({ value, name: value }));
    const preset = former === undefined ? 'default' : former === true ? 'yes' : 'no';
    const answer = await prompts.choose({ message: question.message, choices, preset });
    return answer === 'default' ? {} : { [path]: answer === 'yes' };
  }
  const preset = former === undefined ? defaultText(question, configSoFar(asking)) : textOf(former);
  // Enter keeps the former answer, so it takes a sign to have none.
  const isNone = (text: string) => text === (former === undefined ? '' : noValue);
  const read = (text: string): FlagValues => (isNone(text) ? {} : { [path]: valueIn(text, kind) });
  const key = former === undefined ? 'Enter' : noValue;
  const text = await prompts.type({
    message: question.required
      ? question.message
      : `${question.message} (${key} for ${question.empty ?? 'the default'})`,
    ...(preset === undefined ? {} : { preset }),
    check: (typed) =>
      question.required && typed === '' ? 'type a name' : isNone(typed) ? undefined : problemOf(asking, read(typed)),
  });
  return read(text);
}

const noValue = '-';

/** As somebody would type it. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (!isMapping(value)) return String(value);
  return pairsText(value);
}

function valueIn(text: string, kind: string): unknown {
  if (kind === 'list') return text.split(/[,;\s]+/).filter((part) => part !== '');
  if (kind === 'map') return Object.fromEntries(pairsIn(text).map(([key, value]) => [key, value ?? null]));
  return kind === 'integer' && /^\d{1,15}$/.test(text) ? Number(text) : text;
}
