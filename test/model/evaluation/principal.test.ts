import { expect, it } from 'vitest';
import {
  matchNotPrincipal,
  matchPrincipal,
  type PrincipalName,
  principalNames,
} from '../../../src/model/evaluation/principal.ts';
import { assumeRoleRequest, requestOf } from '../../../src/model/evaluation/request.ts';
import type { Truth } from '../../../src/model/evaluation/truth.ts';
import { aQuestion, HERE, role, roleId, session, THERE } from './builders.ts';

const asker = (hasBoundary: Truth) => requestOf(aQuestion(), hasBoundary).asker;
const user = `arn:aws:iam::${HERE}:user/anna`;
const askers = {
  role: asker(false),
  bounded: asker(true),
  user: requestOf(aQuestion({ caller: { roleArn: user, account: HERE } }), false).asker,
  s3: assumeRoleRequest('s3.amazonaws.com', {}).asker,
};

/** `AWS arn:…` for each name. */
const namesOf = (text: string) => text.split(', ').map((one) => one.split(' ') as unknown as PrincipalName);
const aws = (...names: readonly string[]) => names.map((name) => `AWS ${name}`).join(', ');

it.each([
  ['*', [['AWS', '*']]],
  [{ AWS: role }, [['AWS', role]]],
  [
    { AWS: [HERE, THERE], Service: 's3.amazonaws.com' },
    [
      ['AWS', HERE],
      ['AWS', THERE],
      ['Service', 's3.amazonaws.com'],
    ],
  ],
  [
    { Federated: 'a', CanonicalUser: 'b' },
    [
      ['Federated', 'a'],
      ['CanonicalUser', 'b'],
    ],
  ],
  [{ AWS: role, Somebody: role }, undefined],
  [{ AWS: role, Service: [] }, undefined],
  [{ AWS: [role, 7] }, undefined],
  [{}, undefined],
  [['*'], undefined],
  [role, undefined],
  [null, undefined],
  [undefined, undefined],
])('a principal %j names %j, all of them or none', (principal, names) => {
  expect(principalNames(principal)).toEqual(names);
});

it.each<[asker: keyof typeof askers, names: string, matches: Truth, reach: string]>([
  ['role', aws('*'), true, 'caller'],
  ['role', aws(session), true, 'caller'],
  ['role', aws(`${roleId}:s3-replication`), true, 'caller'],
  ['role', aws(role), true, 'role'],
  ['role', aws(roleId), true, 'role'],
  ['role', aws(HERE), true, 'account'],
  ['role', aws(`arn:aws:iam::${HERE}:root`), true, 'account'],
  // The most direct of them counts, and a sure one before one that may be.
  ['role', aws(HERE, role, session), true, 'caller'],
  ['role', aws(THERE, HERE, role), true, 'role'],
  ['role', `CanonicalUser a, ${aws(HERE)}`, true, 'account'],
  ['role', 'CanonicalUser a', 'unknown', 'account'],
  ['role', `CanonicalUser a, ${aws(THERE)}`, 'unknown', 'account'],
  ['role', aws(THERE), false, 'account'],
  // A name of another kind is nobody's, whatever it says.
  ['role', `Federated ${session}`, false, 'account'],
  ['role', `Service ${role}`, false, 'account'],
  ['role', `Federated ${HERE}`, false, 'account'],
  ['role', 'Service *', false, 'account'],
  ['user', aws(user), true, 'role'],
  ['user', aws(HERE), true, 'account'],
  ['s3', aws('*'), true, 'caller'],
  ['s3', 'Service s3.amazonaws.com', true, 'caller'],
  ['s3', 'Service ec2.amazonaws.com', false, 'account'],
  ['s3', aws('s3.amazonaws.com'), false, 'account'],
  ['s3', 'CanonicalUser a', false, 'account'],
])('to a %s, the Principal %s is %s, as %s', (who, names, matches, reach) => {
  expect(matchPrincipal(namesOf(names), askers[who])).toEqual({ matches, reach });
});

it.each<[asker: keyof typeof askers, effect: 'Allow' | 'Deny', names: string, matches: Truth]>([
  ['role', 'Deny', aws(THERE), true],
  ['role', 'Deny', aws('*'), false],
  ['role', 'Deny', aws(THERE, '*'), false],
  ['role', 'Deny', aws(session, role, HERE), false],
  ['role', 'Deny', aws(session, roleId, HERE), false],
  ['role', 'Deny', aws(role, HERE), 'unknown'],
  ['role', 'Deny', aws(session, HERE), 'unknown'],
  ['role', 'Deny', aws(session, role), 'unknown'],
  ['role', 'Deny', `Service ${session}, Federated ${role}`, true],
  ['role', 'Deny', `${aws(THERE)}, CanonicalUser a`, 'unknown'],
  ['role', 'Deny', `${aws(session, role, HERE)}, CanonicalUser a`, 'unknown'],
  ['role', 'Allow', aws(session, role, HERE), false],
  ['bounded', 'Allow', aws(session, role, HERE), false],
  ['bounded', 'Deny', aws(session, role, HERE), true],
  ['user', 'Deny', aws(user, HERE), false],
  ['user', 'Deny', aws(user), 'unknown'],
  ['s3', 'Deny', 'Service ec2.amazonaws.com', true],
  ['s3', 'Deny', 'Service ec2.amazonaws.com, Service s3.amazonaws.com', false],
  ['s3', 'Deny', aws('*'), false],
  ['s3', 'Deny', aws(HERE), true],
])('to a %s, a %s for all but %s is %s', (who, effect, names, matches) => {
  expect(matchNotPrincipal(namesOf(names), askers[who], effect)).toEqual({ matches, reach: 'caller' });
});
