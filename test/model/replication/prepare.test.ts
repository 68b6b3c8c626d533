import { describe, expect, it } from 'vitest';
import { prepare } from '../../../src/model/replication/prepare.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { healthy, roleArn, snapshotOf, source } from './world.ts';

describe('the role of a replication configuration', () => {
  const { accounts } = snapshotOf(healthy());
  const account = accounts === 'unknown' ? accounts : accounts[source];
  if (account === undefined || account === 'unknown') throw new Error('the world has its accounts');
  const role = { trustPolicy: 'unknown', inlinePolicies: {}, attachedPolicies: {}, permissionsBoundary: null };
  const elsewhere = roleArn.replace('role/', 'role/path/');

  it.each([
    ['is the one of this ARN', { [roleArn]: role, [elsewhere]: role }, role],
    ['does not exist', { [roleArn]: null }, null],
    ['does not exist where one of another path has its name', { [`${roleArn}-x`]: role, [elsewhere]: role }, null],
    ['could not be read', { [roleArn]: 'unknown', [elsewhere]: role }, 'unknown'],
    ['is not mentioned', {}, 'unknown'],
    ['is not mentioned, and the name of another one ends like its own', { [`${roleArn}-x`]: role }, 'unknown'],
    ['is not mentioned, and the other has a longer name', { [roleArn.replace('/', '/my-')]: role }, 'unknown'],
    ['is in an account whose roles could not be read', 'unknown', 'unknown'],
  ])('%s', (_, roles, value) => {
    const snapshot = { ...snapshotOf(healthy()), accounts: { [source]: { ...account, roles } } } as Snapshot;
    expect(prepare(snapshot).role).toMatchObject({ arn: roleArn, account: source, value });
  });

  it('is not known of an account that could not be read', () => {
    for (const read of ['unknown', { [source]: 'unknown' }] as const) {
      const { role, rules } = prepare({ ...snapshotOf(healthy()), accounts: read });
      expect([rules, role.account]).toEqual(['unknown', source]);
    }
  });
});
