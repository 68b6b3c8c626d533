import { describe, expect, it } from 'vitest';
import { type KeyDeletion, planDestroy } from '../../src/plan/plan.ts';
import type { KeyState, State } from '../../src/state/state.ts';
import { aBucket, aKey, aSpec, keyArn, ownKey, rootPolicy, SOURCE } from '../builders.ts';

const spec = aSpec();
const arn = keyArn();
const own = ownKey(arn, 'source', spec);

function withKey(key: KeyState, encryptedWith?: string): State {
  const encryption = encryptedWith
    ? {
        Rules: [
          { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: encryptedWith } },
        ],
      }
    : null;
  const bucket = aBucket({ encryption });
  return { accounts: { [SOURCE]: { roles: {}, buckets: { 'acme-invoices': bucket }, keys: { [arn]: key } } } };
}

function planned(key: KeyState, keys: Partial<KeyDeletion> = {}, encryptedWith?: string) {
  const plan = planDestroy(withKey(key, encryptedWith), spec, { objects: [], force: false, ...keys });
  return {
    calls: plan.changes.flatMap(({ calls }) => calls.map(({ operation, input }) => [operation, input] as const)),
    problems: plan.problems.map(({ code }) => code),
    warnings: plan.warnings.map(({ code }) => code),
  };
}

describe('--delete-keys', () => {
  it('schedules our key for the longest time, then deletes our alias; aliases of others stay', () => {
    const { calls, problems } = planned({ ...own, aliases: [...own.aliases, 'alias/theirs'] });
    expect(problems).toEqual([]);
    expect(calls).toEqual([
      ['ScheduleKeyDeletion', { KeyId: arn, PendingWindowInDays: 30 }],
      ['DeleteAlias', { AliasName: 'alias/s3repl-invoices-dr' }],
    ]);
  });

  it('never touches a key without our tag, whatever its alias', () => {
    expect(planned(aKey(arn, { aliases: own.aliases })).calls).toEqual([]);
    expect(planned(aKey(arn, { tags: { s3repl: 'another' } })).calls).toEqual([]);
  });

  it('goes on with the alias of a key that is scheduled already, and asks nothing of it', () => {
    const scheduled = { ...own, metadata: { ...own.metadata, KeyState: 'PendingDeletion' } };
    const { calls, problems } = planned(scheduled, {}, arn);
    expect(calls.map(([operation]) => operation)).toEqual(['DeleteAlias']);
    expect(problems).toEqual([]);
    expect(planned({ ...scheduled, aliases: [] }).calls).toEqual([]);
  });

  it.each([
    ['ARN', arn],
    ['id', '11111111-2222-3333-4444-555555555555'],
    ['alias', 'alias/s3repl-invoices-dr'],
  ])('is refused where a default encryption names the key by %s; forced, that is a warning', (_, name) => {
    expect(planned(own, {}, name)).toMatchObject({ problems: ['key-in-use'], warnings: [] });
    expect(planned(own, { force: true }, name)).toMatchObject({ problems: [], warnings: ['key-in-use'] });
  });

  it('is refused where a sampled object uses the key', () => {
    const object = { bucket: 'acme-invoices', key: 'a', kmsKey: arn };
    expect(planned(own, { objects: [object] }).problems).toEqual(['key-in-use']);
    expect(planned(own, { objects: [{ ...object, kmsKey: keyArn(SOURCE, 'eu-west-1', 'other') }] }).problems).toEqual(
      [],
    );
  });

  it('is refused where another setup uses the key, also when forced', () => {
    const statement = {
      Sid: 'S3repl0123456789abReplicaKey',
      Effect: 'Allow' as const,
      Principal: { AWS: 'arn:aws:iam::444444444444:role/theirs' },
      Action: 'kms:Encrypt',
      Resource: '*',
    };
    const { Statement } = rootPolicy(SOURCE);
    const shared = { ...own, policy: { Version: '2012-10-17', Statement: [...[Statement].flat(), statement] } };
    expect(planned(shared, { force: true }).problems).toEqual(['key-of-other-set-up']);
  });
});
