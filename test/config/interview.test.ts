import { describe, expect, it } from 'vitest';
import { flagAt, flags } from '../../src/config/flags.ts';
import {
  beginInterview,
  type Interview,
  lastAsked,
  missingFlags,
  nextQuestion,
  problemWith,
  questionsIn,
  treeOf,
  withAnswer,
  withdraw,
} from '../../src/config/interview.ts';
import { parseConfig, parseConfigTree } from '../../src/config/parse-config.ts';
import { defaultText } from '../../src/config/questions.ts';
import { keyArn, plainFile } from './config-file.ts';

const answers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'source.account': { 'source.account': '111111111111', 'source.access.profile': 'prod' },
  'source.bucket': { 'source.bucket': 'acme-invoices' },
  'source.region': { 'source.region': 'eu-west-1' },
  'destinations[0].account': { 'destinations[0].account': '222222222222' },
  'destinations[0].bucket': { 'destinations[0].bucket': 'acme-replica' },
  'destinations[0].region': { 'destinations[0].region': 'eu-central-1' },
  'source.kmsKey': { 'source.kmsKey': 'create' },
  'destinations[0].kmsKey': { 'destinations[0].kmsKey': 'create' },
  'destinations[0].selection': { 'destinations[0].rules[0].prefix': 'tax/' },
  'destinations[0].options': { 'destinations[0].rules[0].replicationTimeControl': false },
  'alerts.emails': { 'alerts.emails': ['storage@example.com'] },
  name: { name: 'invoices-dr' },
};
const order = Object.keys(answers);

function question(interview: Interview, id: string) {
  const found = questionsIn(interview).find((each) => each.id === id);
  if (!found) throw new Error(`no question ${id}`);
  return found;
}

function answerAll(interview: Interview, given = answers): { interview: Interview; asked: readonly string[] } {
  const asked: string[] = [];
  let now = interview;
  for (let next = nextQuestion(now); next !== undefined; next = nextQuestion(now)) {
    asked.push(next.id);
    now = withAnswer(now, next, given[next.id] ?? {});
  }
  return { interview: now, asked };
}

describe('an interview', () => {
  it('asks from the source to the name, and ends in a configuration without problems', () => {
    const { interview, asked } = answerAll(beginInterview({}));
    expect(asked).toEqual(order);
    const parsed = parseConfigTree(treeOf(interview), { file: 'x' });
    expect(parsed).toMatchObject({ ok: true, spec: { name: 'invoices-dr', source: { access: { profile: 'prod' } } } });
  });

  it.each(order)('does not ask %s where a flag has answered it', (id) => {
    const [path = ''] = Object.keys(answers[id] ?? {});
    const { asked } = answerAll(beginInterview({ flags: { [path]: answers[id]?.[path] } }));
    expect(asked).toEqual(order.filter((each) => each !== id));
  });

  it('asks nothing where the file has no problems, and only what is missing otherwise', () => {
    const parsed = parseConfig(plainFile, { file: 'x' });
    const file = parsed.ok ? parsed.config : {};
    expect(nextQuestion(beginInterview({ file }))).toBeUndefined();
    const { name: _, ...unnamed } = file as Record<string, unknown>;
    expect(answerAll(beginInterview({ file: unnamed })).asked).toEqual([
      'source.kmsKey',
      'destinations[0].kmsKey',
      'alerts.emails',
      'name',
    ]);
  });

  it.each(order)('left at %s and taken up again ends in the same configuration', (id) => {
    const whole = answerAll(beginInterview({}));
    const stopAt = order.indexOf(id);
    const left = order
      .slice(0, stopAt)
      .reduce((now, one) => withAnswer(now, question(now, one), answers[one] ?? {}), beginInterview({}));
    expect(nextQuestion(left)?.id).toBe(id);
    const resumed = answerAll(beginInterview({ answers: left.answers, asked: left.asked }));
    expect(resumed.asked).toEqual(order.slice(stopAt));
    expect(treeOf(resumed.interview)).toEqual(treeOf(whole.interview));
  });

  it.each([
    ['source.account', ['source.account', 'source.bucket', 'source.region', 'source.kmsKey']],
    ['destinations[0].bucket', ['destinations[0].bucket', 'destinations[0].region', 'destinations[0].kmsKey']],
    ['source.region', ['source.region', 'source.kmsKey']],
    ['name', ['name']],
    ['destinations[0].kmsKey', ['destinations[0].kmsKey']],
  ])('changed at %s asks that again and what depends on it, also where the file or a flag said it', (id, again) => {
    const { interview } = answerAll(beginInterview({}));
    expect(answerAll(withdraw(interview, question(interview, id))).asked).toEqual(again);
    const fromFile = beginInterview({ file: treeOf(interview) });
    expect(answerAll(withdraw(fromFile, question(fromFile, id))).asked).toEqual(again);
    const fromFlags = beginInterview({ flags: interview.answers });
    expect(answerAll(withdraw(fromFlags, question(fromFlags, id))).asked).toEqual(again);
  });

  it('knows the last answer, to go back to it', () => {
    const one = withAnswer(
      beginInterview({}),
      question(beginInterview({}), 'source.account'),
      answers['source.account'] ?? {},
    );
    expect(lastAsked(beginInterview({}))).toBeUndefined();
    expect(lastAsked(one)?.id).toBe('source.account');
  });

  it('asks the rest with advanced, and for a second destination where there is to be one', () => {
    const given = {
      ...answers,
      'another[1]': { another: true },
      'destinations[1].account': { 'destinations[1].account': '333333333333' },
      'destinations[1].bucket': { 'destinations[1].bucket': 'acme-second' },
      'destinations[1].region': { 'destinations[1].region': 'eu-west-3' },
      'destinations[1].selection': { 'destinations[1].rules[0].prefix': 'x/' },
    };
    const { interview, asked } = answerAll(beginInterview({ advanced: true }), given);
    expect(asked).toContain('destinations[1].options');
    expect(asked).toContain('another[2]');
    expect(asked).toContain('role.permissionsBoundary');
    expect(new Set(asked).size).toBe(asked.length);
    expect(parseConfigTree(treeOf(interview), { file: 'x' })).toMatchObject({
      ok: true,
      spec: { destinations: [{}, { rules: [{ id: 'all-2', prefix: 'x/' }] }] },
    });
  });
});

describe('without anybody to ask', () => {
  it('all flags are named that have no default', () => {
    expect(missingFlags(beginInterview({}))).toEqual([
      '--source-account',
      '--source-bucket',
      '--source-region',
      '--destination-account',
      '--destination-bucket',
      '--destination-region',
      '--name',
    ]);
    expect(missingFlags(beginInterview({ flags: { name: 'x', 'source.bucket': 'y' } }))).not.toContain('--name');
  });

  it('every question of the first destination has a flag', () => {
    for (const { sets, id } of questionsIn(beginInterview({ advanced: true }))) {
      expect(
        sets.every((path) => flagAt(path) !== undefined),
        id,
      ).toBe(true);
    }
    const asked = questionsIn(beginInterview({ advanced: true })).flatMap(({ sets }) => sets);
    expect(flags.map(({ path }) => path).filter((path) => !asked.includes(path))).toEqual([
      'destinations[0].rules[0].id',
      'destinations[0].rules[0].enabled',
      'backfill.role',
      'backfill.report',
      'alerts.topics',
      'alerts.kmsKey',
      'alerts.failures',
      'alerts.latency',
      'alerts.silence',
      'alerts.events',
    ]);
  });
});

describe('a bad answer', () => {
  const { interview } = answerAll(beginInterview({}));
  it.each([
    ['source.bucket', { 'source.bucket': 'Acme' }, 'is not a bucket name'],
    ['destinations[0].bucket', { 'destinations[0].bucket': 'acme-invoices' }, 'is also the source bucket'],
    ['destinations[0].kmsKey', { 'destinations[0].kmsKey': 'source' }, 'works only there'],
    [
      'destinations[0].kmsKey',
      { 'destinations[0].kmsKey': keyArn('eu-west-1', '222222222222') },
      'the key is in eu-west-1',
    ],
    ['destinations[0].kmsKey', { 'destinations[0].kmsKey': 'alias/aws/s3' }, 'cannot be used across accounts'],
    ['source.region', { 'source.region': 'Ireland' }, 'is not a Region'],
    ['name', { name: 'Invoices' }, 'is not a name'],
    ['source.account', { 'source.account': '123' }, '12 digits'],
    ['destinations[0].selection', { 'destinations[0].rules[0].tags': { 'aws:x': 'y' } }, 'AWS reserves'],
  ] as const)('to %s is said in the words of the file: %o', (id, values, message) => {
    expect(problemWith(interview, question(interview, id), values, {})).toContain(message);
  });

  it.each(order)('is none where it is good: %s', (id) => {
    expect(problemWith(beginInterview({}), question(interview, id), answers[id] ?? {}, {})).toBeUndefined();
  });
});

it('what is offered follows from what is known', () => {
  const tree = { source: { bucket: 'acme.invoices', region: 'eu-west-1' } };
  const of = (id: string) => defaultText(question(beginInterview({}), id), tree);
  expect(of('destinations[0].bucket')).toBe('acme.invoices-replica');
  expect(of('destinations[0].region')).toBe('eu-west-1');
  expect(of('name')).toBe('acme-invoices-dr');
  expect(defaultText(question(beginInterview({}), 'name'), { source: { bucket: '0123' } })).toBeUndefined();
});
