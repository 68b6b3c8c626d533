import { describe, expect, test } from 'vitest';
import { changed, plainFile, problemsOf, withAnyHint } from './config-file.ts';

const table: readonly [what: string, text: string, problems: readonly string[]][] = [
  ['an empty file', '', ['repl.yaml  the file is empty (begin with docs/examples/minimal.yaml)']],
  ['a file of comments', '# nothing\n', ['repl.yaml  the file is empty']],
  ['a file that is text', 'hello\n', ['1:1  the file holds "hello" (write a mapping that begins with "version: 1")']],
  ['a file that is a list', '- a\n- b\n', ['1:1  the file holds a list']],
  ['a file that is null', '~\n', ['1:1  the file holds null']],
  [
    'two documents',
    `${plainFile}---\n${plainFile}`,
    ['13:1  a second YAML document begins here (write one file for each setup)'],
  ],
  [
    'a bracket that is not closed',
    `${plainFile}tags: { a: b\n`,
    [
      '14:1  not valid YAML: Flow map in block collection must be sufficiently indented and end with a } (check the indentation and the closing brackets)',
    ],
  ],
  [
    'a quote that is not closed',
    `${plainFile}tags: { a: "b }\n`,
    ['14:1  not valid YAML: Missing closing "quote (add what is missing)'],
  ],
  [
    'a tab as indentation',
    'source:\n\taccount: 1\n',
    ['2:1  not valid YAML: Tabs are not allowed as indentation (indent with spaces)'],
  ],
  [
    'a colon within a value',
    'name: a: b\n',
    [
      '1:7  not valid YAML: Nested mappings are not allowed in compact mappings (check the indentation, or put a value with ": " in it in quotes)',
    ],
  ],
  [
    'a value that begins with @',
    'name: @me\n',
    ['1:7  not valid YAML: Plain value cannot start with reserved character @ (put the value in quotes)'],
  ],
  [
    'a backslash in double quotes',
    'name: "a\\qb"\n',
    ['1:9  not valid YAML: Invalid escape sequence \\q (write \\\\ for a backslash, or use single quotes)'],
  ],
  [
    'a key that is a list',
    '? [ a ]\n: 1\n',
    ['1:3  not valid YAML: With stringKeys, all keys must be strings (write a plain word before the colon)'],
  ],
  [
    'a variable without quotes within braces',
    `${plainFile}tags: { a: \${A} }\n`,
    [
      '13:13  not valid YAML: Unexpected flow-map-start at node end (check the indentation and the quotes; inside { } and [ ] put ${VAR} in quotes)',
      '13:14  not valid YAML: Unexpected scalar at node end',
      '13:17  not valid YAML: Unexpected flow-map-end token in YAML stream: "}"',
    ],
  ],
  [
    'a NUL character',
    plainFile.replace('invoices-dr', 'invoices\0dr'),
    ['2:15  the control character "\\u0000" is in the file (remove it)'],
  ],
  [
    'an escape character',
    `# \u001b[2J\n${plainFile}`,
    ['1:3  the control character "\\u001b" is in the file (remove it)'],
  ],
  [
    'an escape character that YAML makes',
    plainFile.replace('invoices-dr', '"a\\e[2J"'),
    ['2:7  the text contains the control character "\\u001b" (remove it)'],
  ],
  ['a key that is written twice', `${plainFile}name: other\n`, ['13:1  "name" is written twice (keep one)']],
  [
    'a key that is written twice within a rule',
    `${plainFile}        prefix: a/\n        prefix: b/\n`,
    ['14:9  "prefix" is written twice (keep one)'],
  ],
  [
    'a key that is __proto__',
    `${plainFile}tags: { __proto__: a }\n`,
    ['13:9  "__proto__" cannot be a key (remove it)'],
  ],
  [
    'a tag that asks for code',
    plainFile.replace('invoices-dr', '!!js/function "x"'),
    ['2:21  the tag "!!js/function" is unknown (remove it and write a plain value)'],
  ],
  [
    'a tag that asks for bytes',
    plainFile.replace('invoices-dr', '!!binary aGVsbG8='),
    ['2:16  the tag "!!binary" is unknown'],
  ],
  ['a tag of its own', `${plainFile}tags: !mine { a: b }\n`, ['13:13  the tag "!mine" is unknown']],
  [
    'an alias to nothing',
    plainFile.replace('invoices-dr', '*other'),
    ['2:7  "*other" stands for nothing (write the value itself)'],
  ],
  [
    'an alias that contains itself',
    `${plainFile}tags: &t { a: *t }\n`,
    ['13:15  "*t" contains itself (write the value itself)'],
  ],
  [
    'an alias bomb',
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d]\n',
    ['5:5  the file repeats itself with too many aliases (write the values out)'],
  ],
  [
    'a file of more values than any has',
    `${plainFile}tags: [${'x,'.repeat(20_000)}]\n`,
    ['13:7  the file says more than 1,000 rules would, the most that S3 takes (check that it is the right file)'],
  ],
  ['lists that are nested too deeply', '['.repeat(5000), ['1:33  nested more than 32 levels deep (nest less deeply)']],
  [
    'a file above 512 KiB',
    '#'.repeat(512 * 1024 + 1),
    ['repl.yaml  the file is larger than 512 KiB (check that it is the right file)'],
  ],
  [
    'a file of more words than any has',
    'a b c: \n'.repeat(50_000),
    ['20001:1  the file says more than 1,000 rules would'],
  ],
  [
    'a file of more list entries than any has',
    `destinations:\n  - rules:\n${'      - {id: "-"}\n'.repeat(7_000)}`,
    ['2502:8  the file says more than 1,000 rules would'],
  ],
  [
    'a list within brackets of more entries than any has',
    `destinations: [{ rules: [${'{id: "-"},'.repeat(2_500)}] }]\n`,
    ['1:25  the file says more than 1,000 rules would'],
  ],
  ['a merge key', `${plainFile}tags: { <<: { a: b } }\n`, ['13:9  tag "<<" is not the key of a tag']],
  [
    'a second byte order mark',
    `\uFEFFname: A\n${plainFile.replace('name: invoices-dr\n', '')}`,
    ['1:7  name "A" is not a name'],
  ],
  [
    'a variable that is not set',
    plainFile.replace('acme-replica', '${BUCKET}'),
    ['10:13  the environment variable BUCKET is not set (set it, or write the value here)'],
  ],
  [
    'a variable that is empty',
    plainFile.replace('acme-replica', '${EMPTY}'),
    ['10:13  the environment variable EMPTY is not set'],
  ],
  [
    'a variable without an end',
    plainFile.replace('acme-replica', '${BUCKET'),
    ['10:13  "${BUCKET" is no environment variable (write ${NAME}, or $${ for a plain ${)'],
  ],
  [
    'a variable that is no name',
    plainFile.replace('acme-replica', '"${a b}"'),
    ['10:13  "${a b}" is no environment variable'],
  ],
  [
    'a variable whose value is wrong',
    plainFile.replace('acme-replica', '${HIDDEN}'),
    ['10:13  bucket "${HIDDEN}" as set is not a bucket name'],
  ],
  [
    'a variable named like a property of objects',
    plainFile.replace('acme-replica', '${constructor}'),
    ['10:13  the environment variable constructor is not set'],
  ],
];

describe('a text that is no configuration is explained', () => {
  test.each(table)('%s', (_what, text, problems) => {
    expect(problemsOf(text, { env: { EMPTY: '', HIDDEN: 'TOP SECRET' } })).toEqual(withAnyHint(problems));
  });
});

test('the value of an environment variable is not shown where it is wrong', () => {
  const text = changed(['acme-replica', '${HIDDEN}']);
  expect(problemsOf(text, { env: { HIDDEN: 'TOP SECRET' } }).join()).not.toContain('TOP');
});

test('at most twenty mistakes of the text itself are listed', () => {
  expect(problemsOf('\u0007'.repeat(100))).toHaveLength(20);
  expect(problemsOf('"" '.repeat(100))).toHaveLength(20);
});

test('a value that is too long for a line is shortened, and cannot steer the terminal', () => {
  const [problem] = problemsOf(changed(['acme-invoices', `"\\u202e${'x'.repeat(100)}"`]));
  expect(problem).toContain(`bucket "\\u202e${'x'.repeat(58)}…" is not`);
});
