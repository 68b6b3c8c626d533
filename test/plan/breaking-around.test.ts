import { describe, expect, it } from 'vitest';
import type { AccountSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import { breakingFindings, sidesWithOthers } from '../../src/plan/breaking.ts';
import { planApply } from '../../src/plan/plan.ts';
import { snapshotOf } from '../../src/plan/snapshot-of.ts';
import type { AccountState, State } from '../../src/state/state.ts';
import { aBucket, aRole, nothing, SOURCE } from '../builders.ts';
import { put } from '../plain-state.ts';
import {
  beside,
  broken,
  copies,
  messages,
  takenAt,
  teamRole,
  teamRule,
  theirKey,
  theirs,
  usesAnyKey,
  withKms,
} from './beside-theirs.ts';

const spec = beside();
const base = theirs({ rules: [teamRule()] });
const stops = [
  expect.stringMatching(/^this plan would stop rule team-rule, which s3repl did not create: it replicates new/),
];
const cannotTell = [expect.stringMatching(/would stop rule team-rule.*: s3repl cannot tell/)];

/** What is said of a plan, with what was read around the bucket. */
function told(around: Snapshot | undefined, observed: State = base) {
  const { desired } = planApply(observed, spec);
  return messages(breakingFindings({ observed, desired }, spec, spec.source, around, []));
}

function seen(change: Partial<AccountSnapshot> = {}, state: State = base): Snapshot {
  const snapshot = snapshotOf(state, spec, takenAt);
  const account = snapshot.accounts === 'unknown' ? undefined : snapshot.accounts[SOURCE];
  if (!account || account === 'unknown' || snapshot.accounts === 'unknown')
    throw new Error('a state knows its accounts');
  return { ...snapshot, accounts: { ...snapshot.accounts, [SOURCE]: { ...account, ...change } } };
}

const withArchive = (bucket: AccountState['buckets'][string]) => put(base, SOURCE, 'buckets', 'team-archive', bucket);

describe('what the plan has seen', () => {
  it('is enough where nothing around the bucket could be read, or nobody knows of its accounts', () => {
    expect(told(undefined)).toEqual(stops);
    expect(told({ ...seen(), accounts: 'unknown' })).toEqual(stops);
    expect(told({ ...seen(), accounts: { [SOURCE]: 'unknown' } })).toEqual(stops);
    expect(told({ ...seen(), accounts: {} })).toEqual(stops);
  });

  it('counts in place of what was not found, not listed or not there around the bucket', () => {
    expect(told(seen({ roles: 'unknown', buckets: 'unknown', keys: 'unknown' }))).toEqual(stops);
    expect(told(seen({ roles: {}, buckets: {} }))).toEqual(stops);
    expect(told(seen({ buckets: { 'team-archive': 'unknown' }, roles: { [teamRole]: 'unknown' } }))).toEqual(stops);
    expect(told(seen({ buckets: { 'team-archive': null }, roles: { [teamRole]: null } }))).toEqual(stops);
  });

  it('counts where it is that a bucket is gone: nothing replicated there', () => {
    expect(told(seen(), withArchive(null))).toEqual([]);
  });
});

describe('what was read around the bucket', () => {
  it('counts where a plan does not look: a control policy that denied their rule already', () => {
    const Statement = [{ Effect: 'Deny' as const, Action: 's3:ReplicateObject', Resource: '*' }];
    const everything = { Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] };
    expect(told(seen({ serviceControlPolicies: [everything] }))).toEqual(stops);
    expect(told(seen({ serviceControlPolicies: [everything, { Statement }] }))).toEqual([]);
  });

  it('counts where the plan could not look: at a bucket, at the boundary of a role', () => {
    const hidden = withArchive({ inaccessible: 'forbidden' });
    expect(told(seen({}, hidden), hidden)).toEqual(cannotTell);
    expect(told(seen(), hidden)).toEqual(stops);

    const role = base.accounts[SOURCE]?.roles[teamRole];
    if (!role) throw new Error('the team has a role');
    const arn = `arn:aws:iam::${SOURCE}:policy/boundary`;
    const bounded = put(base, SOURCE, 'roles', teamRole, { ...role, permissionsBoundary: arn });
    const everything = { Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] };
    expect(told(seen({}, bounded), bounded)).toEqual(cannotTell);
    for (const roles of [{}, { [teamRole]: null }, { [teamRole]: 'unknown' as const }])
      expect(told(seen({ roles }, bounded), bounded)).toEqual(cannotTell);
    expect(told(seen({}, put(bounded, SOURCE, 'policies', arn, everything)), bounded)).toEqual(stops);
  });
});

describe('a rule of others that a plan breaks', () => {
  const finding = { step: 'replication-rule', code: 'breaks-others', side: 'source' };
  const now = 'it replicates new objects from acme-invoices to team-archive now';

  it('is told with what keeps it working, and the way on', () => {
    expect(broken(base, spec)).toEqual([
      {
        ...finding,
        level: 'problem',
        message: `this plan would stop rule team-rule, which s3repl did not create: ${now}, and would not afterwards: Rule team-rule does not select SSE-KMS objects such as s3repl-probe`,
        fix: expect.stringMatching(
          /^Ask the owner of the rule\. What keeps it working: .*[^.]\. To continue anyway: --accept-breaking team-rule$/,
        ),
      },
    ]);
    expect(broken(base, spec, ['team-rule'])).toMatchObject([
      { ...finding, level: 'warning', fix: 'accepted with --accept-breaking; inform the owner of the rule' },
    ]);
  });

  it('is told without a way to keep it as it was, where it arrives differently', () => {
    const rules = [teamRule(withKms(theirKey))];
    const [one] = broken(theirs({ rules, statements: [...copies, usesAnyKey] }), spec);
    expect(one?.fix).toBe('Ask the owner of the rule. To continue anyway: --accept-breaking team-rule');
  });

  it('may stop where its role has a right in an organization that nobody knows', () => {
    const Condition = { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } };
    const rules = [teamRule(withKms(theirKey))];
    const [one, ...more] = broken(theirs({ rules, statements: [...copies, { ...usesAnyKey, Condition }] }), spec);
    expect(more).toEqual([]);
    expect(one?.message).toMatch(
      /^this plan may stop rule team-rule, which s3repl did not create: it replicates .* now, and s3repl cannot tell whether it would afterwards: .*[^.]$/,
    );
    expect(one?.fix).toBe('Ask the owner of the rule. To continue anyway: --accept-breaking team-rule');
  });
});

describe('the sides with rules of others', () => {
  const sides = (Rules: Parameters<typeof theirs>[0]['rules']) =>
    sidesWithOthers(theirs({ rules: Rules }), spec).map(({ id }) => id);

  it('are those on which one is enabled', () => {
    expect(sides([teamRule({ Status: 'Disabled' }), teamRule()])).toEqual(['source']);
    expect(sides([teamRule({ Status: 'Disabled' })])).toEqual([]);
    expect(sides([teamRule({ ID: 's3repl.invoices-dr.all' })])).toEqual([]);
    expect(sides([])).toEqual([]);
  });

  it('are none where there is no bucket or no configuration', () => {
    expect(sidesWithOthers(nothing, spec)).toEqual([]);
    expect(sidesWithOthers(put(nothing, SOURCE, 'buckets', 'acme-invoices', aBucket()), spec)).toEqual([]);
    expect(sidesWithOthers(put(nothing, SOURCE, 'roles', teamRole, aRole()), spec)).toEqual([]);
  });
});
