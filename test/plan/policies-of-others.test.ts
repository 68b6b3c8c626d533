import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  delegatesToAccount,
  findDeletedPrincipals,
  isSamePolicy,
  type PolicyDocument,
  policyChange,
  type Statement,
  statementsOf,
  withOurStatements,
} from '../../src/aws/policy.ts';
import { policyIn, UnreadablePolicy } from '../../src/observe/policy-text.ts';
import { matchOurSid, sidPrefix } from '../../src/state/names.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { nastyTexts, runs } from '../hostile/runs.ts';

const spec = aSpec();
const isOurs = matchOurSid(spec);
const wanted: readonly Statement[] = ['ReplicaWrites', 'ReplicaKey'].map((purpose) => ({
  Sid: sidPrefix(spec) + purpose,
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${SOURCE}:role/r` },
  Action: ['s3:ReplicateObject'],
  Resource: '*',
}));

const text = fc.oneof(fc.constantFrom(...nastyTexts), fc.string({ unit: 'binary' }), fc.constantFrom('*', SOURCE));
const anything = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    text,
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.constantFrom(1e21, 0.1, -0.5, 123456789012345),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('AWS', 'Service', 'StringLike')), tie('any'), { maxKeys: 3 }),
  ),
})).any;
const sid = fc.oneof(
  anything,
  fc.constantFrom(
    'Twice',
    'Twice',
    ...wanted.map((one) => one.Sid),
    `${sidPrefix(spec)}Old`,
    `${sidPrefix(spec)}ReplicaWritesFormer`,
  ),
);
const statement = fc.record(
  {
    Sid: sid,
    Effect: fc.oneof(fc.constantFrom('Allow', 'Deny'), anything),
    Principal: anything,
    NotPrincipal: anything,
    Action: anything,
    NotAction: anything,
    Resource: anything,
    Condition: anything,
    More: anything,
  },
  { requiredKeys: [] },
);
const document = fc
  .record(
    {
      Version: fc.oneof(fc.constantFrom('2012-10-17', '2008-10-17'), anything),
      Id: anything,
      Statement: fc.oneof(statement, fc.array(statement, { maxLength: 5 })),
      More: anything,
    },
    { requiredKeys: ['Statement'] },
  )
  // What AWS would give: text.
  .map((tree) => JSON.stringify(tree));

const bare = (policy: PolicyDocument | null) => statementsOf(policy);
const theirs = (policy: PolicyDocument | null) =>
  bare(policy).filter((one) => typeof one.Sid !== 'string' || !isOurs(one.Sid));
const around = (policy: PolicyDocument | null) => ({ ...policy, Statement: undefined });

/** As it arrives at AWS, and as we would read it there. */
const written = (policy: PolicyDocument) => JSON.parse(JSON.stringify(policy)) as PolicyDocument;

function read(source: string): PolicyDocument | undefined {
  try {
    return policyIn(source, 'the policy');
  } catch (error) {
    if (error instanceof UnreadablePolicy) return undefined;
    throw error;
  }
}

it('whatever shape a policy of others has, it is refused clearly, or comes back as it was', () => {
  fc.assert(
    fc.property(document, (source) => {
      const before = read(source);
      if (before === undefined) return;
      const original = JSON.parse(source) as PolicyDocument;
      expect(before).toEqual(original);

      const after = withOurStatements(before, wanted, isOurs) as PolicyDocument;
      expect(theirs(written(after))).toEqual(theirs(original));
      expect(around(written(after))).toEqual(around(original));
      expect(bare(after).filter((one) => typeof one.Sid === 'string' && isOurs(one.Sid))).toHaveLength(wanted.length);
      expect(withOurStatements(written(after), wanted, isOurs)).toEqual(after);

      const { early, late } = policyChange(before, after);
      for (const step of [early, late]) {
        if (step) expect(theirs(written(step))).toEqual(theirs(original));
      }

      const retired = withOurStatements(written(after), [], isOurs);
      if (retired === null) expect(theirs(original)).toEqual([]);
      else expect(bare(retired)).toEqual(theirs(original));
      if (retired) expect(around(retired)).toEqual(around(original));

      isSamePolicy(before, after);
      findDeletedPrincipals(before);
      delegatesToAccount(before, SOURCE);
    }),
    { numRuns: runs(300) },
  );
});

it.each([
  ['nothing', ''],
  ['what is no JSON', '<Error/>'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a text', '"x"'],
  ['no Statement', '{"Version":"2012-10-17"}'],
  ['Statement null', '{"Statement":null}'],
  ['a number as Statement', '{"Statement":3}'],
  ['a statement that is a text', '{"Statement":["x"]}'],
  ['a member twice, of which one would be lost', '{"Statement":[{"Action":"a","Action":"b"}]}'],
  ['a member __proto__', '{"Statement":[{"__proto__":{}}]}'],
  ['a number that would be rounded', '{"Statement":[{"Condition":{"NumericLessThan":{"x":12345678901234567890}}}]}'],
  ['a number without end', '{"Statement":[{"x":1e999}]}'],
  ['deep nesting', `{"Statement":[{"x":${'['.repeat(5000)}`],
])('a policy with %s is refused by its name', (_, source) => {
  expect(() => policyIn(source, 'the bucket policy of acme')).toThrow(
    /^s3repl cannot read the bucket policy of acme exactly: ./,
  );
});

it('a policy of twenty thousand characters in the smallest statements is compared statement by statement once', () => {
  const small = (index: number): Statement => ({ Effect: 'Deny', Action: `s3:${index}` });
  const before = { Version: '2012-10-17', Statement: Array.from({ length: 500 }, (_, index) => small(index)) };
  const after = withOurStatements(before, wanted, isOurs);
  expect(policyChange(before, after)).toEqual({ early: after, late: undefined });
});
