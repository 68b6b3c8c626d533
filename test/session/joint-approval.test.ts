import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { isCovered, JointApproval } from '../../src/session/joint-approval.ts';
import type { Change } from '../../src/state/change.ts';
import { DESTINATION, nothing } from '../builders.ts';

function aChange(target: string, after: unknown = 'ours'): Change {
  return {
    step: 'bucket-policy',
    phase: 4,
    side: 'destinations[0]',
    account: DESTINATION,
    region: 'eu-central-1',
    action: 'change',
    resource: target,
    before: null,
    after,
    calls: [],
    target,
  };
}

const aPlan = (...changes: readonly Change[]): Plan => ({ changes, problems: [], warnings: [], desired: nothing });

describe('what was approved covers', () => {
  it('the same changes, and fewer', () => {
    const approved = aPlan(aChange('a'), aChange('b'));
    expect(isCovered(approved, approved, [])).toBe(true);
    expect(isCovered(aPlan(aChange('b')), approved, [])).toBe(true);
  });

  it('another text of a document that one before it has written by then', () => {
    const later = aPlan(aChange('shared', 'ours and theirs'));
    expect(isCovered(later, aPlan(aChange('shared')), [aPlan(aChange('shared'))])).toBe(true);
  });

  it('no other text of a document that nobody before it writes', () => {
    expect(isCovered(aPlan(aChange('a', 'other')), aPlan(aChange('a')), [aPlan(aChange('b'))])).toBe(false);
  });

  it('no document that was not shown, whoever writes it too', () => {
    expect(isCovered(aPlan(aChange('b')), aPlan(aChange('a')), [aPlan(aChange('b'))])).toBe(false);
  });
});

it.each([
  [{ name: 'apply', writes: 'confirmed' } as const, 'Apply these 2 changes, to 2 configurations?'],
  [
    { name: 'backfill', writes: 'confirmed', jointly: 'Start these jobs' } as const,
    'Start these jobs, of 2 configurations?',
  ],
])('one question is about all of them: %o', async (job, question) => {
  const approval = new JointApproval();
  for (const name of ['a.yaml', 'b.yaml']) approval.look(name).isApproved?.(nothing, aPlan(aChange(name)));
  const asked: string[] = [];
  const answering = (answer: boolean) => ({
    confirm: async (message: string) => {
      asked.push(message);
      return answer;
    },
    input: async () => '',
  });
  const { signal } = new AbortController();
  await approval.ask(job, answering(true), signal);
  await expect(approval.ask(job, answering(false), signal)).rejects.toMatchObject({ code: 'declined' });
  expect(asked).toEqual([question, question]);
});

it('what is not covered is stale: nothing is done that nobody has seen', () => {
  const approval = new JointApproval();
  expect(approval.look('a.yaml').isApproved?.(nothing, aPlan(aChange('a')))).toBe(false);
  const { isApproved } = approval.approvalFor('a.yaml', []);
  expect(isApproved?.(nothing, aPlan(aChange('a')))).toBe(true);
  const changed = { accounts: { [DESTINATION]: { buckets: {}, keys: {}, roles: {}, policies: {} } } };
  expect(() => isApproved?.(changed, aPlan(aChange('b')))).toThrow(/changed in the accounts/);
  expect(() => approval.approvalFor('never-seen.yaml', []).isApproved?.(nothing, aPlan())).toThrow(
    /changed in the accounts/,
  );
});
