import { describe, expect, it } from 'vitest';
import type { Input, PlannedOperation } from '../../src/state/change.ts';
import { documents, factsOf, writes } from '../../src/steps/steps.ts';
import { aBucket, aKey, aRole, aSpec, DESTINATION, keyArn, nothing, ownKey, SOURCE } from '../builders.ts';
import { put } from '../plain-state.ts';

const Tags = [{ Key: 's3repl', Value: 'invoices-dr' }];
const ours = { tags: { s3repl: 'invoices-dr' } };
const theirs = { tags: { s3repl: 'another' } };
const arn = keyArn();

const inputs = {
  CreateBucket: { Bucket: 'acme', CreateBucketConfiguration: { Tags } },
  CreateRole: { RoleName: 'team', AssumeRolePolicyDocument: '{}', Tags },
  PutRolePolicy: { RoleName: 'team', PolicyName: 'ours', PolicyDocument: '{"a":1}' },
  DeleteRolePolicy: { RoleName: 'team', PolicyName: 'ours' },
  DeleteRole: { RoleName: 'team' },
  CreateAlias: { AliasName: 'alias/a', TargetKeyId: arn },
  DeleteAlias: { AliasName: 'alias/a' },
} satisfies { readonly [O in PlannedOperation]?: Input<O> };

describe('what a call makes', () => {
  it('is a bucket or a role of that name with our tag, whoever else made one', () => {
    const bucket = writes.CreateBucket.makes?.(inputs.CreateBucket);
    const role = writes.CreateRole.makes?.(inputs.CreateRole);
    if (bucket?.at !== 'bucket' || role?.at !== 'role') throw new Error('it makes something else');
    expect([bucket.name, role.name]).toEqual(['acme', 'team']);
    expect([aBucket(ours), aBucket(theirs), aBucket()].map(bucket.is)).toEqual([true, false, false]);
    expect(writes.CreateBucket.makes?.({ Bucket: 'acme' })?.name).toBe('acme');
    expect([aRole(ours), aRole(theirs), aRole()].map(role.is)).toEqual([true, false, false]);
  });

  it('is an alias of this key and no other', () => {
    const alias = writes.CreateAlias.makes?.(inputs.CreateAlias);
    if (alias?.at !== 'alias') throw new Error('it makes something else');
    expect([alias.name, alias.is(arn), alias.is(keyArn(DESTINATION))]).toEqual(['alias/a', true, false]);
  });

  it('is found by AWS under this name: an alias by KMS, the policy of a role by IAM', () => {
    expect(writes.CreateAlias.expects?.(inputs.CreateAlias)).toEqual({ by: 'kms', name: 'alias/a', found: arn });
    expect(writes.PutRolePolicy.expects?.(inputs.PutRolePolicy)).toEqual({ by: 'iam', name: 'team', found: 'ours' });
  });
});

describe('what a call removes', () => {
  it('is gone where the role has lost that policy', () => {
    const removed = writes.DeleteRolePolicy.removes?.(inputs.DeleteRolePolicy);
    if (removed?.at !== 'role') throw new Error('it removes something else');
    const holding = (name: string) => aRole({ inlinePolicies: { [name]: { Statement: [] } } });
    expect([removed.name, removed.is(holding('ours')), removed.is(holding('theirs'))]).toEqual(['team', false, true]);
  });

  it('is not gone as long as the role or the alias is found', () => {
    const role = writes.DeleteRole.removes?.(inputs.DeleteRole);
    const alias = writes.DeleteAlias.removes?.(inputs.DeleteAlias);
    if (role?.at !== 'role' || alias?.at !== 'alias') throw new Error('it removes something else');
    expect([role.name, role.is(aRole()), alias.name, alias.is(arn)]).toEqual(['team', false, 'alias/a', false]);
  });
});

describe('a key that another run has made by now', () => {
  const rivalsOf = (use: string) =>
    writes.CreateKey.rivals?.({
      Tags: [
        { TagKey: 's3repl', TagValue: 'invoices-dr' },
        { TagKey: 's3repl-key', TagValue: use },
      ],
    }) ?? [];

  it.each([
    ['source', 'alias/s3repl-invoices-dr'],
    ['replica', 'alias/s3repl-invoices-dr-replica'],
  ])('of the use %s is whatever has the alias %s, and our key of this use', (use, alias) => {
    const [byAlias, own, ...more] = rivalsOf(use);
    if (byAlias?.at !== 'alias' || own?.at !== 'own-keys') throw new Error('rivals are looked for elsewhere');
    expect([byAlias.name, byAlias.is(arn), own.name, more]).toEqual([alias, true, 'invoices-dr', []]);
    const [source, replica] = [ownKey(arn, 'source', aSpec()), ownKey(arn, 'replica', aSpec())];
    expect([own.is([]), own.is([source]), own.is([replica]), own.is([source, replica])]).toEqual([
      false,
      use === 'source',
      use === 'replica',
      true,
    ]);
  });

  it('has no alias of ours where the use is none of ours', () => {
    expect(rivalsOf('another').map(({ at }) => at)).toEqual(['own-keys']);
  });

  it('that took the alias first leaves ours over: where it is, and how to delete it', () => {
    expect(writes.CreateAlias.explainTooLate?.(inputs.CreateAlias, { account: SOURCE, region: 'eu-west-1' })).toEqual({
      code: 'key-left-over',
      message: `another run created a key and gave it the alias alias/a: the key ${arn} is left over, and nothing uses it`,
      fix: `to delete it, run in account ${SOURCE}:`,
      paste: `aws kms schedule-key-deletion --key-id ${arn} --pending-window-in-days 30 --region eu-west-1`,
    });
  });
});

describe('the document that a call leaves', () => {
  const policy = { Statement: [{ Sid: 'a' }] };
  const Policy = JSON.stringify(policy);
  const TagSet = [
    { Key: 'a', Value: 'b' },
    { Key: 'c', Value: undefined },
  ];

  it('is what it writes, and none where it deletes', () => {
    const Bucket = 'acme';
    const encryption = { Rules: [] };
    const replication = { Role: 'r', Rules: [] };
    expect(writes.PutBucketPolicy.leaves?.({ Bucket, Policy })).toEqual(policy);
    expect(writes.PutKeyPolicy.leaves?.({ KeyId: arn, Policy })).toEqual(policy);
    expect(writes.PutBucketTagging.leaves?.({ Bucket, Tagging: { TagSet } })).toEqual({ a: 'b', c: '' });
    expect(writes.PutBucketTagging.leaves?.({ Bucket, Tagging: { TagSet: undefined } })).toEqual({});
    expect(writes.PutBucketEncryption.leaves?.({ Bucket, ServerSideEncryptionConfiguration: encryption })).toBe(
      encryption,
    );
    expect(writes.PutBucketReplication.leaves?.({ Bucket, ReplicationConfiguration: replication })).toBe(replication);
    expect(writes.DeleteBucketPolicy.leaves?.({ Bucket })).toBeNull();
    expect(writes.DeleteBucketReplication.leaves?.({ Bucket })).toBeNull();
  });

  it('is measured where it is a policy: in these characters, and this text', () => {
    const measured = (['PutBucketPolicy', 'PutKeyPolicy'] as const).map((name) => writes[name].policy);
    expect(measured.map((one) => one?.most)).toEqual([20_480, 32_768]);
    expect(writes.PutBucketPolicy.policy?.text({ Bucket: 'acme', Policy })).toBe(Policy);
    expect(writes.PutKeyPolicy.policy?.text({ KeyId: arn, Policy })).toBe(Policy);
    expect(writes.PutRolePolicy.policy?.most).toBe(10_240);
    expect(writes.PutRolePolicy.policy?.text(inputs.PutRolePolicy)).toBe('{"a":1}');
  });
});

describe('a document that others write too', () => {
  const bucket = aBucket({
    policy: { Statement: [] },
    encryption: { Rules: [] },
    tags: { a: 'b' },
    replication: { Role: 'r', Rules: [] },
  });

  it('is found in a state by its bucket or key, and nowhere else', () => {
    const state = put(put(nothing, SOURCE, 'buckets', 'acme', bucket), SOURCE, 'keys', arn, aKey(arn));
    for (const [name, member] of [
      ['bucket-policy', 'policy'],
      ['bucket-encryption', 'encryption'],
      ['bucket-tags', 'tags'],
      ['replication', 'replication'],
    ] as const) {
      expect(documents[name].lookUp(state, 'acme')).toBe(bucket[member]);
      expect(documents[name].lookUp(state, 'other')).toBeUndefined();
    }
    expect(documents['key-policy'].lookUp(state, arn)).toEqual(aKey(arn).policy);
    expect(documents['key-policy'].lookUp(state, keyArn(SOURCE, 'eu-west-1', 'other'))).toBeUndefined();
    expect(documents['key-policy'].lookUp(state, keyArn(DESTINATION))).toBeUndefined();
  });
});

it('no step has facts of an operation that none sends', () => {
  expect(factsOf('PutObject')).toBeUndefined();
  expect(factsOf('PutBucketPolicy')).toBe(writes.PutBucketPolicy);
});
