import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { flags } from '../../src/config/flags.ts';
import { type ParsedConfig, parseConfig, parseConfigTree } from '../../src/config/parse-config.ts';
import { encryptions, storageClasses } from '../../src/config/rule-fields.ts';
import { patience, runs } from '../hostile/runs.ts';

const keys = [
  'version',
  'name',
  'source',
  'destinations',
  'account',
  'region',
  'access',
  'bucket',
  'kmsKey',
  'rules',
  'id',
  'tags',
  'role',
  'newKeys',
  'except',
  'key',
  'why',
  'users',
  '<<',
  '__proto__',
  'constructor',
];
const words = [
  'create',
  'source',
  'eu-west-1',
  '111111111111',
  'alias/aws/s3',
  '${A}',
  '$${',
  '${',
  '\u001b[2J',
  'arn:aws:kms:::',
  ':',
  '~',
];
const fragments = [
  ...keys.map((key) => `${key}: `),
  ...words,
  '\n',
  '  ',
  '- ',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '!!binary ',
  '# ',
  '|\n',
  '? ',
  '---\n',
  '%YAML 1.1\n',
  '\t',
  '\r',
  '\uFEFF',
  '\ud800',
];

const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(...words),
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), tie('any'), { maxKeys: 6 }),
  ),
})).any;

function expectUsableProblems(parsed: ParsedConfig, text: string): void {
  if (parsed.ok) {
    return;
  }
  expect(parsed.problems).not.toEqual([]);
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const { where, line, column, message } of parsed.problems) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    if (line === undefined || column === undefined) {
      expect(where).toBe('repl.yaml');
    } else {
      expect(where).toBe(`repl.yaml:${line}:${column}`);
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    }
  }
}

test('no text makes the parser throw, and every problem is inside the file', { timeout: patience }, () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...fragments), { maxLength: 60 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (each) => expectUsableProblems(parseConfig(each, { file: 'repl.yaml' }), each)),
    { numRuns: runs(3000) },
  );
});

test('no structure makes the parser throw, as YAML or as a saved tree', { timeout: patience }, () => {
  fc.assert(
    fc.property(value, (tree) => {
      const text = stringify(tree);
      expectUsableProblems(parseConfig(text, { file: 'repl.yaml' }), text);
      expect(() => parseConfigTree(tree, { file: 'plan.json' })).not.toThrow();
    }),
    { numRuns: runs(1500) },
  );
});

test('no values of flags make the parser throw', { timeout: patience }, () => {
  const values = fc.dictionary(fc.constantFrom(...flags.map(({ path }) => path)), value);
  fc.assert(
    fc.property(value, values, (tree, given) => {
      expect(() => parseConfig(stringify(tree), { file: 'repl.yaml', flags: given })).not.toThrow();
    }),
    { numRuns: runs(500) },
  );
});

const bucket = fc.stringMatching(/^[a-z][a-z0-9-]{1,18}[a-z]$/).filter((name) => !/^sthree-|^xn--|--ol-s3$/.test(name));
const tags = fc.dictionary(fc.stringMatching(/^t[a-zA-Z]{1,8}$/), fc.stringMatching(/^[\w ./-]{0,12}$/), {
  maxKeys: 4,
});
// Beginning with *, they can match below any prefix.
const exception = fc.record(
  {
    key: fc.string().map((end) => `*${end.replaceAll('${', '')}`),
    tags: fc.dictionary(fc.stringMatching(/^x[a-zA-Z]{1,8}$/), fc.constantFrom('', 'secret'), {
      minKeys: 1,
      maxKeys: 2,
    }),
    encryption: fc.constantFrom(...encryptions),
    why: fc.stringMatching(/^[a-z][ -~]{0,20}$/).map((reason) => reason.replaceAll('${', '')),
  },
  { requiredKeys: ['key', 'why'] },
);
const rule = fc.record(
  {
    id: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
    prefix: fc.string(),
    tags,
    enabled: fc.boolean(),
    storageClass: fc.constantFrom(...storageClasses),
    except: fc.uniqueArray(exception, { maxLength: 3, selector: ({ key }) => key }),
  },
  { requiredKeys: ['id'] },
);

test('what a valid file leaves out has its default, and what it says is kept', { timeout: patience }, () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/),
      fc.uniqueArray(fc.stringMatching(/^[0-9]{12}$/), { minLength: 2, maxLength: 2 }),
      fc.uniqueArray(bucket, { minLength: 2, maxLength: 2 }),
      fc.uniqueArray(rule, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
      (name, [sourceAccount, account], [sourceBucket, replicaBucket], rules) => {
        const unescaped = rules.map((each) => ({ ...each, ...(each.prefix?.includes('${') ? { prefix: 'x' } : {}) }));
        const file = {
          version: 1,
          name,
          source: { account: sourceAccount, region: 'eu-west-1', bucket: sourceBucket },
          destinations: [{ account, region: 'eu-west-2', bucket: replicaBucket, rules: unescaped }],
        };
        const parsed = parseConfig(stringify(file), { file: 'repl.yaml' });
        if (!parsed.ok) {
          throw new Error(JSON.stringify(parsed.problems));
        }
        expect(parsed.config).toEqual(file);
        expect(parsed.spec.source).toMatchObject({ ...file.source, kmsKey: { kind: 'create' }, bucketKey: true });
        expect(parsed.spec.role).toEqual({ name: `s3repl-${name}` });
        expect(parsed.spec.destinations[0]?.rules).toEqual(
          unescaped.map((each) => ({
            prefix: '',
            tags: {},
            enabled: true,
            deleteMarkers: Object.keys(each.tags ?? {}).length === 0,
            replicationTimeControl: true,
            metrics: true,
            ownerOverride: true,
            replicaModifications: false,
            except: [],
            ...each,
          })),
        );
      },
    ),
  );
});
