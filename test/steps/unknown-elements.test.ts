import type { ReplicationConfiguration, ServerSideEncryptionConfiguration } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type Plan, planApply, planDestroy } from '../../src/plan/plan.ts';
import { preflight } from '../../src/plan/preflight.ts';
import type { Change } from '../../src/state/change.ts';
import type { BucketState, State } from '../../src/state/state.ts';
import { aDestination, aRule, aSpec, DESTINATION, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';

const spec = aSpec();
const changed = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] });
const Bucket = 'acme-invoices';
const Replica = 'acme-invoices-replica';
/** As apply leaves it, with one rule of somebody else. */
const applied = planApply(nothing, spec).desired;
const role = bucketOf(applied, SOURCE, Bucket)?.replication?.Role;
const theirs = {
  ID: 'theirs',
  Priority: 50,
  Status: 'Enabled' as const,
  Filter: { Prefix: 'logs/' },
  DeleteMarkerReplication: { Status: 'Disabled' as const },
  Destination: { Bucket: 'arn:aws:s3:::elsewhere', Account: DESTINATION },
};

function withBucket(state: State, account: string, name: string, change: Partial<BucketState>): State {
  const bucket = bucketOf(state, account, name);
  if (!bucket) throw new Error(`no bucket ${name}`);
  return put(state, account, 'buckets', name, { ...bucket, ...change });
}

function withRules(more: readonly object[], around: object = {}, ours: object = {}): State {
  const rules = bucketOf(applied, SOURCE, Bucket)?.replication?.Rules ?? [];
  const Rules = [...rules.map((rule) => ({ ...rule, ...ours })), ...more];
  return withBucket(applied, SOURCE, Bucket, {
    replication: { Role: role, Rules, ...around } as ReplicationConfiguration,
  });
}

function calls({ changes }: Plan, operation: string) {
  return changes.flatMap((change: Change) => change.calls).filter((call) => call.operation === operation);
}

const lost = { code: 'unknown-element', level: 'problem' };

describe('a replication configuration with an element that the SDK does not know', () => {
  const strange = withRules([{ ...theirs, Filter: { Prefix: 'logs/', '<Size>': { Least: '5' } } }]);

  it('is left alone by a plan that has no reason to change it', () => {
    expect(planApply(strange, spec)).toMatchObject({ changes: [], problems: [] });
  });

  it('is not changed: the problem names the bucket, the account, the rule and the element', () => {
    const { problems } = planApply(strange, changed);
    expect(problems).toEqual([
      {
        ...lost,
        step: 'replication-rule',
        side: 'source',
        message: expect.stringMatching(
          `bucket ${Bucket} in account ${SOURCE} has elements .*: <Size> in Filter in rule theirs$`,
        ),
        fix: expect.stringMatching(/^update s3repl.*by hand/),
      },
    ]);
  });

  it('keeps nothing else from being changed', () => {
    const suspended = withBucket(strange, DESTINATION, Replica, { versioning: 'Suspended' });
    expect(planApply(suspended, spec).problems).toEqual([]);
    expect(planApply(suspended, spec).changes).toHaveLength(1);
  });

  it.each([
    ['in a rule of others', [{ ...theirs, '<New>': '' }], {}],
    ['around the rules', [], { '<New>': '' }],
    ['around the rules, beside one of others', [theirs], { '<New>': '' }],
  ])('is not taken out by destroy: %s', (_, rules, around) => {
    const { problems } = planDestroy(withRules(rules, around), spec);
    expect(problems.filter(({ code }) => code === 'unknown-element')).toMatchObject([
      { ...lost, fix: expect.stringMatching(/everything of this setup stays/) },
    ]);
  });

  it('the first three of many are named', () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`<New${index}>`, '']));
    const [problem] = planApply(withRules([{ ...theirs, ...many }]), changed).problems;
    expect(problem?.message).toMatch(/<New0> in rule theirs, .*<New2> in rule theirs, and 6 more$/);
  });
});

describe('such an element in a rule of ours', () => {
  const strange = withRules([], {}, { '<New>': 'x' });

  it('is no reason to write', () => {
    expect(planApply(strange, spec).changes).toEqual([]);
  });

  it('goes when the configuration is written, as the plan shows', () => {
    const plan = planApply(strange, changed);
    expect(plan.problems).toEqual([]);
    expect(calls(plan, 'PutBucketReplication')).toHaveLength(1);
    const change = plan.changes.find(({ step }) => step === 'replication-rule');
    expect(JSON.stringify(change?.before)).toContain('<New>');
    expect(JSON.stringify(change?.after)).not.toContain('<New>');
  });

  it('goes from a rule of ours that stays as it is, when another one changes', () => {
    const two = aSpec({ destinations: [aDestination({ rules: [aRule(), aRule({ id: 'more', prefix: 'x/' })] })] });
    const plan = planApply(strange, two);
    expect(plan.problems).toEqual([]);
    expect(calls(plan, 'PutBucketReplication')).toHaveLength(1);
  });

  it('goes with the rule', () => {
    expect(planDestroy(strange, spec).problems).toEqual([]);
    expect(calls(planDestroy(strange, spec), 'DeleteBucketReplication')).toHaveLength(1);
  });

  it('makes nobody say that objects replicate', () => {
    const now = new Date('2026-11-22T00:00:00Z');
    expect(preflight(applied, spec, now).outcome).toBe('replicates');
    expect(preflight(strange, spec, now)).toMatchObject({
      outcome: 'unknown',
      causes: [{ check: 'C04', summary: expect.stringMatching(/^Rule .*all has elements .*: <New>\.$/) }],
    });
  });
});

describe('other documents of a bucket with such an element', () => {
  const sseS3 = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
  const encrypted = (rule: object, around: object = {}) =>
    ({ Rules: [{ ...sseS3, ...rule }], ...around }) as ServerSideEncryptionConfiguration;

  it.each([
    ['in the rule', encrypted({ '<New>': '' })],
    ['in its algorithm', encrypted({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256', '<New>': '' } })],
    ['around the rule', encrypted({}, { '<New>': '' })],
  ])('the default encryption does not change to SSE-KMS: %s', (_, encryption) => {
    const plan = planApply(withBucket(applied, DESTINATION, Replica, { encryption }), spec);
    expect(plan.problems).toMatchObject([
      {
        ...lost,
        message: expect.stringContaining(`default encryption of bucket ${Replica} in account ${DESTINATION}`),
      },
    ]);
  });

  it('the default encryption is left alone where it is as it should be, and what it lets in nobody can say', () => {
    const present = bucketOf(applied, DESTINATION, Replica)?.encryption;
    const encryption = { Rules: present?.Rules?.map((rule) => ({ ...rule, '<New>': '' })) };
    const state = withBucket(applied, DESTINATION, Replica, {
      encryption: encryption as ServerSideEncryptionConfiguration,
    });
    expect(planApply(state, spec)).toMatchObject({ changes: [], problems: [] });
    expect(preflight(state, spec, new Date())).toMatchObject({ outcome: 'unknown', causes: [{ check: 'C27' }] });
  });

  it('other known parts of the default encryption are written back', () => {
    const BlockedEncryptionTypes = { EncryptionType: ['SSE-C' as const] };
    const encryption = encrypted({ BucketKeyEnabled: false, BlockedEncryptionTypes });
    const plan = planApply(withBucket(applied, DESTINATION, Replica, { encryption }), spec);
    expect(calls(plan, 'PutBucketEncryption')).toMatchObject([
      { input: { ServerSideEncryptionConfiguration: { Rules: [{ BucketKeyEnabled: true, BlockedEncryptionTypes }] } } },
    ]);
  });

  it.each<[string, Partial<BucketState>, string]>([
    ['tags', { tags: { s3repl: spec.name, '<Scope>': '' } }, 'tags of'],
    ['Block Public Access', { publicAccessBlock: { BlockPublicAcls: false, ...{ '<More>': 'true' } } }, 'Block Public'],
    ['versioning', { versioning: 'Suspended', beside: { versioning: { '<New>': '' } } }, 'versioning of'],
    ['Object Ownership', { ownership: 'ObjectWriter', beside: { ownership: { '<New>': '' } } }, 'Object Ownership of'],
  ])('%s are not written', (_, change, named) => {
    const tagged = aSpec({ tags: { team: 'platform' } });
    const { problems } = planApply(withBucket(applied, SOURCE, Bucket, change), change.tags ? tagged : spec);
    expect(problems).toMatchObject([{ ...lost, message: expect.stringContaining(named) }]);
  });

  it.each<[string, Partial<BucketState>]>([
    ['tags', { tags: { s3repl: spec.name, '<Scope>': '' } }],
    ['versioning', { beside: { versioning: { '<New>': '' } } }],
    ['Object Ownership', { beside: { ownership: { '<New>': '' } } }],
  ])('%s that need no change are no problem', (_, change) => {
    expect(planApply(withBucket(applied, SOURCE, Bucket, change), spec)).toMatchObject({ changes: [], problems: [] });
  });

  it('Block Public Access that is on already is left alone', () => {
    const publicAccessBlock = { ...bucketOf(applied, SOURCE, Bucket)?.publicAccessBlock, '<More>': 'true' };
    expect(planApply(withBucket(applied, SOURCE, Bucket, { publicAccessBlock }), spec).changes).toEqual([]);
  });
});
