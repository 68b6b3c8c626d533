import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { configText } from '../../src/config/config-text.ts';
import { parseConfig, parseConfigTree } from '../../src/config/parse-config.ts';
import { updateConfigText } from '../../src/config/update-config.ts';
import { changed, inRule, plainFile, problemsOf, specOf, warningsOf, withAnyHint } from './config-file.ts';

const hr = '{ key: "hr/*", why: personal data }';

/** The rule with one exception on line 13, which begins at column 18. */
function excepting(...exceptions: readonly string[]): string {
  return changed(inRule(`except: [${exceptions.join(', ')}]`));
}

test('exceptions of a rule are read as they are written, and are none by default', () => {
  const rule = specOf(
    changed(
      inRule(
        'except:',
        `  - ${hr}`,
        '  - { tags: { classification: secret, level: 007 }, why: "secrets: stay" }',
        '  - { encryption: SSE-S3, key: "old/*", why: legacy writers }',
      ),
    ),
  ).destinations[0]?.rules[0];
  expect(rule?.except).toEqual([
    { key: 'hr/*', why: 'personal data' },
    { tags: { classification: 'secret', level: '007' }, why: 'secrets: stay' },
    { encryption: 'SSE-S3', key: 'old/*', why: 'legacy writers' },
  ]);
  expect(specOf(plainFile).destinations[0]?.rules[0]?.except).toEqual([]);
});

describe('an exception is a problem where it', () => {
  const problems: readonly [what: string, text: string, problems: readonly string[]][] = [
    [
      'is no list',
      changed(inRule(`except: ${hr}`)),
      ['13:17  except must be a list, not a mapping (write except: [{ key: "hr/*", why: "the reason" }])'],
    ],
    ['is no mapping', excepting('hr/*'), ['13:18  an exception must be a mapping, not "hr/*"']],
    ['has no reason', excepting('{ key: "hr/*" }'), ['13:18  why is missing (write why: "the reason")']],
    ['has an empty reason', excepting('{ key: a, why: "" }'), ['13:33  why is empty (write why: "the reason")']],
    ['has a blank reason', excepting('{ key: a, why: " " }'), ['13:33  why is empty (write why: "the reason")']],
    ['has a reason of two lines', excepting('{ key: a, why: "a\\nb" }'), ['13:33  why has several lines (write one)']],
    [
      'names no objects',
      excepting('{ why: a }'),
      ['13:18  the exception names no objects (write key, tags or encryption too)'],
    ],
    ['has an empty key', excepting('{ key: "", why: a }'), ['13:25  key is empty (write key: "hr/*")']],
    [
      'has a key that is a URL',
      excepting('{ key: "s3://acme-invoices/hr/*", why: a }'),
      [`13:25  key "s3://acme-invoices/hr/*" is a URL (write only the part after the bucket's name)`],
    ],
    [
      'has a key that is longer than any',
      excepting(`{ key: ${'k'.repeat(1025)}, why: a }`),
      ['13:25  key has 1025 bytes'],
    ],
    [
      'has a key that is a number',
      excepting('{ key: 2026, why: a }'),
      ['13:25  key must be text, not 2026 (write it in quotes: "2026")'],
    ],
    [
      'has empty tags',
      excepting('{ tags: {}, why: a }'),
      ['13:26  tags is empty (write tags: { classification: secret }, or leave it out)'],
    ],
    [
      'has the key of a tag that AWS keeps for itself',
      excepting('{ tags: { "aws:x": a }, why: a }'),
      ['13:28  tag "aws:x" begins with aws:'],
    ],
    [
      'names encryption in other words',
      excepting('{ encryption: AES256, why: a }'),
      ['13:32  encryption "AES256" is unknown (write one of SSE-KMS, DSSE-KMS, SSE-S3, SSE-C)'],
    ],
    [
      'has a misspelled member',
      excepting('{ kye: a, key: b, why: a }'),
      ['13:20  unknown key "kye" (did you mean key?)'],
    ],
    [
      'says what another says, in another order',
      excepting('{ tags: { a: b, c: d }, why: one }', '{ why: two, tags: { c: d, a: b } }'),
      ['13:54  the exception is the same as destinations[0].rules[0].except[0] (remove one of the two)'],
    ],
    [
      'is for keys that the rule does not have',
      changed(inRule('prefix: logs/', 'except: [{ key: "hr/*", why: a }]')),
      ['14:25  no object of the rule matches: all their keys begin with "logs/" (write that first, or *)'],
    ],
    [
      'is for one key that is shorter than the prefix',
      changed(inRule('prefix: logs/', 'except: [{ key: "l?gs", why: a }]')),
      ['14:25  no object of the rule matches: all their keys begin with "logs/"'],
    ],
    [
      'is for tags that the rule does not have',
      changed(inRule('tags: { team: tax }', 'except: [{ tags: { team: hr, a: b }, why: a }]')),
      ['14:34  no object of the rule matches: all have another value of this tag (write that, or leave it out)'],
    ],
  ];
  it.each(problems)('%s', (_what, text, expected) => {
    expect(problemsOf(text)).toEqual(withAnyHint(expected));
  });

  it('stands elsewhere in the file, and where it belongs is said', () => {
    expect(problemsOf(`${plainFile}except: []\n`)).toEqual([
      '13:1  unknown key "except" (it belongs at destinations[0].rules[0].except)',
    ]);
  });

  it('is wrong in several ways: all are said at once', () => {
    expect(problemsOf(excepting('{ key: "" }', '{ encryption: x, why: "" }', '{ key: s3://a, why: a }'))).toHaveLength(
      5,
    );
  });
});

describe('an exception is right where its pattern', () => {
  it.each([
    ['has the prefix', 'logs/', 'logs/hr/*'],
    ['is the prefix and a star', 'logs/2026/', 'logs/*/hr'],
    ['has question marks in the place of characters', 'logs/', '????/hr/*'],
    ['counts a character of two code units as one', '😀/', '?/hr/*'],
    ['begins with a star', 'logs/', '*.tmp'],
    ['names one key', 'logs/', 'logs/hr'],
    ['is for a rule without a prefix', '', 'hr/*'],
    ['has a star where the prefix has one', 'a*/', 'a*/hr'],
  ])('%s', (_what, prefix, key) => {
    const text = changed(inRule(`prefix: ${JSON.stringify(prefix)}`, `except: [{ key: "${key}", why: a }]`));
    expect(warningsOf(text)).toEqual([]);
  });

  it('or its tags add to those of the rule', () => {
    const lines = ['tags: { team: tax }', 'except: [{ tags: { team: tax, level: secret, constructor: x }, why: a }]'];
    expect(warningsOf(changed(inRule(...lines)))).toEqual([]);
  });
});

describe('an exception for every object of the rule is a warning', () => {
  const message = 'the exception is for every object of the rule (write enabled: false, or a narrower exception)';
  it.each([
    ['key: "*"', ''],
    ['key: "logs/*"', 'logs/2026/'],
    ['key: "l?g**"', 'logs'],
    ['tags: { team: tax }', ''],
  ])('%s under "%s"', (objects, prefix) => {
    const lines = [`prefix: "${prefix}"`, 'tags: { team: tax }', `except: [{ ${objects}, why: a }]`];
    expect(warningsOf(changed(inRule(...lines)))).toEqual([`15:18  ${message}`]);
  });

  it('but not where it is for some of them by their encryption', () => {
    expect(warningsOf(excepting('{ key: "*", encryption: SSE-C, why: a }'))).toEqual([]);
  });
});

describe('files that s3repl writes', () => {
  it('keep exceptions, and have none of their own', () => {
    const tree = parse(excepting(hr));
    expect(configText(tree)).toContain('except:');
    expect(specOf(configText(tree))).toEqual(specOf(excepting(hr)));
    expect(configText(parse(plainFile))).not.toContain('except');
    expect(updateConfigText(excepting(hr), { ...tree, name: 'other' })).toBe(
      excepting(hr).replace('invoices-dr', 'other'),
    );
  });

  it('keep them in saved plans, with environment variables as names', () => {
    const text = excepting('{ key: "${TEAM}/*", encryption: "${HOW}", why: "of ${TEAM}" }');
    const env = { TEAM: 'hr', HOW: 'SSE-S3' };
    const first = parseConfig(text, { file: 'repl.yaml', env });
    if (!first.ok) throw new Error(JSON.stringify(first.problems));
    expect(first.spec.destinations[0]?.rules[0]?.except).toEqual([{ key: 'hr/*', encryption: 'SSE-S3', why: 'of hr' }]);
    const saved: unknown = JSON.parse(JSON.stringify(first.config));
    expect(JSON.stringify(saved)).toContain('${TEAM}/*');
    expect(parseConfigTree(saved, { file: 'plan.json', env })).toMatchObject({ ok: true, spec: first.spec });
  });
});

describe('a prefix', () => {
  it.each(['s3://acme-invoices/tax/', 'S3://acme-invoices', 's3a://x'])('%s is a URL: a problem', (prefix) => {
    const message = `prefix "${prefix}" is a URL`;
    expect(problemsOf(changed(inRule(`prefix: ${prefix}`)))).toEqual(withAnyHint([`13:17  ${message}`]));
    const flags = { 'destinations[0].rules[0].prefix': prefix };
    expect(problemsOf(plainFile, { flags })).toEqual(withAnyHint([`--destination-rules-prefix  ${message}`]));
  });

  it.each(['*', '/x/', 'x/*', 's3:/x', 'logs/s3://x'])('%s is literal, and none', (prefix) => {
    expect(problemsOf(changed(inRule(`prefix: "${prefix}"`)))).toEqual([]);
  });
});
