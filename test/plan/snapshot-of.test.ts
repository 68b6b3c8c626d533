import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/aws/brand.ts';
import { snapshotOf } from '../../src/plan/snapshot-of.ts';
import type { AccountState } from '../../src/state/state.ts';
import { aBucket, aKey, aRole, aSpec, keyArn, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';

const arn = (name: string) => `arn:aws:iam::${SOURCE}:policy/${name}`;
const document = { Statement: [{ Sid: 'a', Effect: 'Allow' as const }] };

function accountOf(account: Partial<AccountState>) {
  const state = { accounts: { [SOURCE]: { roles: {}, buckets: {}, keys: {}, ...account } } };
  const { accounts } = snapshotOf(state, aSpec(), new Date('2026-11-22T00:00:00Z'));
  return accounts === 'unknown' ? accounts : accounts[SOURCE];
}

describe('an account as the model takes it', () => {
  it('has what it blocks and its organization where somebody looked, and neither where nobody did', () => {
    const publicAccessBlock = { BlockPublicPolicy: true };
    expect(accountOf({ publicAccessBlock, organization: 'unknown' })).toMatchObject({
      publicAccessBlock,
      organization: 'unknown',
    });
    expect(Object.keys(Object(accountOf({})))).toEqual([
      'roles',
      'buckets',
      'keys',
      'serviceControlPolicies',
      'resourceControlPolicies',
    ]);
  });

  it('names the buckets that it does not own, and no others', () => {
    const region = branded<Region>('us-west-2');
    const buckets: AccountState['buckets'] = {
      sold: { inaccessible: 'wrong-region', region, owned: false },
      shut: { inaccessible: 'forbidden', owned: true },
      hidden: { inaccessible: 'forbidden' },
      gone: null,
      there: aBucket(),
    };
    expect(accountOf({ buckets })).toMatchObject({
      notOwned: ['sold'],
      buckets: { sold: 'unknown', shut: 'unknown', hidden: 'unknown', gone: null, there: { versioning: 'Enabled' } },
    });
  });

  it('has a bucket with what was looked at, and without what only s3repl marks', () => {
    const bucket = aBucket({ lifecycle: null, tags: { a: 'b' }, beside: { versioning: { '<More>': 'x' } } });
    const { tags: _tags, beside: _beside, ...rest } = bucket;
    expect(accountOf({ buckets: { acme: bucket } })).toMatchObject({ buckets: { acme: rest } });
    expect(accountOf({ buckets: { acme: bucket } })).toHaveProperty('buckets.acme.notification', 'unknown');
    expect(accountOf({ buckets: { acme: aBucket() } })).toHaveProperty('buckets.acme.lifecycle', 'unknown');
    expect(accountOf({ buckets: { acme: bucket } })).not.toHaveProperty('buckets.acme.tags');
    expect(accountOf({ buckets: { acme: bucket } })).not.toHaveProperty('buckets.acme.beside');
  });

  it('has a role with the documents of its policies and boundary, unknown where nobody read them', () => {
    const role = aRole({
      attachedPolicies: [arn('read'), arn('shut'), arn('unseen')],
      permissionsBoundary: arn('read'),
      tags: { a: 'b' },
    });
    const policies = { [arn('read')]: document, [arn('shut')]: 'unknown' as const };
    expect(accountOf({ roles: { r: { ...role, roleId: 'AROA1' }, gone: null }, policies })).toMatchObject({
      roles: {
        r: {
          trustPolicy: role.trustPolicy,
          inlinePolicies: {},
          attachedPolicies: { [arn('read')]: document, [arn('shut')]: 'unknown', [arn('unseen')]: 'unknown' },
          permissionsBoundary: document,
          tags: { a: 'b' },
          roleId: 'AROA1',
        },
        gone: null,
      },
    });
    expect(accountOf({ roles: { r: { ...role, permissionsBoundary: arn('unseen') } } })).toHaveProperty(
      'roles.r.permissionsBoundary',
      'unknown',
    );
    expect(accountOf({ roles: { r: aRole() } })).toHaveProperty('roles.r.permissionsBoundary', null);
    expect(accountOf({ roles: { r: aRole() } })).not.toHaveProperty('roles.r.roleId');
  });

  it('has a key without its tags', () => {
    const key = aKey(keyArn(), { aliases: ['alias/a'], tags: { a: 'b' } });
    const { tags: _, ...rest } = key;
    expect(accountOf({ keys: { [keyArn()]: key, gone: null } })).toMatchObject({
      keys: { [keyArn()]: rest, gone: null },
    });
    expect(Object.keys(Object(Object(accountOf({ keys: { k: key } })).keys.k))).not.toContain('tags');
  });
});
