import { expect, it } from 'vitest';
import { withFormerRoles } from '../../src/plan/former.ts';
import { statementsOf } from '../../src/plan/policy.ts';
import { rootPolicy, SOURCE } from '../builders.ts';

it('former roles are remembered by a Deny of what the role never does, all of them, and those before no more', () => {
  const roles = ['a', 'b'].map((name) => `arn:aws:iam::${SOURCE}:role/${name}`);
  const [one] = roles;
  const first = withFormerRoles(rootPolicy(SOURCE), [one ?? '']);
  const former = { Sid: 'FormerRoles', Effect: 'Deny', Action: 'iam:PassRole' };
  expect(statementsOf(first).slice(1)).toEqual([{ ...former, Resource: one }]);
  expect(statementsOf(withFormerRoles(first, roles)).slice(1)).toEqual([{ ...former, Resource: roles }]);
});
