import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../src/aws/policy.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import type { Call, Change } from '../../src/state/change.ts';
import type { BucketState, KeyState, RoleState, State } from '../../src/state/state.ts';
import { replicationRoleStep } from '../../src/steps/replication-role.ts';
import { replicationRuleStep } from '../../src/steps/replication-rule.ts';
import {
  aBucket,
  aDestination,
  aKey,
  aRole,
  aRule,
  aSource,
  aSpec,
  DESTINATION,
  keyArn,
  nothing,
  SOURCE,
} from '../builders.ts';
import { put } from '../plain-state.ts';
import { pureAws } from './pure-aws.ts';
import { places } from './words/nowhere.ts';

const spec = aSpec();
const roleArn = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`;

function applied(one = spec, start = nothing): State {
  const cloud = pureAws(start);
  cloud.run(planApply(start, one).changes);
  return cloud.state;
}

const setUp = applied();

function first<T>(things: Readonly<Record<string, T | null>> = {}): readonly [string, T] {
  for (const [name, thing] of Object.entries(things)) if (thing !== null) return [name, thing];
  throw new Error('there is none');
}

interface Changed {
  readonly bucket?: (bucket: BucketState) => Partial<BucketState>;
  readonly replica?: (bucket: BucketState) => Partial<BucketState>;
  readonly key?: (key: KeyState) => Partial<KeyState>;
  readonly role?: (role: RoleState) => Partial<RoleState>;
}

/** The setup with something different in it. */
function withChanged({ bucket, replica, key, role }: Changed): State {
  const { [SOURCE]: source, [DESTINATION]: destination } = setUp.accounts;
  const [keyName, oneKey] = first(source?.keys);
  const [, oneRole] = first(source?.roles);
  const [name, one] = first(source?.buckets);
  const [other, another] = first(destination?.buckets);
  if ('inaccessible' in one || 'inaccessible' in another) throw new Error('not set up');
  let state = put(setUp, SOURCE, 'buckets', name, { ...one, ...bucket?.(one) });
  state = put(state, DESTINATION, 'buckets', other, { ...another, ...replica?.(another) });
  state = put(state, SOURCE, 'keys', keyName, { ...oneKey, ...key?.(oneKey) });
  return put(state, SOURCE, 'roles', roleArn, { ...oneRole, ...role?.(oneRole) });
}

const boundary = `arn:aws:iam::${SOURCE}:policy/boundary`;
const worn = withChanged({
  bucket: ({ encryption }) => ({
    versioning: 'Suspended',
    ownership: 'ObjectWriter',
    publicAccessBlock: { BlockPublicAcls: true },
    tags: { s3repl: 'invoices-dr', cost: '42' },
    encryption: { ...encryption, Rules: (encryption?.Rules ?? []).map((one) => ({ ...one, BucketKeyEnabled: false })) },
    beside: { versioning: { '<More>': 'kept' }, ownership: { '<More>': 'kept' } },
  }),
  replica: () => ({ policy: null }),
  key: ({ tags }) => ({ rotation: false, aliases: ['alias/theirs'], tags: { ...tags, s3repl: 'invoices-dr' } }),
  role: ({ trustPolicy }) => ({
    trustPolicy: { ...trustPolicy, Statement: [] },
    permissionsBoundary: 'arn:aws:iam::111111111111:policy/other',
    inlinePolicies: { theirs: { Statement: [] } },
  }),
});

const givenKeys = {
  source: aSource({ kmsKey: { kind: 'arn', arn: keyArn() } }),
  destinations: [
    aDestination({ kmsKey: { kind: 'arn', arn: keyArn(DESTINATION, 'eu-central-1') }, region: 'eu-central-1' }),
  ],
};
const withGivenKeys = put(
  put(nothing, SOURCE, 'keys', keyArn(), aKey(keyArn())),
  DESTINATION,
  'keys',
  keyArn(DESTINATION, 'eu-central-1'),
  aKey(keyArn(DESTINATION, 'eu-central-1')),
);

const renamed = aSpec({ role: { name: 'another', path: '/team/', permissionsBoundary: boundary } });
const sseS3 = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }] };
const withSseS3 = put(nothing, SOURCE, 'buckets', 'acme-invoices', aBucket({ encryption: sseS3 }));
const twoBuckets = aSpec({
  destinations: [
    aDestination(),
    aDestination({ id: 'destinations[1]', bucket: 'acme-audit', rules: [aRule({ id: 'audit', prefix: 'audit/' })] }),
  ],
});
const elsewhere = aSpec({
  destinations: [
    aDestination({
      bucket: 'acme-elsewhere',
      region: 'us-east-1',
      rules: [aRule({ id: 'elsewhere', ownerOverride: false })],
    }),
  ],
});
const alsoElsewhere = put(setUp, DESTINATION, 'buckets', 'acme-beside', aBucket({ region: 'us-east-1' }));
const besideOthers = put(nothing, SOURCE, 'roles', `arn:aws:iam::${SOURCE}:role/beside`, aRole());
const withoutRole = put(withChanged({}), SOURCE, 'roles', roleArn, null);
const besideTheirRule = withChanged({
  bucket: ({ replication }) => ({
    replication: {
      Role: roleArn,
      Rules: [
        ...(replication?.Rules ?? []),
        { ID: 'theirs', Priority: 9, Status: 'Enabled', Destination: { Bucket: 'x' } },
      ],
    },
  }),
});
const withoutPolicy = withChanged({ role: () => ({ inlinePolicies: {} }) });
const borrowed = put(nothing, SOURCE, 'roles', roleArn, aRole());

const ofRole = ({ step }: Change) => step === 'replication-role';

/** Made when they are asked for, as a mutation run wants it. */
const plans: Readonly<Record<string, () => readonly Change[]>> = {
  'from nothing': () => planApply(nothing, spec).changes,
  'of a bucket that somebody else encrypts with SSE-S3': () =>
    planApply(withSseS3, spec).changes.filter(({ target }) => target === 'arn:aws:s3:::acme-invoices'),
  'to two buckets in one account and Region': () =>
    planApply(nothing, twoBuckets).changes.filter(({ side }) => side !== 'source'),
  'of keys that were given': () => planApply(withGivenKeys, aSpec(givenKeys)).changes,
  'of a setup that is worn': () =>
    planApply(
      worn,
      aSpec({ tags: { team: 'billing' }, role: { name: 's3repl-invoices-dr', permissionsBoundary: boundary } }),
    ).changes,
  'to another role': () => planApply(setUp, renamed).changes,
  'to another destination': () => planApply(alsoElsewhere, elsewhere).changes,
  'with the role of somebody else': () => planApply(borrowed, spec).changes.filter(ofRole),
  'to another role from one of somebody else': () => planApply(applied(spec, borrowed), renamed).changes.filter(ofRole),
  'of destroy where a rule of others beside ours has our role': () => planDestroy(besideTheirRule, spec).changes,
  'to another role where a rule of others has ours': () => planApply(besideTheirRule, renamed).changes.filter(ofRole),
  'of a role whose boundary repl.yaml does not name': () =>
    planApply(
      withChanged({ role: () => ({ permissionsBoundary: boundary }) }),
      aSpec({ tags: { team: 'billing' } }),
    ).changes.filter(ofRole),
  'of destroy without the role': () => planDestroy(withoutRole, spec).changes.filter(ofRole),
  'of destroy without the policy of the role': () => planDestroy(withoutPolicy, spec).changes.filter(ofRole),
  'of destroy with its keys': () => planDestroy(setUp, spec, { objects: [], force: false }).changes,
  'of destroy with the role of somebody else': () => planDestroy(applied(spec, borrowed), spec).changes,
};

function textOf({ calls, before, after, ...change }: Change): string {
  const lines = [JSON.stringify(change), `before ${JSON.stringify(before)}`, `after  ${JSON.stringify(after)}`];
  return [...lines, ...calls.map(lineOf)].join('\n  ');
}

function lineOf({ turn, side, service, operation, input, onlyIf }: Call): string {
  const seen = onlyIf === undefined ? '' : `\n    only if ${JSON.stringify(onlyIf)}`;
  return `turn ${turn}, ${side}: ${service} ${operation} ${JSON.stringify(input)}${seen}`;
}

describe('the changes of a plan', () => {
  it.each(places)('write what an earlier repl.yaml has left %s only where a side is', (where, state) => {
    const changes = [
      ...planApply(state, spec).changes,
      ...planDestroy(state, spec, { objects: [], force: false }).changes,
    ];
    const left = changes.filter(
      ({ action, resource }) => action !== 'create' && /acme-former|alias\/s3repl-invoices-dr-replica/.test(resource),
    );
    const written = left.map(({ action, step, resource }) => `${action} ${step}: ${resource}`);
    expect(written).toEqual(
      where === 'where a side is'
        ? [
            'change key-policy: policy of key alias/s3repl-invoices-dr-replica',
            'change bucket-policy: policy of bucket acme-former',
            'change bucket-policy: policy of bucket acme-former',
            'remove kms-key: key alias/s3repl-invoices-dr-replica',
          ]
        : [],
    );
  });

  it('name no former role where the policy would be longer than IAM takes', () => {
    const named = (count: number) => {
      const rules = Array.from({ length: count }, (_, n) => aRule({ id: `r${n}`, prefix: `${'x'.repeat(60)}${n}/` }));
      const long = aSpec({ destinations: [aDestination({ rules })] });
      const other = { ...long, role: { name: 'another' } };
      const [change] = planApply(applied(long), other).changes.filter(({ resource }) => resource === 'role another');
      const texts = (change?.calls ?? []).flatMap(({ operation, input }) =>
        operation === 'PutRolePolicy' && 'PolicyDocument' in input ? [String(input.PolicyDocument)] : [],
      );
      return texts.map((text) => [text.length > 10_240 ? 'too long' : 'fits', text.includes('FormerRoles')]);
    };
    expect(named(2)).toEqual([
      ['fits', true],
      ['fits', false],
    ]);
    const counts = Array.from({ length: 24 }, (_, n) => named(10 + n));
    expect(counts.flat().filter(([length, hasFormer]) => length === 'too long' && hasFormer)).toEqual([]);
    expect(counts.some((calls) => calls.length === 1 && calls[0]?.[0] === 'fits' && calls[0][1] === false)).toBe(true);
  });

  it('name a former role where the policy is exactly as long as IAM takes', () => {
    const early = (pad: number, name = 0): string => {
      const rules = Array.from({ length: 10 }, (_, n) => aRule({ id: `r${n}`, prefix: `${n}${'x'.repeat(60)}/` }));
      const all = [...rules, aRule({ id: 'last', prefix: `y${'x'.repeat(pad)}/` })];
      const long = aSpec({ destinations: [aDestination({ rules: all })], role: { name: `team${'x'.repeat(name)}` } });
      const changes = planApply(applied(long), { ...long, role: { name: 'another' } }).changes;
      const calls = changes.find(({ resource }) => resource === 'role another')?.calls ?? [];
      const [first] = calls.filter(({ operation }) => operation === 'PutRolePolicy');
      return first && 'PolicyDocument' in first.input ? String(first.input.PolicyDocument) : '';
    };
    const step = early(2).length - early(1).length;
    const missing = 10_240 - early(1).length;
    const pad = 1 + Math.floor(missing / step);
    const exact = early(pad, missing % step);
    expect([exact.length, exact.includes('FormerRoles')]).toEqual([10_240, true]);
    expect(early(pad, (missing % step) + 1)).not.toContain('FormerRoles');
  });

  it('leave the default encryption alone that has another key, or DSSE-KMS, without a Bucket Key', () => {
    const given = aSpec(givenKeys);
    const operations = (SSEAlgorithm: 'aws:kms' | 'aws:kms:dsse', KMSMasterKeyID: string) => {
      const byDefault = {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm, KMSMasterKeyID },
        BucketKeyEnabled: false,
      };
      const bucket = aBucket({ encryption: { Rules: [byDefault] } });
      const { changes } = planApply(put(withGivenKeys, SOURCE, 'buckets', 'acme-invoices', bucket), given);
      const ofSource = changes.filter(({ resource }) => resource === 'bucket acme-invoices');
      return ofSource.flatMap(({ calls }) => calls.map(({ operation }) => operation));
    };
    expect(operations('aws:kms', keyArn(SOURCE, 'eu-west-1', 'other'))).toEqual([]);
    expect(operations('aws:kms:dsse', keyArn())).toEqual([]);
    expect(operations('aws:kms', keyArn())).toEqual(['PutBucketEncryption']);
  });

  it('keep policies of the role that say the same in other words, and the role of rules of others', () => {
    const inOtherWords = ({ Statement, ...rest }: PolicyDocument): PolicyDocument => ({
      ...rest,
      Statement: [Statement].flat().map((one) => ({ ...one, Action: [one.Action ?? []].flat() })),
    });
    const [, role] = first(setUp.accounts[SOURCE]?.roles);
    const [name, ours] = first(role.inlinePolicies);
    const respelled = { trustPolicy: inOtherWords(role.trustPolicy), inlinePolicies: { [name]: inOtherWords(ours) } };
    const after = replicationRoleStep.addOurs(withChanged({ role: () => respelled }), spec);
    expect(after.accounts[SOURCE]?.roles[roleArn]?.trustPolicy).toBe(respelled.trustPolicy);
    expect(after.accounts[SOURCE]?.roles[roleArn]?.inlinePolicies[name]).toBe(respelled.inlinePolicies[name]);

    const Rules = [{ ID: 'theirs', Priority: 1, Status: 'Enabled' as const, Destination: { Bucket: 'x' } }];
    const beside = withChanged({ bucket: () => ({ replication: { Role: 'their-role', Rules } }) });
    const { desired } = planApply(beside, spec);
    expect(desired.accounts[SOURCE]?.buckets['acme-invoices']).toMatchObject({ replication: { Role: 'their-role' } });
  });

  it('leave a configuration alone that has no rule of ours', () => {
    const Rules = [{ ID: 'theirs', Priority: 1, Status: 'Enabled' as const, Destination: { Bucket: 'x' } }];
    const state = put(nothing, SOURCE, 'buckets', 'acme-invoices', aBucket({ replication: { Role: 'r', Rules } }));
    expect(replicationRuleStep.removeOurs(state, spec)).toBe(state);
  });

  it('are the same beside a role of somebody else, and one that is gone', () => {
    const gone = put(besideOthers, SOURCE, 'roles', `arn:aws:iam::${SOURCE}:role/gone`, null);
    expect(planApply(gone, spec).changes).toEqual(planApply(nothing, spec).changes);
  });

  it.each(Object.keys(plans))('%s are those of its file in changes/', async (name) => {
    const text = plans[name]?.().map(textOf).join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(`changes/${name.replaceAll(' ', '-')}.txt`);
  });
});
