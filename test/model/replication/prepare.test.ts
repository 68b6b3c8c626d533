import type { ReplicationConfiguration } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import {
  hostSuffixes,
  listEnabledRules,
  prepare,
  replicaKeySide,
  rulesIn,
} from '../../../src/model/replication/prepare.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { healthy, inOneAccount, policy, roleArn, rule, snapshotOf, source, type World } from './world.ts';

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

describe('what is prepared', () => {
  const preparedWith = (change: (world: World) => void = () => undefined) => {
    const world = healthy();
    change(world);
    return prepare(snapshotOf(world));
  };
  const document = policy({ Effect: 'Allow', Action: '*', Resource: '*' });

  it('has the boundary of the role, and where it stands', () => {
    const { boundary, places } = preparedWith((world) => {
      world.role = (role) => ({ ...role, permissionsBoundary: document });
    });
    const name = `permissions boundary of role ${roleArn}`;
    expect(boundary).toEqual({ name, document });
    const path = ['accounts', source, 'roles', roleArn, 'permissionsBoundary'];
    expect(places.get(name)).toEqual({ arn: roleArn, path, document });
  });

  it('has the policies of the role, those that could not be read among them', () => {
    const { identity } = preparedWith((world) => {
      const attachedPolicies = {
        'arn:aws:iam::aws:policy/Read': document,
        'arn:aws:iam::aws:policy/Hidden': 'unknown' as const,
      };
      world.role = (role) => ({ ...role, inlinePolicies: 'unknown', attachedPolicies });
    });
    expect(identity).toEqual([
      'unknown',
      { name: `policy arn:aws:iam::aws:policy/Read of role ${roleArn}`, document },
      'unknown',
    ]);
  });

  it.each([
    ['aws', ['amazonaws.com']],
    ['aws-us-gov', ['amazonaws.com']],
    ['aws-cn', ['amazonaws.com.cn', 'amazonaws.com']],
  ])('in partition %s has the host names of S3 %j', (partition, suffixes) => {
    const all = preparedWith((world) => Object.assign(world, { partition }));
    expect([hostSuffixes(all.snapshot), all.hostSuffix]).toEqual([suffixes, suffixes[0]]);
  });

  it('has no rules that anybody knows where they are no list', () => {
    const world = healthy();
    const bucket = { ...world.src, replication: JSON.parse('{"Role":"r","Rules":"none"}') as ReplicationConfiguration };
    expect(rulesIn(bucket, [])).toBe('unknown');
    expect(rulesIn({ ...world.src, replication: null }, [])).toBe(null);
  });

  it.each([
    ['could not be read', 'unknown', ['unknown'], 'unknown'],
    ['does not exist', null, [], null],
  ] as const)('has no policies of a role that %s', (_, value, identity, boundary) => {
    const all = preparedWith((world) => {
      world.role = () => value;
    });
    expect([all.identity, all.boundary]).toEqual([identity, boundary]);
  });

  it('has no boundary that could not be read', () => {
    const { boundary, places } = preparedWith((world) => {
      world.role = (role) => ({ ...role, permissionsBoundary: 'unknown' });
    });
    expect(boundary).toBe('unknown');
    expect([...places.keys()].filter((name) => name.startsWith('permissions boundary'))).toEqual([]);
  });

  it('has the key of a rule by its alias, in the Region of the destination', () => {
    const all = preparedWith((world) => {
      inOneAccount(world);
      world.rules = [
        rule({
          Destination: { Bucket: 'arn:aws:s3:::dst', EncryptionConfiguration: { ReplicaKmsKeyID: 'alias/dst' } },
        }),
      ];
    });
    const keys = listEnabledRules(all).map((one) => replicaKeySide(all, one));
    expect(keys).toMatchObject([
      { account: source, region: 'us-west-2', byAlias: true, value: { aliases: ['alias/dst'] } },
    ]);
  });
});
