import { describe, expect, it } from 'vitest';
import type { PolicyDocument, Statement } from '../../src/aws/policy.ts';
import { changesToCome } from '../../src/model/changes-to-come.ts';
import { probesOf } from '../../src/model/probes.ts';
import { prepare } from '../../src/model/replication/prepare.ts';
import { between, type Condition, christmas, deniedFrom, everyone, toldOf } from './dated.ts';
import { measured } from './replication/configuration-changes.ts';
import {
  conditioned,
  deny,
  healthy,
  other,
  plus,
  policy,
  rule,
  snapshotOf,
  type World,
  without,
} from './replication/world.ts';

const newYear = '2027-01-01T00:00:00Z';
const harmless = (Condition: Condition) => deniedFrom(Condition, 's3:PutBucketPolicy');
const causesOf = (...changes: ((world: World) => void)[]) =>
  toldOf((world) => {
    for (const change of changes) change(world);
  });
const summariesOf = (...changes: ((world: World) => void)[]) => causesOf(...changes).map(({ summary }) => summary);

describe('what is told of a date', () => {
  it('is the check, the cause and the place of what will fail', () => {
    const [told] = toldOf((world) => {
      world.rolePolicy = conditioned(world.rolePolicy, { DateLessThan: { 'aws:CurrentTime': christmas } });
    });
    expect([told?.check, told?.evidence.sid]).toEqual(['C21', 'SrcKey']);
    expect(told?.summary).toMatch(
      / name that date\. No permissions policy of role .* allows kms:Decrypt on .*, the statement wants 2026-12-24T00:00:00Z\.$/,
    );
    expect(told?.fix).toMatch(
      /^Change the date in statement SrcKey of the policy .* and statement DstKey of the policy .* before then, if replication is to go on\.$/,
    );
  });

  it('names both statements that begin on it', () => {
    const told = toldOf((world) => {
      deniedFrom(between(christmas))(world);
      world.rolePolicy = plus(world.rolePolicy, deny('s3:ReplicateObject', { Condition: between(christmas) }));
    });
    expect(told).toMatchObject([
      {
        summary: expect.stringMatching(
          /: statement No of the policy inline of role .* and statement No of the bucket policy of dst name that date\. /,
        ),
        fix: expect.stringMatching(
          /^Change the date in statement No of the policy inline of role .* and statement No of the/,
        ),
      },
    ]);
  });

  it.each<[string, Partial<Statement>]>([
    ['that has no Sid', {}],
    ['whose Sid is no text', JSON.parse('{ "Sid": 7 }') as Partial<Statement>],
  ])('counts a statement %s', (_, sid) => {
    const [told] = toldOf((world) => {
      const { Sid: _, ...denying } = deny('s3:ReplicateObject', { ...everyone, Condition: between(christmas) });
      world.dst.policy = plus(world.dst.policy, { ...denying, ...sid });
    });
    expect(told?.summary).toContain(': statement 2 of the bucket policy of dst names that date. ');
    expect(told?.evidence).not.toHaveProperty('sid');
  });

  it('leaves open whether objects replicate where something unknown decides from then on', () => {
    const unread = { ...between(christmas), StringEquals: { 'aws:PrincipalOrgID': 'o-other' } };
    expect(summariesOf(deniedFrom(unread))).toEqual([
      expect.stringMatching(
        /^From 2026-12-24 on, s3repl cannot tell whether new objects under rule all replicate: statement No/,
      ),
    ]);
  });

  it('is one sentence for each end, and for each cause', () => {
    const markers = deniedFrom(between(newYear), 's3:ReplicateDelete');
    expect(summariesOf(deniedFrom(between(christmas)), markers)).toEqual([
      expect.stringMatching(/^From 2026-12-24 on, new objects/),
      expect.stringMatching(/^From 2027-01-01 on, delete markers/),
    ]);
  });

  it('goes by the order of the dates, whatever the order of the statements', () => {
    const days = [between(newYear), between('2026-12-10T00:00:00Z', christmas)];
    const expected = [expect.stringMatching(/^From 2026-12-10 until 2026-12-24, new objects/)];
    expect(summariesOf(...days.map((one) => deniedFrom(one)))).toEqual(expected);
    expect(summariesOf(...days.toReversed().map((one) => deniedFrom(one)))).toEqual(expected);
  });

  it('takes no date before a failure for its end', () => {
    const before = harmless(between('2026-12-01T00:00:00Z'));
    expect(summariesOf(before, deniedFrom(between(christmas)))).toEqual([
      expect.stringMatching(/^From 2026-12-24 on, new objects/),
    ]);
  });

  it('is told of the 90th day, and of no later moment', () => {
    expect(summariesOf(deniedFrom(between('2027-02-19T00:00:00Z')))).toEqual([
      expect.stringMatching(/^From 2027-02-19 on/),
    ]);
  });
});

describe('dates that are not looked at', () => {
  const day = (index: number) => new Date(Date.parse('2026-12-01') + index * 86_400_000).toISOString();
  const days = (count: number) => Array.from({ length: count }, (_, index) => harmless(between(day(index))));

  it('are none of 24', () => {
    expect(summariesOf(...days(24))).toEqual([]);
  });

  it('are those from the 25th on, and doctor is to run again', () => {
    expect(causesOf(...days(25))).toEqual([
      {
        check: 'C30',
        summary: expect.stringMatching(/name 25 dates .* the 1 from 2026-12-25 on\.$/),
        fix: 'Run s3repl doctor again when the earlier dates are past.',
        evidence: {},
      },
    ]);
  });

  it.each([
    ['now', between('2026-11-21T00:00:00Z')],
    ['past', between('2026-11-20T00:00:00Z')],
    ['later than in 90 days', between('2027-02-19T00:00:01Z')],
    ['in a condition key that only ends alike', { DateGreaterThan: { 'my-aws:CurrentTime': newYear } }],
    ['in a condition key that only begins alike', { DateGreaterThan: { 'aws:CurrentTimes': newYear } }],
    ['in the key of a token', { DateGreaterThan: { 'aws:TokenIssueTime': newYear } }],
  ])('do not count one that is %s', (_, Condition) => {
    expect(summariesOf(...days(24), harmless(Condition))).toEqual([]);
  });

  it('are no cause for a word where nothing replicates', () => {
    const stopped = (world: World) => {
      world.rolePolicy = without(world.rolePolicy, 's3:ReplicateObject', 's3:ReplicateDelete');
    };
    expect(summariesOf(stopped, ...days(25))).toEqual([]);
  });
});

describe('what a date changes for one rule', () => {
  /** A second destination, which nobody denies anything. */
  function withSecond(world: World, rules: World['rules']): ReturnType<typeof prepare> {
    const everything: PolicyDocument = policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' });
    world.rolePolicy = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
    world.dstKey.policy = everything;
    world.accounts[other] = {
      buckets: {
        dst: { ...world.dst, policy: everything },
        second: {
          ...world.dst,
          policy: plus(
            everything,
            deny('s3:ReplicateObject', { ...everyone, Resource: '*', Condition: between(christmas) }),
          ),
        },
      },
    };
    world.rules = rules;
    return prepare(snapshotOf(world));
  }
  const Destination = { ...measured, Bucket: 'arn:aws:s3:::second' };

  it('is asked of its own destination, also where the ID of one is what another is called that has none', () => {
    const { ID: _, ...unnamed } = rule({ Destination });
    const prepared = withSecond(healthy(), [rule({ ID: 'rule 2', Destination: measured }), unnamed]);
    expect(changesToCome(prepared, probesOf(prepared)).map(({ summary }) => summary)).toEqual([
      expect.stringMatching(
        /^From 2026-12-24 on, new objects under rule rule 2 fail to replicate: statement No of the bucket policy of second/,
      ),
    ]);
  });

  it('is nothing for an object that another rule takes', () => {
    const weaker = rule({ ID: 'weaker', Priority: 1, Destination });
    const prepared = withSecond(healthy(), [rule({ ID: 'stronger', Priority: 2, Destination }), weaker]);
    const [probe] = probesOf(prepared);
    const found = prepared.rules === null || prepared.rules === 'unknown' ? [] : prepared.rules.byDestination.flat();
    const under = found.map((one) => (probe ? changesToCome(prepared, [{ ...probe, rule: one }]).length : undefined));
    expect(found.map(({ id }, index) => [id, under[index]])).toEqual([
      ['stronger', 1],
      ['weaker', 0],
    ]);
  });
});
