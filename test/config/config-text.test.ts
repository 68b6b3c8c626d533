import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import { configText, schemaLine } from '../../src/config/config-text.ts';
import type { Config } from '../../src/config/fields.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { encryptions, storageClasses } from '../../src/config/rule-fields.ts';
import { updateConfigText } from '../../src/config/update-config.ts';
import { keyArn } from './config-file.ts';

const examples = new URL('../../docs/examples/', import.meta.url);
const texts = readdirSync(examples).map((file) => [file, readFileSync(new URL(file, examples), 'utf8')] as const);

function parsed(text: string) {
  const result = parseConfig(text, { file: 'repl.yaml', env: { VAR: 'x' } });
  if (!result.ok) throw new Error(`${text}\n${JSON.stringify(result.problems)}`);
  return result;
}

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const text = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a: b', '# x', '- y', '${VAR}', 'yes', '007', ' ', "'"))
  .filter((each) => !/[\p{Cc}]/u.test(each) && !/\$\{(?!VAR\})/.test(each) && !each.includes('$${'));
const tags = fc.dictionary(fc.stringMatching(/^t[a-zA-Z0-9]{1,8}$/), fc.stringMatching(/^[\w ./:=+@-]{0,12}$/), {
  maxKeys: 3,
});
const exception = fc.record({
  key: text.map((end) => `*${end}`),
  tags: some(fc.record({ secret: fc.constantFrom('yes', '007', '') })),
  encryption: some(fc.constantFrom(...encryptions)),
  why: text.map((reason) => `because ${reason}`).filter((reason) => !/[\p{Zl}\p{Zp}]/u.test(reason)),
});
const rule = fc.record({
  prefix: some(text),
  tags: some(tags),
  enabled: some(fc.boolean()),
  deleteMarkers: some(fc.boolean()),
  replicationTimeControl: some(fc.constant(false)),
  metrics: some(fc.constant(true)),
  ownerOverride: some(fc.boolean()),
  replicaModifications: some(fc.boolean()),
  storageClass: some(fc.constantFrom(...storageClasses)),
  except: some(fc.uniqueArray(exception, { maxLength: 2, selector: ({ key }) => key })),
});
const account = fc.constantFrom('111111111111', '012345678901', '000000000000', '222222222222');
const access = fc.record({
  profile: some(text.filter((each) => each !== '')),
});
const side = { bucketKey: some(fc.boolean()), access: some(access) };
const config = fc
  .record({
    name: fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/),
    source: fc.record({
      account,
      kmsKey: some(fc.constantFrom('create', 'alias/x')),
      additionalKmsKeys: some(fc.constant([])),
      ...side,
    }),
    destinations: fc.array(
      fc.record({
        account,
        kmsKey: some(fc.constantFrom('create', 'source', 'alias/x')),
        rules: some(fc.array(rule, { minLength: 1, maxLength: 2 })),
        ...side,
      }),
      { minLength: 1, maxLength: 2 },
    ),
    roleName: some(fc.constantFrom('same', 'other')),
    jobRole: some(fc.constantFrom('same', 'other')),
    description: some(text.filter((each) => each !== '')),
    tags: some(tags),
  })
  .map(
    (each): Config =>
      JSON.parse(
        JSON.stringify({
          version: 1,
          name: each.name,
          source: { region: 'eu-west-1', bucket: 'acme-source', ...each.source },
          destinations: each.destinations.map((destination, index) => ({
            region: 'eu-west-1',
            bucket: `acme-replica-${index}`,
            ...destination,
            rules: destination.rules?.map((one, at) => ({
              id: at + index === 0 ? 'all' : `r${index}${at}`,
              ...one,
              ...(Object.keys(one.tags ?? {}).length > 0 ? { deleteMarkers: undefined } : {}),
            })),
          })),
          role: each.roleName && { name: each.roleName === 'same' ? `s3repl-${each.name}` : 'theirs' },
          backfill: each.jobRole && { role: each.jobRole === 'same' ? `s3repl-${each.name}-backfill` : 'jobs' },
          newKeys: each.description === undefined ? undefined : { description: each.description },
          tags: each.tags,
        }),
      ),
  );

test('what is written is read back as the same spec, with and without the defaults', () => {
  fc.assert(
    fc.property(config, fc.boolean(), (tree, full) => {
      const written = configText(tree, { full });
      expect(written.startsWith(`${schemaLine}\n`)).toBe(true);
      expect(parsed(written).spec).toEqual(parsed(stringify(tree)).spec);
    }),
    { numRuns: 400 },
  );
});

test('an existing file that is brought up to date says exactly what it should', () => {
  fc.assert(
    fc.property(fc.constantFrom(...texts), config, ([, old], tree) => {
      expect(parsed(updateConfigText(old, tree) ?? 'not brought up to date').config).toEqual(tree);
    }),
    { numRuns: 300 },
  );
});

describe('the text of a new repl.yaml', () => {
  const tree = {
    version: 1,
    name: 'invoices-dr',
    source: {
      account: '011111111111',
      region: 'eu-west-1',
      bucket: 'acme-invoices',
      kmsKey: 'create',
      bucketKey: true,
    },
    destinations: [
      {
        account: '222222222222',
        region: 'eu-central-1',
        bucket: 'acme-replica',
        kmsKey: keyArn('eu-central-1', '222222222222'),
        rules: [{ id: 'all', prefix: '', deleteMarkers: true, ownerOverride: true }],
      },
    ],
  } as const satisfies Config;

  it('holds what differs from the defaults, with comments and account IDs in quotes', () => {
    expect(configText(tree as unknown as Config)).toBe(`${schemaLine}
version: 1
# names the role, key aliases, statements and rules
name: invoices-dr

source:
  # a guard: nothing is written when signed in elsewhere
  account: "011111111111"
  region: eu-west-1
  bucket: acme-invoices          # created when missing

destinations:
  - account: "222222222222"
    region: eu-central-1
    bucket: acme-replica         # created when missing
    # create, source (the source's key, same Region), alias/NAME or a key ARN
    kmsKey: ${keyArn('eu-central-1', '222222222222')}
`);
  });

  it('fits 80 columns with every comment, all values written out', () => {
    const { config: everything } = parsed(texts.find(([file]) => file === 'everything.yaml')?.[1] ?? '');
    const lines = configText(everything, { full: true }).split('\n');
    expect(lines.filter((line) => line.includes('#') && line.length > 80)).toEqual([]);
  });

  it('keeps ownerOverride where only the environment says whether the accounts differ', () => {
    const written = configText({
      ...tree,
      destinations: [{ ...tree.destinations[0], account: '${ACCOUNT}', rules: [{ id: 'all', ownerOverride: true }] }],
    });
    expect(written).toContain('ownerOverride: true');
  });
});

describe('an existing file', () => {
  it.each(texts)('stays as it is, byte for byte, where nothing changes: %s', (_, old) => {
    expect(updateConfigText(old, parsed(old).config)).toBe(old);
  });

  it('keeps every comment and line that the change is not about', () => {
    const old = texts.find(([file]) => file === 'everything.yaml')?.[1] ?? '';
    const { config: tree } = parsed(old);
    const updated = updateConfigText(old, {
      ...tree,
      source: { ...tree.source, bucket: 'other-bucket' },
      tags: { team: 'platform', 'cost-centre': '0042', more: 'yes' },
    });
    const [was, is] = [old.split('\n'), (updated ?? '').split('\n')];
    expect(was.filter((line) => !is.includes(line)).map((line) => line.trim())).toEqual([
      'bucket: acme-invoices          # created when missing',
      'tags: { team: platform, cost-centre: 0042 }   # for what is created',
    ]);
    expect(updated).toContain('bucket: other-bucket # created when missing');
    expect(updated).toContain('more: yes');
  });

  it('is left to be written anew where it uses aliases or is no YAML', () => {
    expect(updateConfigText('a: &x { b: 1 }\nc: *x\n', { a: { b: 2 }, c: { b: 1 } })).toBeUndefined();
    expect(updateConfigText('a: [', {})).toBeUndefined();
  });
});
