import { expect, it } from 'vitest';
import { isOfControls } from '../../../src/model/replication/control-policies.ts';
import { controlText } from '../../../src/model/replication/explain.ts';
import { source } from './world.ts';

it.each([
  [['accounts', source, 'serviceControlPolicies'], true],
  [['accounts', source, 'resourceControlPolicies'], true],
  [['accounts', source, 'serviceControlPolicies', 0], false],
  [['accounts', source, 'roles'], false],
])('the path %j is of control policies: %s', (path, expected) => {
  expect(isOfControls(path)).toBe(expected);
});

it.each([
  [
    { kind: 'unread', of: 'service', account: source },
    `service control policies of account ${source} could not be read`,
  ],
  [
    { kind: 'silent', policy: 'policy 1' },
    'policy 1 does not allow it: if no other policy of its level does, it is denied',
  ],
  [
    { kind: 'denied-by-owner', account: source, action: 's3:PutObject' },
    `a service control policy of account ${source}, which owns the resource, denies s3:PutObject`,
  ],
] as const)('a doubt about control policies is told: %j', (doubt, text) => {
  expect(controlText(doubt)).toBe(text);
});
