import { fieldAt } from '../config/fields.ts';
import type { FlagValues } from '../config/flags.ts';
import { parsePath } from '../config/path.ts';
import { defaultText } from '../config/questions.ts';
import { askBucket } from './ask-bucket.ts';
import { askKey } from './ask-key.ts';
import { askOptions, askSelection, pairsIn } from './ask-rules.ts';
import { askSignIn } from './ask-sign-in.ts';
import { type Asking, configSoFar, homeRegion, problemOf, textAt } from './asking.ts';
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
  const choices = regionChoices(defaultText(question, configSoFar(asking)) ?? homeRegion(env), ofSource);
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
  if (kind === 'boolean') {
    const choices = ['default', 'yes', 'no'].map((value) => ({ value, name: value }));
    const answer = await prompts.choose({ message: question.message, choices, preset: 'default' });
    return answer === 'default' ? {} : { [path]: answer === 'yes' };
  }
  const preset = defaultText(question, configSoFar(asking));
  const read = (text: string): FlagValues => (text === '' ? {} : { [path]: valueIn(text, kind) });
  const text = await prompts.type({
    message: question.required
      ? question.message
      : `${question.message} (Enter for ${question.empty ?? 'the default'})`,
    ...(preset === undefined ? {} : { preset }),
    check: (typed) => (typed === '' ? (question.required ? 'type a name' : undefined) : problemOf(asking, read(typed))),
  });
  return read(text);
}

function valueIn(text: string, kind: string): unknown {
  if (kind === 'list') return text.split(/[,;\s]+/).filter((part) => part !== '');
  if (kind === 'map') return Object.fromEntries(pairsIn(text).map(([key, value]) => [key, value ?? null]));
  return kind === 'integer' && /^\d{1,15}$/.test(text) ? Number(text) : text;
}
