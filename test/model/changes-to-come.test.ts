import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import { pathText } from '../../src/model/replication/path.ts';
import { between, type Condition, christmas, deniedFrom, everyone, toldOf, until } from './dated.ts';
import { measured } from './replication/configuration-changes.ts';
import {
  conditioned,
  deny,
  healthy,
  plus,
  policy,
  rule,
  snapshotOf,
  type World,
  without,
} from './replication/world.ts';
import { verdictsOf } from './verdicts-of.ts';

const seconds = String(Date.parse(christmas) / 1000);

/** The grants of the destination's bucket policy hold only so long. */
const writesUntil = (Condition: Condition) => (w: World) => {
  const [statement] = [w.dst.policy === null || w.dst.policy === 'unknown' ? [] : w.dst.policy.Statement].flat();
  w.dst.policy = policy({ ...(statement as Statement), Condition });
};
describe('what a date changes', () => {
  it.each<[string, (world: World) => void, RegExp]>([
    [
      'an Allow of the bucket policy that ends',
      writesUntil(until(christmas)),
      /^From 2026-12-24 on, new objects under rule all fail to replicate: statement Writes of the bucket policy of dst names that date\. The bucket policy of dst does not allow role/,
    ],
    [
      'an Allow with an end as seconds',
      writesUntil(until(seconds, 'AWS:epochtime')),
      /^From 2026-12-24 on, new objects/,
    ],
    [
      'an Allow that ends with the day itself',
      writesUntil({ DateLessThanEquals: { 'aws:CurrentTime': christmas } }),
      /^From 2026-12-24 on/,
    ],
    [
      'a Deny that begins',
      deniedFrom(between('2026-12-24T10:30:00Z')),
      /^From 2026-12-24 10:30 UTC on, new objects under rule all fail to replicate: statement No of the bucket policy of dst names that date\. Statement No .* denies s3:ReplicateObject/,
    ],
    [
      'a Deny of delete markers alone',
      deniedFrom(between(christmas), 's3:ReplicateDelete'),
      /^From 2026-12-24 on, delete markers under rule all fail/,
    ],
    [
      'a Deny for some days',
      deniedFrom(between(christmas, '2027-01-02T00:00:00Z')),
      /^From 2026-12-24 until 2027-01-02, new objects/,
    ],
    [
      'an Allow of the role policy that ends',
      (w) => {
        w.rolePolicy = conditioned(w.rolePolicy, { ...until(christmas) });
      },
      /^From 2026-12-24 on, new objects .* policy inline of role/,
    ],
    [
      'an Allow of the key policy that ends',
      (w) => {
        w.dstKey.policy = conditioned(w.dstKey.policy, until(christmas));
      },
      /key policy of/,
    ],
    [
      'a trust policy that ends',
      (w) => {
        w.trust = policy({
          Effect: 'Allow',
          Principal: { Service: 's3.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: until(christmas),
        });
      },
      /trust policy/,
    ],
    [
      'a service control policy that begins',
      (w) => {
        w.serviceControl = [
          policy({ Effect: 'Allow', Action: '*', Resource: '*' }, deny('s3:*', { Condition: between(christmas) })),
        ];
      },
      /denies s3:/,
    ],
  ])('%s is told with the date and the statement', (_, change, text) => {
    const told = toldOf(change);
    expect(told.map(({ summary }) => summary)).toEqual([expect.stringMatching(text)]);
    expect(told[0]?.fix).toMatch(/^Change the date in .* before then/);
    expect(pathText(told[0]?.evidence.path ?? [])).toMatch(/Statement/);
  });

  it.each<[string, (world: World) => void]>([
    ['that is past', deniedFrom({ DateLessThan: { 'aws:CurrentTime': '2026-01-01' } })],
    ['more than 90 days ahead', deniedFrom(between('2027-02-19T00:00:01Z'))],
    [
      'of an Allow beside another one',
      (w) => {
        const ours = w.dst.policy;
        writesUntil(until(christmas))(w);
        w.dst.policy = policy(
          ...[ours, w.dst.policy].flatMap((one) =>
            one === null || one === 'unknown' ? [] : ([one.Statement].flat() as Statement[]),
          ),
        );
      },
    ],
    ['of a Deny that ends', deniedFrom(until(christmas))],
    ['of a statement about other actions', deniedFrom(between(christmas), 's3:PutBucketPolicy')],
    [
      'of a statement about other objects',
      (w) => {
        w.dst.policy = plus(
          w.dst.policy,
          deny('s3:*', { ...everyone, Resource: 'arn:aws:s3:::elsewhere/*', Condition: between(christmas) }),
        );
      },
    ],
    [
      'in another condition key',
      deniedFrom({
        DateGreaterThan: { 'aws:TokenIssueTime': christmas },
        StringEquals: { 'aws:PrincipalAccount': '999999999999' },
      }),
    ],
    [
      'that nobody can read',
      deniedFrom({
        DateGreaterThan: { 'aws:CurrentTime': 'Christmas' },
        StringEquals: { 'aws:PrincipalAccount': '999999999999' },
      }),
    ],
  ])('a date %s is no cause for a word', (_, change) => {
    expect(toldOf(change)).toEqual([]);
  });

  it('is told once for all rules that it meets', () => {
    const told = toldOf((w) => {
      deniedFrom(between(christmas))(w);
      w.rules = ['a', 'b'].map((ID) => rule({ ID, Filter: { Prefix: `${ID}/` }, Destination: measured }));
    });
    expect(told.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/^From 2026-12-24 on, new objects under rules a, b fail/),
    ]);
  });

  it('is not told of what fails today: that is said as it is', () => {
    expect(
      toldOf((w) => {
        deniedFrom(between(christmas))(w);
        w.rolePolicy = without(w.rolePolicy, 's3:ReplicateObject', 's3:ReplicateDelete');
      }),
    ).toEqual([]);
  });

  it('is looked for past so many dates, and the rest is named', () => {
    const day = (index: number) => new Date(Date.parse('2026-12-01') + index * 86_400_000).toISOString();
    const told = toldOf((w) => {
      for (let index = 0; index < 26; index += 1) deniedFrom(between(day(index)), 's3:PutBucketPolicy')(w);
      deniedFrom(between(day(26)))(w);
    });
    expect(told.map(({ summary }) => summary)).toEqual([
      'The policies name 27 dates within 90 days. s3repl did not look at the 3 from 2026-12-25 on.',
    ]);
  });
});

it('aws:EpochTime of a request is the time of the snapshot', () => {
  const world = healthy();
  deniedFrom({ DateGreaterThan: { 'aws:EpochTime': seconds } })(world);
  expect(verdictsOf(snapshotOf(world), world.object)[0]?.outcome).toBe('replicates');
  deniedFrom({ DateLessThan: { 'aws:EpochTime': seconds } })(world);
  expect(verdictsOf(snapshotOf(world), world.object)[0]?.outcome).toBe('fails');
});
