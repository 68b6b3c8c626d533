import { describe, expect, it } from 'vitest';
import type { AnySide, Spec } from '../../src/config/spec.ts';
import { sidPrefix } from '../../src/state/names.ts';
import type { LiveBucket, Right, SideKey } from '../../src/state/need.ts';
import { bucketStep } from '../../src/steps/bucket.ts';
import { bucketPolicyStep } from '../../src/steps/bucket-policy.ts';
import { keyPolicyStep } from '../../src/steps/key-policy.ts';
import { kmsKeyStep } from '../../src/steps/kms-key.ts';
import { replicationRuleStep } from '../../src/steps/replication-rule.ts';
import { mayWriteTls } from '../../src/steps/tls-only.ts';
import { aBucket, aDestination, aSource, aSpec, DESTINATION, keyArn, SOURCE } from '../builders.ts';

const [source, destination] = [aSource(), aDestination()];
const inOneAccount = aDestination({ account: SOURCE });

function textOf(rights: readonly Right[] = []): readonly string[] {
  return rights.map((right) => `${right.actions.join(' ')} for ${right.for.join(' ')}`);
}

describe('what writing a bucket policy needs', () => {
  const live = (secured: boolean): LiveBucket => ({ made: true, secured });
  const needs = (side: AnySide, secured: boolean, spec: Spec = aSpec()) =>
    textOf(bucketPolicyStep.needs?.bucket?.(side, spec, live(secured)));
  const all = ['s3:PutBucketPolicy for apply destroy delete-keys', 's3:DeleteBucketPolicy for destroy delete-keys'];

  it('is nothing where no statement of ours comes there: at the source and within its account, without TLS', () => {
    expect(needs(source, false)).toEqual([]);
    expect(needs(inOneAccount, false)).toEqual([]);
    expect(needs(destination, false)).toEqual(all);
  });

  it('is there on each side where TLS is required', () => {
    expect(needs(source, true)).toEqual(all);
    expect(needs(inOneAccount, true)).toEqual(all);
  });

  it('is for apply to delete it as well, where repl.yaml lets plain HTTP in again', () => {
    const emptying = [
      's3:PutBucketPolicy for apply destroy delete-keys',
      's3:DeleteBucketPolicy for apply destroy delete-keys',
    ];
    expect(needs(source, true, aSpec({ tlsOnly: false }))).toEqual(emptying);
    expect(needs(destination, false, aSpec({ tlsOnly: false }))).toEqual(all);
    expect(needs(source, true, aSpec({ tlsOnly: true }))).toEqual(all);
  });
});

describe('TLS may have to be written into or taken out of a bucket policy', () => {
  const statement = { Sid: `${sidPrefix(aSpec())}TlsOnly`, Effect: 'Deny' as const };
  it.each<[string, boolean, Parameters<typeof aBucket>[0], Spec]>([
    ['a bucket of others', false, {}, aSpec()],
    ['a bucket of ours', true, { tags: { s3repl: 'invoices-dr' } }, aSpec()],
    ['a bucket of others that has our statement', true, { policy: { Statement: [statement] } }, aSpec()],
    ['a bucket of others, where repl.yaml asks for it', true, {}, aSpec({ tlsOnly: true })],
    [
      'a bucket of ours, where repl.yaml says no',
      false,
      { tags: { s3repl: 'invoices-dr' } },
      aSpec({ tlsOnly: false }),
    ],
    ['our statement, where repl.yaml says no', true, { policy: { Statement: [statement] } }, aSpec({ tlsOnly: false })],
  ])('%s: %s', (_, expected, bucket, spec) => {
    expect(mayWriteTls(aBucket(bucket), source, spec)).toBe(expected);
  });
});

describe('what writing a bucket needs', () => {
  const settings = 's3:PutBucketVersioning s3:PutEncryptionConfiguration for apply';
  const needs = (made: boolean) => textOf(bucketStep.needs?.bucket?.(source, aSpec(), { made, secured: false }));

  it('is to make it only where it is ours to make', () => {
    expect(needs(false)).toEqual([settings]);
    expect(needs(true)).toEqual([
      's3:CreateBucket s3:TagResource s3:PutBucketTagging s3:PutBucketOwnershipControls s3:PutBucketPublicAccessBlock for apply',
      settings,
    ]);
  });

  it('is to write rules at the source only', () => {
    const rules = (side: AnySide) =>
      textOf(replicationRuleStep.needs?.bucket?.(side, aSpec(), { made: true, secured: false }));
    expect(rules(source)).toEqual(['s3:PutReplicationConfiguration for apply destroy delete-keys']);
    expect(rules(destination)).toEqual([]);
  });
});

describe('what writing a key needs', () => {
  const key = (side: AnySide, change: Partial<SideKey> = {}): SideKey => ({ side, made: true, live: false, ...change });

  it('is nothing for a key that was given', () => {
    expect(kmsKeyStep.needs?.key?.(key(source, { made: false }), aSpec())).toEqual([]);
  });

  it('is to make it, with our tag and in its Region, as long as it is not there; and its alias, by name', () => {
    const made = kmsKeyStep.needs?.key?.(key(destination), aSpec()) ?? [];
    expect(made[0]).toEqual({
      sid: 'MakeKey',
      actions: ['kms:CreateKey', 'kms:TagResource'],
      on: '*',
      for: ['apply'],
      condition: { StringEquals: { 'aws:RequestTag/s3repl': 'invoices-dr', 'aws:RequestedRegion': 'eu-central-1' } },
    });
    const alias = `arn:aws:kms:eu-central-1:${DESTINATION}:alias/s3repl-invoices-dr-replica`;
    expect(made.filter(({ sid }) => sid === 'Alias')).toEqual([
      { sid: 'Alias', on: alias, actions: ['kms:CreateAlias'], for: ['apply'] },
      { sid: 'Alias', on: alias, actions: ['kms:DeleteAlias'], for: ['delete-keys'] },
    ]);
    expect(kmsKeyStep.needs?.key?.(key(destination, { live: true }), aSpec())).toEqual(made.slice(1));
    const atSource = kmsKeyStep.needs?.key?.(key(source), aSpec()) ?? [];
    expect(atSource.find(({ sid }) => sid === 'Alias')?.on).toBe(
      `arn:aws:kms:eu-west-1:${SOURCE}:alias/s3repl-invoices-dr`,
    );
  });

  const policyNeeds = (one: SideKey, spec = aSpec()) => textOf(keyPolicyStep.needs?.key?.(one, spec));
  const app = (account: string) => `arn:aws:iam::${account}:role/App`;

  it('is its policy: for the role in another account, to be taken out again as well', () => {
    expect(policyNeeds(key(destination))).toEqual(['kms:PutKeyPolicy for apply destroy delete-keys']);
    expect(policyNeeds(key(source))).toEqual(['kms:PutKeyPolicy for ']);
  });

  it('is its policy for people: users and administrators of its account, of a key that s3repl makes', () => {
    const people = (change: object) => aSpec({ newKeys: { administrators: [], users: [], ...change } });
    expect(policyNeeds(key(source), people({ users: [app(SOURCE)] }))).toEqual(['kms:PutKeyPolicy for apply']);
    expect(policyNeeds(key(source), people({ administrators: [app(SOURCE)] }))).toEqual(['kms:PutKeyPolicy for apply']);
    expect(policyNeeds(key(source), people({ users: [app(DESTINATION)] }))).toEqual(['kms:PutKeyPolicy for ']);
    expect(policyNeeds(key(source, { made: false }), people({ users: [app(SOURCE)] }))).toEqual([
      'kms:PutKeyPolicy for ',
    ]);
  });

  it('is its policy for the account of a destination that encrypts with it', () => {
    const arn = keyArn();
    const to = (kmsKey: Parameters<typeof aDestination>[0], account = DESTINATION) =>
      aSpec({ destinations: [aDestination({ region: 'eu-west-1', account, ...kmsKey })] });
    const given = key(source, { made: false, arn });
    expect(policyNeeds(given, to({ kmsKey: { kind: 'arn', arn } }))).toEqual(['kms:PutKeyPolicy for apply']);
    expect(policyNeeds(given, to({ kmsKey: { kind: 'source' } }))).toEqual(['kms:PutKeyPolicy for apply']);
    expect(policyNeeds(given, to({ kmsKey: { kind: 'arn', arn: keyArn(SOURCE, 'eu-west-1', 'other') } }))).toEqual([
      'kms:PutKeyPolicy for ',
    ]);
    expect(policyNeeds(given, to({ kmsKey: { kind: 'source' } }, SOURCE))).toEqual(['kms:PutKeyPolicy for ']);
    const atOther = key({ ...destination, account: source.account }, { made: false, arn: keyArn(SOURCE, 'x', 'y') });
    expect(policyNeeds(atOther, to({ kmsKey: { kind: 'source' } }))).toEqual(['kms:PutKeyPolicy for ']);
  });
});
