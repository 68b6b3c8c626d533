import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsPrincipals, listOf, type Statement, statementsOf } from '../../src/aws/policy.ts';
import type { Spec } from '../../src/config/spec.ts';
import { planApply } from '../../src/plan/plan.ts';
import { sidPrefix } from '../../src/state/names.ts';
import { accountOf, type State } from '../../src/state/state.ts';
import { aDestination, aKey, aSource, aSpec, DESTINATION, keyArn, ownKey, rootPolicy, SOURCE } from '../builders.ts';
import { anySpec, anyState } from './arbitrary.ts';

const app = `arn:aws:iam::${SOURCE}:role/App`;
const batch = `arn:aws:iam::${SOURCE}:role/Batch`;
const root = (account: string) => `arn:aws:iam::${account}:root`;
const arn = keyArn();

function spec(change: Partial<Spec> = {}, users: readonly string[] = [app]): Spec {
  return aSpec({
    destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } })],
    newKeys: { administrators: [], users },
    ...change,
  });
}

/** The source's key as an earlier version of s3repl left it. */
function former(users: readonly string[], roots: readonly string[], more: Partial<Statement> = {}): State {
  const allow = (purpose: string, AWS: readonly string[], Action: readonly string[]): Statement => ({
    Sid: sidPrefix(spec()) + purpose,
    Effect: 'Allow',
    Principal: { AWS },
    Action,
    Resource: '*',
    ...more,
  });
  const use = [
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
    'kms:GenerateDataKey',
    'kms:GenerateDataKeyWithoutPlaintext',
  ];
  const policy = {
    ...rootPolicy(SOURCE),
    Statement: [
      ...statementsOf(rootPolicy(SOURCE)),
      ...(users.length > 0 ? [allow('KeyUsers', users, use)] : []),
      ...(roots.length > 0 ? [allow('ReplicaReaders', roots, ['kms:Decrypt', 'kms:DescribeKey'])] : []),
    ],
  };
  return {
    accounts: { [SOURCE]: { roles: {}, buckets: {}, keys: { [arn]: ownKey(arn, 'source', spec(), { policy }) } } },
  };
}

function accessIn(state: State): Record<string, readonly string[]> {
  const statements = statementsOf(accountOf(state, SOURCE).keys[arn]?.policy ?? null);
  const prefix = sidPrefix(spec());
  return Object.fromEntries(
    statements.flatMap(({ Sid = '', Principal }) =>
      Sid.startsWith(prefix) ? [[Sid.slice(prefix.length), awsPrincipals(Principal)]] : [],
    ),
  );
}

const codes = (state: State, asked: Spec) =>
  planApply(state, asked)
    .warnings.filter(({ step }) => step === 'key-policy')
    .map(({ code }) => code);

const throughS3 = {
  KeyUsersThroughS3: [app],
  [`ReplicaReaders${DESTINATION}`]: [root(DESTINATION)],
  KeyViewers: [app, root(DESTINATION)],
};

describe('access to a new key', () => {
  it('is through S3 for users and for readers, and nobody is warned', () => {
    const state = former([], []);
    expect(accessIn(planApply(state, spec()).desired)).toEqual(throughS3);
    expect(codes(state, spec())).toEqual([]);
  });

  it('is each reader’s for its own buckets only', () => {
    const destinations = [
      aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } }),
      aDestination({ id: 'destinations[1]', region: 'eu-west-1', kmsKey: { kind: 'source' }, bucket: 'second' }),
      aDestination({
        id: 'destinations[2]',
        account: '333333333333',
        region: 'eu-west-1',
        kmsKey: { kind: 'source' },
        bucket: 'third',
      }),
    ];
    const { desired } = planApply(former([], []), spec({ destinations }, []));
    const contexts = statementsOf(accountOf(desired, SOURCE).keys[arn]?.policy ?? null).flatMap((one) =>
      /ReplicaReaders\d+$/.test(one.Sid ?? '')
        ? [
            [
              awsPrincipals(one.Principal),
              listOf(one.Condition?.StringLike?.['kms:EncryptionContext:aws:s3:arn']).map(
                (name) => name.split(':::')[1],
              ),
            ],
          ]
        : [],
    );
    expect(contexts).toEqual([
      [[root(DESTINATION)], ['acme-invoices-replica', 'acme-invoices-replica/*', 'second', 'second/*']],
      [[root('333333333333')], ['third', 'third/*']],
    ]);
  });
});

describe('access that an earlier version gave', () => {
  it('stays as it is until somebody accepts that it is narrowed, and the plan says so', () => {
    const state = former([app], [DESTINATION]);
    expect(accessIn(planApply(state, spec()).desired)).toEqual({ KeyUsers: [app], ReplicaReaders: [DESTINATION] });
    expect(codes(state, spec())).toEqual(['key-access-wider']);
    const [finding] = planApply(state, spec()).warnings;
    expect(finding?.message).toContain(`lets ${app}, ${root(DESTINATION)} use it outside S3 as well`);
    expect(finding?.run).toEqual({ command: 'apply', flags: [['--accept-narrowing']] });
  });

  it('is narrowed with --accept-narrowing, and the plan names who loses access', () => {
    const state = former([app], [root(DESTINATION)]);
    const accepted = spec({ acceptNarrowing: true });
    const { desired, changes } = planApply(state, accepted);
    expect(accessIn(desired)).toEqual(throughS3);
    expect(changes.map(({ step }) => step)).toContain('key-policy');
    expect(codes(state, accepted)).toEqual(['narrows-key-access']);
    expect(planApply(state, accepted).warnings[0]?.message).toContain(app);
  });

  it('is not widened again by a later run without the flag', () => {
    const narrowed = planApply(former([app], [DESTINATION]), spec({ acceptNarrowing: true })).desired;
    expect(accessIn(planApply(narrowed, spec()).desired)).toEqual(throughS3);
    expect(codes(narrowed, spec())).toEqual([]);
    expect(codes(narrowed, spec({ acceptNarrowing: true }))).toEqual([]);
  });

  it('is not given to anybody new', () => {
    const state = former([app], []);
    expect(accessIn(planApply(state, spec({}, [app, batch])).desired)).toEqual({
      KeyUsers: [app],
      KeyUsersThroughS3: [batch],
      [`ReplicaReaders${DESTINATION}`]: [root(DESTINATION)],
      KeyViewers: [batch, root(DESTINATION)],
    });
  });

  it('goes with who is no longer in repl.yaml', () => {
    const state = former([app, batch], [DESTINATION, '333333333333']);
    expect(accessIn(planApply(state, spec()).desired)).toEqual({
      KeyUsers: [app],
      ReplicaReaders: [root(DESTINATION)],
    });
    expect(accessIn(planApply(former([batch], []), spec({ destinations: [aDestination()] }, [])).desired)).toEqual({});
  });

  it('that somebody has put a condition on is no wide access: today’s form takes its place', () => {
    const state = former([app], [DESTINATION], { Condition: { Bool: { 'aws:SecureTransport': 'true' } } });
    expect(accessIn(planApply(state, spec()).desired)).toEqual(throughS3);
    expect(codes(state, spec())).toEqual([]);
    expect(codes(former([app], [], { Condition: {} }), spec())).toEqual(['key-access-wider']);
  });

  it('lets nobody use a key outside S3 who could not before, whatever is there', () => {
    const wide = (state: State, asked: Spec) =>
      Object.entries(state.accounts).flatMap(([, { keys }]) =>
        Object.values(keys).flatMap((key) =>
          statementsOf(key?.policy ?? null).flatMap(({ Sid = '', Principal, Condition }) =>
            /^(KeyUsers|ReplicaReaders)/.test(Sid.replace(sidPrefix(asked), '')) && Condition === undefined
              ? awsPrincipals(Principal).map(
                  (one) => `${key?.metadata.Arn} ${/\d{12}(?=:root$)|^\d{12}$/.exec(one)?.[0] ?? one}`,
                )
              : [],
          ),
        ),
      );
    const anySetUp = anySpec.chain((one) => fc.tuple(fc.constant(one), anyState(one)));
    fc.assert(
      fc.property(anySetUp, ([asked, state]) => {
        const before = wide(state, asked);
        const after = wide(planApply(state, asked).desired, asked);
        expect(after.filter((one) => !before.includes(one))).toEqual([]);
        if (asked.acceptNarrowing) expect(after).toEqual([]);
      }),
      { numRuns: 200, seed: 20261128 },
    );
  });
});

it('is for nobody where the key was given: its owner says who may use it', () => {
  const given = aSpec({
    source: aSource({ kmsKey: { kind: 'arn', arn } }),
    newKeys: { administrators: [app], users: [app] },
  });
  const state = { accounts: { [SOURCE]: { roles: {}, buckets: {}, keys: { [arn]: aKey(arn) } } } };
  expect(accountOf(planApply(state, given).desired, SOURCE).keys[arn]?.policy).toEqual(aKey(arn).policy);
});

it('is for users of a destination that shares the source’s key, and of no other key', () => {
  const reader = `arn:aws:iam::${DESTINATION}:role/Reader`;
  const sharing = aSpec({
    destinations: [
      aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } }),
      aDestination({ id: 'destinations[1]', account: '333333333333', bucket: 'acme-audit' }),
    ],
    newKeys: { administrators: [], users: [reader] },
  });
  const { desired } = planApply({ accounts: {} }, sharing);
  const named = (account: string) =>
    Object.values(desired.accounts[account]?.keys ?? {}).map((key) => JSON.stringify(key).includes(reader));
  expect([named(SOURCE), named('333333333333')]).toEqual([[true], [false]]);
});

it('is through S3 in the key’s Region for a source of its own, too', () => {
  const elsewhere = aSpec({
    source: aSource({ region: 'us-east-2' }),
    newKeys: { administrators: [], users: [app] },
  });
  const key = Object.values(accountOf(planApply({ accounts: {} }, elsewhere).desired, SOURCE).keys)[0];
  const statement = statementsOf(key?.policy ?? null).find(({ Sid }) => Sid?.endsWith('KeyUsersThroughS3'));
  expect(statement?.Condition).toEqual({ StringEquals: { 'kms:ViaService': 's3.us-east-2.amazonaws.com' } });
});
