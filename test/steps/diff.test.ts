import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/aws/json.ts';
import { type PolicyDocument, type Statement, statementsOf } from '../../src/aws/policy.ts';
import type { Spec } from '../../src/config/spec.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import { keyUseTag, ownerTag, sidPrefix } from '../../src/state/names.ts';
import type { BucketState, KeyState, RoleState, State } from '../../src/state/state.ts';
import { type AnyCall, callsIn } from '../any-call.ts';
import { aDestination, aRole, aRule, aSource, aSpec, DESTINATION, keyArn, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';
import { pureAws } from './pure-aws.ts';

const spec = aSpec();
const replica = 'acme-invoices-replica';
const roleArn = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`;

function settledState(one: Spec, start: State = nothing): State {
  const cloud = pureAws(start);
  cloud.run(planApply(start, one).changes);
  return cloud.state;
}

const setUp = settledState(spec);
const sourceKey = Object.keys(setUp.accounts[SOURCE]?.keys ?? {})[0] ?? '';
const replicaKey = Object.keys(setUp.accounts[DESTINATION]?.keys ?? {})[0] ?? '';

function withBucket(
  change: (bucket: BucketState) => Partial<BucketState>,
  account = SOURCE,
  name = 'acme-invoices',
): State {
  const bucket = bucketOf(setUp, account, name);
  if (!bucket) throw new Error(`no bucket ${name}`);
  return put(setUp, account, 'buckets', name, { ...bucket, ...change(bucket) });
}

function withKey(change: (key: KeyState) => Partial<KeyState>, account = SOURCE, arn = sourceKey): State {
  const key = setUp.accounts[account]?.keys[arn];
  if (!key) throw new Error(`no key ${arn}`);
  return put(setUp, account, 'keys', arn, { ...key, ...change(key) });
}

function withRole(change: (role: RoleState) => Partial<RoleState>): State {
  const role = setUp.accounts[SOURCE]?.roles[roleArn];
  if (!role) throw new Error('no role');
  return put(setUp, SOURCE, 'roles', roleArn, { ...role, ...change(role) });
}

function callsTo(observed: State, one: Spec = spec): readonly AnyCall[] {
  return callsIn(planApply(observed, one).changes);
}

/** Service, operation and input of each call. */
function sent(calls: readonly AnyCall[]): readonly (readonly [string, string, JsonObject])[] {
  return calls.map(({ service, operation, input }) => [service, operation, input]);
}

function operations(calls: readonly AnyCall[]): readonly string[] {
  return calls.map(({ operation }) => operation);
}

const theirs: Statement = { Sid: 'Theirs', Effect: 'Deny', Principal: '*', Action: ['s3:*'], Resource: 'x' };

function joined(policy: PolicyDocument | null, ...more: readonly Statement[]): PolicyDocument {
  return { ...policy, Statement: [...statementsOf(policy), ...more] };
}

it('a setup that is whole needs no call', () => {
  expect(callsTo(setUp)).toEqual([]);
});

describe('the calls for one thing that is missing at a bucket', () => {
  const owner = { Bucket: 'acme-invoices', ExpectedBucketOwner: SOURCE };

  it.each(['Suspended', null] as const)('versioning %s: versioning only', (versioning) => {
    expect(sent(callsTo(withBucket(() => ({ versioning }))))).toEqual([
      ['S3', 'PutBucketVersioning', { ...owner, VersioningConfiguration: { Status: 'Enabled' } }],
    ]);
  });

  it('the Bucket Key: the default encryption with the same key, only where it is still what was seen', () => {
    const seen = withBucket(({ encryption }) => ({
      encryption: {
        ...encryption,
        Rules: (encryption?.Rules ?? []).map((rule) => ({ ...rule, BucketKeyEnabled: false })),
      },
    }));
    const calls = callsTo(seen);
    expect(sent(calls)).toEqual([
      [
        'S3',
        'PutBucketEncryption',
        {
          ...owner,
          ServerSideEncryptionConfiguration: {
            Rules: [
              {
                BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
                ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: sourceKey },
                BucketKeyEnabled: true,
              },
            ],
          },
        },
      ],
    ]);
    expect(calls[0]?.onlyIf).toEqual({
      document: 'bucket-encryption',
      of: 'acme-invoices',
      is: bucketOf(seen, SOURCE, 'acme-invoices')?.encryption,
    });
  });

  it('a tag of repl.yaml: ours and everybody’s tags together, since S3 takes the whole set', () => {
    const seen = withBucket(({ tags }) => ({ tags: { ...tags, cost: '42' } }));
    const [call] = callsTo(seen, aSpec({ tags: { team: 'platform' } })).filter(
      ({ operation }) => operation === 'PutBucketTagging',
    );
    expect(call?.input).toMatchObject({ Bucket: 'acme-invoices', ExpectedBucketOwner: SOURCE });
    if (!call) throw new Error('no PutBucketTagging');
    const { TagSet } = call.input.Tagging as { TagSet: readonly { Key: string; Value: string }[] };
    expect(Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))).toEqual({
      [ownerTag]: 'invoices-dr',
      cost: '42',
      team: 'platform',
    });
    expect(call?.onlyIf).toEqual({
      document: 'bucket-tags',
      of: 'acme-invoices',
      is: { [ownerTag]: 'invoices-dr', cost: '42' },
    });
  });

  it('public access that somebody opened, on a bucket that we made', () => {
    const publicAccessBlock = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    };
    expect(sent(callsTo(withBucket(() => ({ publicAccessBlock }))))).toEqual([
      [
        'S3',
        'PutPublicAccessBlock',
        { ...owner, PublicAccessBlockConfiguration: { ...publicAccessBlock, BlockPublicPolicy: true } },
      ],
    ]);
  });

  it('the ownership of objects, on a bucket that we made', () => {
    expect(sent(callsTo(withBucket(() => ({ ownership: 'ObjectWriter' }))))).toEqual([
      [
        'S3',
        'PutBucketOwnershipControls',
        { ...owner, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
      ],
    ]);
  });

  it('nothing of public access, ownership or tags on a bucket that someone else made', () => {
    const seen = withBucket(() => ({ tags: { cost: '42' }, ownership: 'ObjectWriter', publicAccessBlock: null }));
    expect(callsTo(seen, aSpec({ tags: {} }))).toEqual([]);
  });

  it('a whole bucket: created with its tags and ownership in its Region, then closed, versioned, encrypted', () => {
    const seen = put(setUp, DESTINATION, 'buckets', replica, null);
    const calls = callsTo(seen);
    expect(operations(calls)).toEqual([
      'CreateBucket',
      'PutPublicAccessBlock',
      'PutBucketVersioning',
      'PutBucketEncryption',
      'PutBucketPolicy',
    ]);
    expect(calls[0]?.input).toEqual({
      Bucket: replica,
      ObjectOwnership: 'BucketOwnerEnforced',
      CreateBucketConfiguration: {
        LocationConstraint: 'eu-central-1',
        Tags: [{ Key: ownerTag, Value: 'invoices-dr' }],
      },
    });
    expect(calls.map(({ onlyIf }) => onlyIf).filter(Boolean)).toEqual([
      { document: 'bucket-policy', of: replica, is: null },
    ]);
  });
});

describe('the calls for one thing that is missing at a key of ours', () => {
  it.each<[string, Partial<KeyState>, readonly (readonly [string, string, JsonObject])[]]>([
    [
      'the alias: CreateAlias only',
      { aliases: [] },
      [['KMS', 'CreateAlias', { AliasName: 'alias/s3repl-invoices-dr', TargetKeyId: sourceKey }]],
    ],
    [
      'an alias of others does not count',
      { aliases: ['alias/other'] },
      [['KMS', 'CreateAlias', { AliasName: 'alias/s3repl-invoices-dr', TargetKeyId: sourceKey }]],
    ],
    ['rotation: EnableKeyRotation only', { rotation: false }, [['KMS', 'EnableKeyRotation', { KeyId: sourceKey }]]],
  ])('%s', (_, change, expected) => {
    expect(sent(callsTo(withKey(() => change)))).toEqual(expected);
  });

  it('a tag: that one only, since KMS keeps the others', () => {
    const calls = callsTo(
      withKey(({ tags }) => ({ tags: { ...tags, cost: '42' } })),
      aSpec({ tags: { team: 'platform' } }),
    );
    expect(sent(calls.filter(({ input }) => input.KeyId === sourceKey))).toEqual([
      ['KMS', 'TagResource', { KeyId: sourceKey, Tags: [{ TagKey: 'team', TagValue: 'platform' }] }],
    ]);
  });

  it('its statement for the role: the policy with that of others kept, only where it is still what was seen', () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [...statementsOf(setUp.accounts[DESTINATION]?.keys[replicaKey]?.policy ?? null).slice(0, 1), theirs],
    };
    const [call, ...others] = callsTo(withKey(() => ({ policy }), DESTINATION, replicaKey));
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      service: 'KMS',
      operation: 'PutKeyPolicy',
      side: 'destinations[0]',
      input: { KeyId: replicaKey, PolicyName: 'default' },
      onlyIf: { document: 'key-policy', of: replicaKey, is: policy },
    });
    const written = statementsOf(JSON.parse(String(call?.input.Policy)) as PolicyDocument);
    expect(written.slice(0, 2)).toEqual(policy.Statement);
    expect(written.map(({ Sid }) => Sid).slice(2)).toEqual([`${sidPrefix(spec)}ReplicaKey`]);
  });

  it('a whole key: created with both marks, then named and rotated', () => {
    const calls = callsTo(nothing).filter(({ service, side }) => service === 'KMS' && side === 'source');
    expect(operations(calls)).toEqual(['CreateKey', 'CreateAlias', 'EnableKeyRotation']);
    expect(calls[0]?.input).toEqual({
      Description: 'S3 replication invoices-dr: source bucket',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Tags: [
        { TagKey: ownerTag, TagValue: 'invoices-dr' },
        { TagKey: keyUseTag, TagValue: 'source' },
      ],
    });
  });
});

describe('the calls for one thing that is other than it should be at the role of ours', () => {
  const RoleName = 's3repl-invoices-dr';
  const boundary = 'arn:aws:iam::111111111111:policy/boundary';

  it('the trust policy that somebody changed is changed back, and nothing else', () => {
    const trustPolicy: PolicyDocument = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
    };
    const calls = callsTo(withRole(() => ({ trustPolicy })));
    expect(operations(calls)).toEqual(['UpdateAssumeRolePolicy']);
    expect(calls[0]?.input.RoleName).toBe(RoleName);
    expect(JSON.parse(String(calls[0]?.input.PolicyDocument))).toEqual(
      setUp.accounts[SOURCE]?.roles[roleArn]?.trustPolicy,
    );
  });

  it('a permissions boundary that is asked for: that call only', () => {
    const asked = aSpec({ role: { name: RoleName, permissionsBoundary: boundary } });
    expect(sent(callsTo(setUp, asked))).toEqual([
      ['IAM', 'PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: boundary }],
    ]);
    expect(
      callsTo(
        withRole(() => ({ permissionsBoundary: boundary })),
        asked,
      ),
    ).toEqual([]);
  });

  it('a permissions boundary that nobody asked for stays', () => {
    expect(callsTo(withRole(() => ({ permissionsBoundary: boundary })))).toEqual([]);
  });

  it('our inline policy: PutRolePolicy only, others’ policies are not touched', () => {
    const calls = callsTo(withRole(() => ({ inlinePolicies: { theirs: { Statement: theirs } } })));
    expect(operations(calls)).toEqual(['PutRolePolicy']);
    expect(calls[0]?.input).toMatchObject({ RoleName, PolicyName: 's3repl-invoices-dr' });
  });

  it('nothing where IAM gives our documents in another form', () => {
    const seen = withRole(({ trustPolicy, inlinePolicies }) => ({
      trustPolicy: { ...trustPolicy, Statement: statementsOf(trustPolicy)[0] ?? [] },
      inlinePolicies: Object.fromEntries(
        Object.entries(inlinePolicies).map(([name, document]) => [
          name,
          { ...document, Statement: statementsOf(document).toReversed() },
        ]),
      ),
    }));
    expect(callsTo(seen)).toEqual([]);
  });

  it('a tag: that one only, since IAM keeps the others', () => {
    const calls = callsTo(
      withRole(({ tags }) => ({ tags: { ...tags, cost: '42' } })),
      aSpec({ tags: { team: 'platform' } }),
    );
    expect(sent(calls.filter(({ service }) => service === 'IAM'))).toEqual([
      ['IAM', 'TagRole', { RoleName, Tags: [{ Key: 'team', Value: 'platform' }] }],
    ]);
  });

  it('a whole role: created with its path, boundary and mark, then given its policy', () => {
    const asked = aSpec({ role: { name: RoleName, path: '/team/s3/', permissionsBoundary: boundary } });
    const calls = callsTo(nothing, asked).filter(({ service }) => service === 'IAM');
    expect(operations(calls)).toEqual(['CreateRole', 'PutRolePolicy']);
    expect(calls[0]?.input).toMatchObject({
      RoleName,
      Path: '/team/s3/',
      PermissionsBoundary: boundary,
      Tags: [{ Key: ownerTag, Value: 'invoices-dr' }],
    });
    expect(callsTo(nothing).find(({ operation }) => operation === 'CreateRole')?.input).toMatchObject({ Path: '/' });
  });
});

describe('a role that is borrowed', () => {
  const name = 'legacy-replication';
  const arn = `arn:aws:iam::${SOURCE}:role/service-role/${name}`;
  const borrowing = aSpec({ role: { name, permissionsBoundary: 'arn:asked' }, tags: { team: 'platform' } });
  const borrowed = aRole({
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: ['s3.amazonaws.com', 'x'] }, Action: 'sts:*' }],
    },
    inlinePolicies: { theirs: { Statement: theirs } },
    attachedPolicies: ['arn:attached'],
    permissionsBoundary: 'arn:other',
  });
  const seen = put(nothing, SOURCE, 'roles', arn, borrowed);

  it('is given our one inline policy, and is never tagged, re-trusted or bounded', () => {
    const calls = callsTo(seen, borrowing).filter(({ service }) => service === 'IAM');
    expect(operations(calls)).toEqual(['PutRolePolicy']);
    expect(calls[0]?.input).toMatchObject({ RoleName: name, PolicyName: 's3repl-invoices-dr' });
  });

  it('is the one that the rule and the policies name, under its path', () => {
    const calls = callsTo(seen, borrowing);
    for (const operation of ['PutBucketPolicy', 'PutKeyPolicy', 'PutBucketReplication']) {
      const inputs = calls.filter((call) => call.operation === operation).map(({ input }) => JSON.stringify(input));
      expect(inputs.filter((input) => input.includes(arn))).toHaveLength(1);
    }
  });

  it.each(['destroy', 'another role.name'])(
    'is never deleted: %s takes our inline policy out of it, and nothing else',
    (way) => {
      const used = settledState(borrowing, seen);
      const { changes } = way === 'destroy' ? planDestroy(used, borrowing) : planApply(used, spec);
      const calls = callsIn(changes).filter(({ input }) => input.RoleName === name);
      expect(sent(calls)).toEqual([['IAM', 'DeleteRolePolicy', { RoleName: name, PolicyName: 's3repl-invoices-dr' }]]);
    },
  );

  it('is never deleted, also where it has no policy but ours', () => {
    const bare = settledState(
      borrowing,
      put(nothing, SOURCE, 'roles', arn, aRole({ permissionsBoundary: 'arn:asked' })),
    );
    for (const { changes } of [planDestroy(bare, borrowing), planApply(bare, spec)]) {
      const calls = callsIn(changes).filter(({ input }) => input.RoleName === name);
      expect(operations(calls)).toEqual(['DeleteRolePolicy']);
    }
  });
});

describe('a role that was renamed', () => {
  const renamed = aSpec({ role: { name: 'other' } });

  it('is made anew, the rule names the new one, and the former one goes', () => {
    const calls = callsTo(setUp, renamed);
    const iam = calls.filter(({ service }) => service === 'IAM');
    expect(iam.map(({ operation, input }) => `${operation} ${input.RoleName}`)).toEqual(
      expect.arrayContaining([
        'CreateRole other',
        'PutRolePolicy other',
        'DeleteRolePolicy s3repl-invoices-dr',
        'DeleteRole s3repl-invoices-dr',
      ]),
    );
    expect(iam).toHaveLength(5);
    const inline = iam.filter(({ operation }) => operation === 'PutRolePolicy');
    expect(inline.map(({ turn, input }) => [turn, String(input.PolicyDocument).includes('FormerRoles')])).toEqual([
      [1, true],
      [7, false],
    ]);
    const rule = calls.find(({ operation }) => operation === 'PutBucketReplication');
    expect(rule?.input).toMatchObject({ ReplicationConfiguration: { Role: `arn:aws:iam::${SOURCE}:role/other` } });
  });

  it.each<[string, Partial<RoleState>]>([
    ['an inline policy', { inlinePolicies: { theirs: { Statement: theirs } } }],
    ['an attached policy', { attachedPolicies: ['arn:attached'] }],
  ])('stays without our policy where others have given it %s', (_, change) => {
    const seen = withRole((role) => ({
      ...change,
      inlinePolicies: { ...role.inlinePolicies, ...change.inlinePolicies },
    }));
    const calls = callsTo(seen, renamed).filter(({ input }) => input.RoleName === 's3repl-invoices-dr');
    expect(operations(calls)).toEqual(['DeleteRolePolicy']);
  });
});

describe('a destination that was taken out', () => {
  const two = aSpec({
    destinations: [
      aDestination(),
      aDestination({ id: 'destinations[1]', bucket: 'audit', rules: [aRule({ id: 'audit' })] }),
    ],
  });
  const whole = settledState(two);

  it('in an account that stays: its statement goes, with the policy where it was the last', () => {
    const calls = callsTo(whole, spec).filter(({ input }) => input.Bucket === 'audit');
    expect(sent(calls)).toEqual([['S3', 'DeleteBucketPolicy', { Bucket: 'audit', ExpectedBucketOwner: DESTINATION }]]);
    expect(calls[0]?.onlyIf).toMatchObject({ document: 'bucket-policy', of: 'audit' });
  });

  it('leaves the statements of others in its policy', () => {
    const bucket = bucketOf(whole, DESTINATION, 'audit');
    if (!bucket) throw new Error('no bucket audit');
    const seen = put(whole, DESTINATION, 'buckets', 'audit', { ...bucket, policy: joined(bucket.policy, theirs) });
    const [call] = callsTo(seen, spec).filter(({ input }) => input.Bucket === 'audit');
    expect(call?.operation).toBe('PutBucketPolicy');
    expect(statementsOf(JSON.parse(String(call?.input.Policy)) as PolicyDocument)).toEqual([theirs]);
  });

  it('its rule goes, and the others stay as they are', () => {
    const present = bucketOf(whole, SOURCE, 'acme-invoices')?.replication;
    const [call] = callsTo(whole, spec).filter(({ operation }) => operation === 'PutBucketReplication');
    expect(call?.input).toEqual({
      Bucket: 'acme-invoices',
      ExpectedBucketOwner: SOURCE,
      ReplicationConfiguration: {
        Role: roleArn,
        Rules: present?.Rules?.filter(({ ID }) => ID === 's3repl.invoices-dr.all'),
      },
    });
    expect(call?.onlyIf).toEqual({ document: 'replication', of: 'acme-invoices', is: present });
  });
});

describe('what is left when all of ours is gone', () => {
  const theirRule = {
    ID: 'theirs',
    Priority: 9,
    Status: 'Enabled' as const,
    Filter: { Prefix: 'logs/' },
    DeleteMarkerReplication: { Status: 'Disabled' as const },
    Destination: { Bucket: 'arn:aws:s3:::elsewhere' },
  };

  function destroyed(observed: State, operation: RegExp): readonly AnyCall[] {
    return callsIn(planDestroy(observed, spec).changes).filter((call) => operation.test(call.operation));
  }

  it('of the replication configuration, nothing: DeleteBucketReplication', () => {
    expect(sent(destroyed(setUp, /BucketReplication/))).toEqual([
      ['S3', 'DeleteBucketReplication', { Bucket: 'acme-invoices', ExpectedBucketOwner: SOURCE }],
    ]);
  });

  it('of it with a rule of others, that rule as it was, and the role that it needs', () => {
    const seen = withBucket(({ replication }) => ({
      replication: { Role: roleArn, Rules: [theirRule, ...(replication?.Rules ?? [])] },
    }));
    const [call, ...more] = destroyed(seen, /BucketReplication/);
    expect(more).toEqual([]);
    expect(call?.input.ReplicationConfiguration).toEqual({ Role: roleArn, Rules: [theirRule] });
    // planDestroy retires the rule first: whether others need the role is what the configuration says then.
    expect(operations(destroyed(seen, /^DeleteRole$/))).toEqual([]);
  });

  it('of the bucket policy, nothing: DeleteBucketPolicy; with a statement of others, that one', () => {
    const gone = destroyed(setUp, /BucketPolicy/);
    expect(operations(gone)).toEqual(['DeleteBucketPolicy', 'DeleteBucketPolicy']);
    expect(gone.map(({ input }) => input.Bucket).sort()).toEqual(['acme-invoices', replica]);
    const [call] = destroyed(
      withBucket(({ policy }) => ({ policy: joined(policy, theirs) }), DESTINATION, replica),
      /BucketPolicy/,
    ).filter(({ input }) => input.Bucket === replica);
    expect(call?.operation).toBe('PutBucketPolicy');
    expect(statementsOf(JSON.parse(String(call?.input.Policy)) as PolicyDocument)).toEqual([theirs]);
  });

  it('of a key policy, what KMS gave it: a key has always one', () => {
    const [call] = destroyed(setUp, /KeyPolicy/);
    expect(statementsOf(JSON.parse(String(call?.input.Policy)) as PolicyDocument).map(({ Sid }) => Sid)).toEqual([
      'Enable IAM User Permissions',
    ]);
  });
});

describe('a rule that differs', () => {
  it('is replaced in its place, keeps its priority, and those of others stay', () => {
    const present = bucketOf(setUp, SOURCE, 'acme-invoices')?.replication?.Rules ?? [];
    const others = ['a', 'b'].map((ID, index) => ({
      ID,
      Priority: 40 + index,
      Status: 'Enabled' as const,
      Filter: {},
      DeleteMarkerReplication: { Status: 'Disabled' as const },
      Destination: { Bucket: 'arn:aws:s3:::elsewhere' },
    }));
    const [first, second] = others as [(typeof others)[0], (typeof others)[0]];
    const Rules = [first, ...present.map((rule) => ({ ...rule, Priority: 17 })), second];
    const seen = withBucket(() => ({ replication: { Role: roleArn, Rules } }));
    expect(callsTo(seen)).toEqual([]);
    const disabled = aSpec({ destinations: [aDestination({ rules: [aRule({ enabled: false })] })] });
    const calls = callsTo(seen, disabled);
    expect(operations(calls)).toEqual(['PutBucketReplication']);
    const [{ input }] = calls as [AnyCall];
    const { Rules: written } = input.ReplicationConfiguration as {
      Rules: readonly { ID: string; Priority: number; Status: string }[];
    };
    expect(written.map(({ ID, Priority, Status }) => `${ID} ${Priority} ${Status}`)).toEqual([
      'a 40 Enabled',
      's3repl.invoices-dr.all 17 Disabled',
      'b 41 Enabled',
    ]);
    expect([written[0], written[2]]).toEqual(others);
  });
});

describe('each call', () => {
  it('goes to the side whose account has the thing', () => {
    const accounts = { source: SOURCE, 'destinations[0]': DESTINATION } as const;
    for (const { calls, account, side } of planApply(nothing, spec).changes) {
      expect(account).toBe(accounts[side as keyof typeof accounts]);
      for (const call of calls) expect(call.side).toBe(side);
    }
  });

  it('on a key of the source’s account that a destination uses goes to the source', () => {
    const given = keyArn(SOURCE, 'eu-west-1', 'given');
    const sharing = aSpec({
      source: aSource({ kmsKey: { kind: 'arn', arn: given } }),
      destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } })],
    });
    const key = setUp.accounts[SOURCE]?.keys[sourceKey];
    const seen = key
      ? put(nothing, SOURCE, 'keys', given, { ...key, metadata: { ...key.metadata, Arn: given }, tags: {} })
      : nothing;
    const calls = callsTo(seen, sharing).filter(({ service }) => service === 'KMS');
    expect(calls.map(({ operation, side }) => `${operation} ${side}`)).toEqual(['PutKeyPolicy source']);
    expect(String(calls[0]?.input.Policy)).toContain(`arn:aws:iam::${DESTINATION}:root`);
  });
});
