import { describe, expect, test } from 'vitest';
import { parseConfig, parseConfigTree } from '../../src/config/parse-config.ts';
import type { ConfigProblem } from '../../src/config/problem.ts';
import {
  atDestination,
  atSource,
  atTop,
  changed,
  fromDestinations,
  inRule,
  keyArn,
  plainFile,
  problemsOf,
  specOf,
  withAnyHint,
} from './config-file.ts';

const withoutRules = changed(['    rules:\n      - id: everything\n', '']);

describe('defaults', () => {
  test('two accounts, Regions and buckets are enough', () => {
    expect(specOf(withoutRules)).toEqual({
      name: 'invoices-dr',
      source: {
        id: 'source',
        account: '111111111111',
        region: 'eu-west-1',
        partition: 'aws',
        access: {},
        bucket: 'acme-invoices',
        bucketKey: true,
        kmsKey: { kind: 'create' },
        additionalKmsKeys: [],
      },
      destinations: [
        {
          id: 'destinations[0]',
          account: '222222222222',
          region: 'eu-central-1',
          partition: 'aws',
          access: {},
          bucket: 'acme-replica',
          bucketKey: true,
          kmsKey: { kind: 'create' },
          rules: [
            {
              id: 'all',
              prefix: '',
              tags: {},
              enabled: true,
              deleteMarkers: true,
              replicationTimeControl: true,
              metrics: true,
              ownerOverride: true,
              replicaModifications: false,
              except: [],
            },
          ],
        },
      ],
      role: { name: 's3repl-invoices-dr' },
      backfill: { role: 's3repl-invoices-dr-backfill' },
      newKeys: { administrators: [], users: [] },
      tags: {},
    });
  });

  test('each destination without rules gets one rule, named by its place', () => {
    const more = (name: string) => `  - { account: "333333333333", region: eu-west-1, bucket: ${name} }\n`;
    const spec = specOf(withoutRules + more('acme-b') + more('acme-c'));
    expect(spec.destinations.map(({ rules }) => rules.map(({ id }) => id))).toEqual([['all'], ['all-2'], ['all-3']]);
  });

  test('delete markers are not replicated in a rule with tags', () => {
    const spec = specOf(changed(inRule('tags: { team: billing }')));
    expect(spec.destinations[0]?.rules[0]?.deleteMarkers).toBe(false);
  });

  test('the owner is not overridden within one account, unless the file says so', () => {
    const within = (...lines: string[]) =>
      specOf(changed(['"222222222222"', '"111111111111"'], inRule(...lines))).destinations[0]?.rules[0]?.ownerOverride;
    expect(within('enabled: true')).toBe(false);
    expect(within('ownerOverride: true')).toBe(true);
  });

  test('the partition is that of the Region', () => {
    const spec = specOf(changed(['eu-west-1', 'us-gov-west-1'], ['eu-central-1', 'us-gov-east-1']));
    expect([spec.source.partition, spec.destinations[0]?.partition]).toEqual(['aws-us-gov', 'aws-us-gov']);
  });
});

test('a key is chosen by alias, by ARN or as that of the source', () => {
  const arn = keyArn('eu-central-1', '222222222222');
  const ofDestination = (line: string) => specOf(changed(atDestination(line))).destinations[0]?.kmsKey;
  expect(specOf(changed(atSource('kmsKey: alias/a'))).source.kmsKey).toEqual({ kind: 'alias', alias: 'alias/a' });
  expect(ofDestination(`kmsKey: ${arn}`)).toEqual({ kind: 'arn', arn });
  const shared = changed(['eu-central-1', 'eu-west-1'], atDestination('kmsKey: source'));
  expect(specOf(shared).destinations[0]?.kmsKey).toEqual({ kind: 'source' });
});

test('an account ID keeps its leading zero without quotes', () => {
  expect(specOf(changed(['"111111111111"', '012345678901'])).source.account).toBe('012345678901');
});

test('the value of a tag is the text that was written', () => {
  const spec = specOf(changed(atTop('tags: { cost: 0042, on: true, size: 1.50, "012": x, none: "" }')));
  expect(spec.tags).toEqual({ cost: '0042', on: 'true', size: '1.50', '012': 'x', none: '' });
});

test('anchors and aliases may be used', () => {
  const text = changed(['"111111111111"', '&a 012345678901'], ['"222222222222"', '*a']);
  expect(specOf(text).destinations[0]?.account).toBe('012345678901');
});

test('every problem is reported at once, in the order of the file', () => {
  const text = `nome: x
version: 2
source:
  account: 12
  region: eu-west-1
  bucket: Acme
  colour: \${BLUE}
destinations:
  - account: "222222222222"
    region: eu-central-1
    bucket: acme-replica
    bucket: acme-other
    kmsKey: source
    rules:
      - id: a
        priority: 1
        metrics: false
      - id: a
        priority: 1
        tags: { "aws:x": y }
        deleteMarkers: true
`;
  expect(problemsOf(text).map((problem) => problem.split('  ')[0])).toEqual([
    ...[
      '1:1',
      '1:1',
      '2:10',
      '4:12',
      '6:11',
      '7:3',
      '7:11',
      '12:5',
      '13:13',
      '17:18',
      '18:13',
      '19:19',
      '20:17',
      '21:24',
    ],
  ]);
});

describe('${VAR}', () => {
  test('is replaced before the fields are checked', () => {
    const text = changed(['acme-replica', 'acme-${STAGE}-${STAGE}'], ['"222222222222"', '"${ACCOUNT}"']);
    const spec = specOf(text, { env: { STAGE: 'prod', ACCOUNT: '012345678901' } });
    expect(spec.destinations[0]).toMatchObject({ bucket: 'acme-prod-prod', account: '012345678901' });
  });

  test('is replaced once only', () => {
    const text = changed(inRule('prefix: "${A}"'));
    expect(specOf(text, { env: { A: '${B}', B: 'b' } }).destinations[0]?.rules[0]?.prefix).toBe('${B}');
  });

  test('is written $${VAR} where it is meant literally', () => {
    expect(specOf(changed(inRule('prefix: "$${A}/$5"'))).destinations[0]?.rules[0]?.prefix).toBe('${A}/$5');
  });

  test('stays in the configuration that is given back, which can be parsed again', () => {
    const text = changed(atSource('access: { assumeRole: "arn:aws:iam::111111111111:role/x", externalId: "${ID}" }'));
    const first = parseConfig(text, { file: 'repl.yaml', env: { ID: 'very-secret' } });
    if (!first.ok) {
      throw new Error('it has no problems');
    }
    expect(JSON.stringify(first.config)).not.toContain('very-secret');
    const saved: unknown = JSON.parse(JSON.stringify(first.config));
    const again = parseConfigTree(saved, { file: 'plan.json', env: { ID: 'very-secret' } });
    expect(again).toEqual(first);
  });
});

describe('flags', () => {
  const all = {
    name: 'invoices-dr',
    'source.account': '012345678901',
    'source.region': 'eu-west-1',
    'source.bucket': 'acme-invoices',
    'destinations[0].account': '222222222222',
    'destinations[0].region': 'eu-central-1',
    'destinations[0].bucket': 'acme-replica',
  };

  test('may be all there is', () => {
    const spec = specOf('', { flags: all });
    expect(spec.source.account).toBe('012345678901');
    expect(spec.destinations[0]?.rules[0]?.id).toBe('all');
  });

  test('win over the file', () => {
    const flags = { 'source.bucket': 'acme-other', 'destinations[0].rules[0].enabled': 'false' };
    const spec = specOf(changed(inRule('enabled: true', 'prefix: a/')), { flags });
    expect(spec.source.bucket).toBe('acme-other');
    expect(spec.destinations[0]?.rules[0]).toMatchObject({ enabled: false, prefix: 'a/' });
  });

  test('that were not given change nothing', () => {
    expect(specOf(plainFile, { flags: { 'source.bucket': undefined } })).toEqual(specOf(plainFile));
  });

  test('are read by their kind', () => {
    const flags = {
      ...all,
      'source.bucketKey': false,
      'destinations[0].rules[0].id': 'a',
      'destinations[0].rules[0].priority': '7',
      'newKeys.users': ['arn:aws:iam::222222222222:role/x'],
      tags: ['team=platform', 'equation=a=b'],
    };
    const spec = specOf('', { flags });
    expect(spec.source.bucketKey).toBe(false);
    expect(spec.destinations[0]?.rules[0]?.priority).toBe(7);
    expect(spec.newKeys.users).toEqual(['arn:aws:iam::222222222222:role/x']);
    expect(spec.tags).toEqual({ team: 'platform', equation: 'a=b' });
  });

  test('replace a list of the file, and add to tags of the file', () => {
    const text = changed(
      atTop('tags: { team: old, env: prod }'),
      atSource(`additionalKmsKeys: [ ${keyArn('eu-west-1', '111111111111')} ]`),
    );
    const spec = specOf(text, { flags: { 'source.additionalKmsKeys': [], tags: ['team=new'] } });
    expect(spec.source.additionalKmsKeys).toEqual([]);
    expect(spec.tags).toEqual({ team: 'new', env: 'prod' });
  });

  test('are named where they are wrong, after the problems of the file', () => {
    const flags = {
      tags: ['team'],
      'source.region': 'europe',
      'source.access.externalId': 'abc',
      'newKeys.users': ['me'],
      'destinations[0].rules[0].priority': 'x',
      'destinations[0].bucket': 'acme-invoices',
    };
    expect(problemsOf(changed(['version: 1', 'version: 2']), { flags })).toEqual(
      withAnyHint([
        '1:10  version must be 1, not 2 (write version: 1)',
        '--source-region  region "europe" is not a Region (write its code, such as eu-west-1)',
        '--source-access-external-id  externalId has no effect',
        '--destination-bucket  bucket acme-invoices is also the source bucket (write the name of another bucket)',
        '--destination-rules-priority  priority must be a whole number from 0 to 2147483647, not "x" (write priority: 1)',
        '--new-keys-users  "me" is not the ARN of a role or user',
        '--tags  --tags must be key=value, not "team" (write --tags team=platform)',
      ]),
    );
  });

  test('of tags that are no text are explained', () => {
    expect(problemsOf(plainFile, { flags: { tags: [{ team: 'platform' }] } })).toEqual([
      '--tags  --tags must be key=value, not a mapping (write --tags team=platform)',
    ]);
  });

  test('are named where they are missing and there is no file', () => {
    expect(problemsOf('', { flags: { name: 'invoices-dr' } })).toEqual([
      '--source-account  account is missing (write it in quotes: "012345678901")',
      '--source-region  region is missing (write region: eu-west-1)',
      '--source-bucket  bucket is missing (write bucket: NAME)',
      '--destination-account  account is missing (write it in quotes: "012345678901")',
      '--destination-region  region is missing (write region: eu-west-1)',
      '--destination-bucket  bucket is missing (write bucket: NAME)',
    ]);
  });

  test('are named where they begin something that the file lacks', () => {
    const text = changed([fromDestinations, '']);
    expect(problemsOf(text, { flags: { 'destinations[0].bucket': 'acme-replica' } })).toEqual([
      '--destination-account  account is missing (write it in quotes: "012345678901")',
      '--destination-region  region is missing (write region: eu-west-1)',
    ]);
  });

  test('do not hide that the file has something else in their place', () => {
    const text = changed([fromDestinations, 'destinations: none\n']);
    expect(problemsOf(text, { flags: { 'destinations[0].bucket': 'acme-replica' } })).toEqual([
      expect.stringContaining('7:15  destinations must be a list, not "none"'),
    ]);
  });
});

describe('a saved tree', () => {
  test('has problems by path', () => {
    const tree = { version: 1, name: 'a', source: { account: '1', region: 'eu-west-1' }, destinations: [{}] };
    const parsed = parseConfigTree(tree, { file: 'plan.json' });
    const where = (problem: ConfigProblem) => [problem.where, problem.path];
    expect(parsed.ok ? [] : parsed.problems.map(where).slice(0, 3)).toEqual([
      ['plan.json:source.account', 'source.account'],
      ['plan.json:source.bucket', 'source.bucket'],
      ['plan.json:destinations[0].account', 'destinations[0].account'],
    ]);
  });

  test.each([[null], [undefined], ['text'], [5], [[]]])('that is %j is explained', (tree) => {
    const parsed = parseConfigTree(tree, { file: 'plan.json' });
    expect(parsed.ok ? [] : parsed.problems.map(({ where }) => where)).toEqual(['plan.json']);
  });
});
