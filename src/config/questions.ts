import type { Asked } from './field.ts';
import { configFields, fieldAt, fieldsIn } from './fields.ts';
import { isMapping, parsePath, valueAt } from './path.ts';

export type QuestionKind = 'sign-in' | 'bucket' | 'region' | 'key' | 'selection' | 'options' | 'another' | 'value';

export interface Question {
  /** Drafts and tests use it: `source.bucket`, `destinations[0].bucket`. */
  readonly id: string;
  readonly kind: QuestionKind;
  /** Empty for questions about the whole. */
  readonly side: string;
  readonly message: string;
  readonly short: string;
  readonly sets: readonly string[];
  /** Any of these paths is an answer; where nobody can be asked, the first one's flag is missing. */
  readonly answeredBy: readonly string[];
  readonly required: boolean;
  /** IDs of questions to ask again after a change. */
  readonly takesBack: readonly string[];
  /** Paths that a change makes meaningless, besides those that it sets. */
  readonly voids?: readonly string[];
  /** What Enter alone stands for; absent: the default. */
  readonly empty?: string;
}

export function questionsFor(destinations: number, advanced: boolean): readonly Question[] {
  const at = Array.from({ length: destinations }, (_, index) => `destinations[${index}]`);
  const first = at.slice(0, 1);
  const more = at.slice(1);
  return [
    signIn('source', 'Which account has the source bucket?', 'Source account'),
    bucket('source', 'Which bucket should be replicated?', 'Source bucket'),
    region('source', 'Region of the new source bucket', 'Source Region'),
    ...first.flatMap((side) => sideQuestions(side, '')),
    key('source', 'Which KMS key encrypts the source bucket?', 'Source key'),
    ...first.flatMap((side) => keyAndRules(side, '', advanced)),
    ...more.flatMap((side, index) => {
      const which = ` ${index + 2}`;
      return [...sideQuestions(side, which), ...keyAndRules(side, which, advanced)];
    }),
    ...(advanced ? [questionForAnother(destinations)] : []),
    {
      ...valueQuestion('alerts.emails', 'E-mail addresses to alert when objects fail', 'Alerts for failures'),
      empty: 'none',
    },
    valueQuestion('name', 'Name of this setup (role, keys and rules get it too)', 'Name', true),
    ...(advanced ? advancedSections.flatMap(listAdvanced) : []),
  ];
}

function sideQuestions(side: string, which: string): readonly Question[] {
  return [
    signIn(
      side,
      `Which account gets the replicas${which && ` of destination${which}`}?`,
      `Destination${which} account`,
    ),
    bucket(side, 'Which bucket gets the replicas?', `Destination${which} bucket`),
    region(side, 'Region of the new destination bucket', `Destination${which} Region`),
  ];
}

function keyAndRules(side: string, which: string, advanced: boolean): readonly Question[] {
  const rule = `${side}.rules[0]`;
  return [
    key(side, 'Which KMS key encrypts the replicas?', `Destination${which} key`),
    {
      ...question(
        'selection',
        side,
        'What is replicated?',
        `What is replicated${which && ` to${which}`}`,
        pathsAsked(rule, (ask) => ask === 'selection'),
      ),
      // These are some of the objects that the question chooses.
      voids: [`${rule}.except`],
    },
    question(
      'options',
      side,
      'Options',
      `Options${which}`,
      pathsAsked(rule, (ask) => typeof ask === 'object'),
    ),
    ...(advanced ? [side, rule].flatMap(listAdvanced) : []),
  ];
}

/** Their advanced fields come last; the last mapping is the file itself. */
const advancedSections = ['role', 'source', 'newKeys', ''];

function listAdvanced(parent: string): readonly Question[] {
  return pathsAsked(parent, (ask) => ask === 'advanced').map((path) => valueQuestion(path));
}

function pathsAsked(parent: string, how: (ask: Asked | undefined) => boolean): readonly string[] {
  return Object.entries(fieldsIn(fieldAt(parsePath(parent)))).flatMap(([key, { ask }]) =>
    how(ask) ? [parent === '' ? key : `${parent}.${key}`] : [],
  );
}

function signIn(side: string, message: string, short: string): Question {
  const access = Object.keys(configFields.source.fields.access.fields).map((name) => `${side}.access.${name}`);
  return {
    id: `${side}.account`,
    kind: 'sign-in',
    side,
    message,
    short,
    sets: [`${side}.account`, ...access],
    answeredBy: [`${side}.account`],
    required: true,
    takesBack: [`${side}.bucket`, `${side}.region`, `${side}.kmsKey`],
  };
}

function bucket(side: string, message: string, short: string): Question {
  return {
    ...question('bucket', side, message, short, [`${side}.bucket`]),
    // A bucket that replicates already brings its role along.
    ...(side === 'source' ? { sets: [`${side}.bucket`, 'role.name'] } : {}),
    required: true,
    takesBack: [`${side}.region`, `${side}.kmsKey`],
  };
}

function region(side: string, message: string, short: string): Question {
  return {
    ...question('region', side, message, short, [`${side}.region`]),
    required: true,
    takesBack: [`${side}.kmsKey`],
  };
}

function key(side: string, message: string, short: string): Question {
  return question('key', side, message, short, [`${side}.kmsKey`]);
}

function questionForAnother(destinations: number): Question {
  return {
    ...question('another', '', 'Add another destination?', 'Another destination', []),
    id: `another[${destinations}]`,
  };
}

function valueQuestion(path: string, message?: string, short = path, required = false): Question {
  const { description = path } = fieldAt(parsePath(path)) ?? {};
  return { ...question('value', '', message ?? description, short, [path]), required };
}

function question(kind: QuestionKind, side: string, message: string, short: string, sets: readonly string[]): Question {
  const id = kind === 'selection' || kind === 'options' ? `${side}.${kind}` : (sets[0] ?? '');
  return { id, kind, side, message, short, sets, answeredBy: sets, required: false, takesBack: [] };
}

export function defaultText(question: Question, tree: unknown): string | undefined {
  const at = (path: string) => {
    const found = valueAt(tree, parsePath(path));
    return typeof found === 'string' && found !== '' ? found : undefined;
  };
  const source = at('source.bucket');
  if (question.id === 'name') return source && nameFrom(source);
  if (question.kind === 'bucket' && question.side !== 'source') {
    const [, number = '0'] = /\[(\d+)\]/.exec(question.side) ?? [];
    return source && `${source.slice(0, 50)}-replica${number === '0' ? '' : `-${Number(number) + 1}`}`;
  }
  if (question.kind === 'region' && question.side !== 'source') return at('source.region');
  return undefined;
}

function nameFrom(bucket: string): string | undefined {
  const letters = bucket
    .replace(/^[^a-z]+/, '')
    .replaceAll('.', '-')
    .slice(0, 37)
    .replace(/-+$/, '');
  return letters === '' ? undefined : `${letters}-dr`;
}

export function destinationsIn(tree: unknown): number {
  const list = isMapping(tree) ? tree.destinations : undefined;
  return Array.isArray(list) ? Math.max(1, list.length) : 1;
}
