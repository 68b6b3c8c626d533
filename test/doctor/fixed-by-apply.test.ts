/** A promise that `s3repl apply` fixes a cause has to hold. */
import { describe, expect, it } from 'vitest';
import type { Spec } from '../../src/config/spec.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { GroupedCause } from '../../src/doctor/diagnosis.ts';
import { aDestination, aSource, aSpec } from '../builders.ts';
import {
  dstKeyArn,
  healthy,
  other,
  policy,
  rule,
  snapshotOf,
  source,
  srcKeyArn,
  type World,
} from '../model/replication/world.ts';
import type { Plain } from '../plain.ts';

type Wanted = Plain<Spec['destinations'][number]>['kmsKey'];

function specWith(kmsKey: Wanted = { kind: 'create' }, bucket = 'dst'): Spec {
  const source = aSource({ bucket: 'src', region: 'us-east-1' });
  return aSpec({ source, destinations: [aDestination({ bucket, region: 'us-west-2', kmsKey })] });
}

const gone = dstKeyArn.replace('2222-4222', '9999-4222');

function causeOf(check: string, spec: Spec, change: (world: World) => void): GroupedCause | undefined {
  const world = healthy();
  change(world);
  const found = diagnose(snapshotOf(world), { spec }).causes.filter((cause) => cause.check === check);
  expect(found).toHaveLength(1);
  return found[0];
}

/** As the configuration `invoices-dr` names its rules. */
const ours = 's3repl.invoices-dr.all';

function naming(key: string, ...ids: readonly string[]) {
  return (world: World) => {
    world.keys = { [gone]: null };
    world.rules = ids.map((ID, index) => {
      const EncryptionConfiguration = { ReplicaKmsKeyID: key };
      const Filter = { Prefix: `${index}/` };
      const Destination = { ...rule().Destination, Bucket: 'arn:aws:s3:::dst', EncryptionConfiguration };
      return rule({ ID, Priority: index, Filter, Destination });
    });
  };
}

describe('a destination bucket that is gone', () => {
  const remove = (world: World) => (world.destination = () => null);

  it('is made again where the configuration names it', () => {
    expect(causeOf('C05', specWith(), remove)).toMatchObject({ fixedByApply: true });
  });

  it('is not where it is one of others', () => {
    expect(causeOf('C05', specWith(undefined, 'another'), remove)).toMatchObject({ fixedByApply: false });
  });

  it('is not where it is not known to be gone', () => {
    const hide = (world: World) => (world.destination = () => 'unknown');
    expect(causeOf('C05', specWith(), hide)).toMatchObject({ level: 'unknown', fixedByApply: false });
  });
});

describe('a key that is gone, and that a rule names', () => {
  it('is told once: nobody can be allowed to use it', () => {
    const world = healthy();
    naming(gone, ours)(world);
    const { causes } = diagnose(snapshotOf(world), { spec: specWith() });
    expect(causes.filter(({ level }) => level === 'fails').map(({ check }) => check)).toEqual(['C18']);
  });

  it('is replaced in our rules', () => {
    expect(causeOf('C18', specWith(), naming(gone, ours))).toMatchObject({ fixedByApply: true });
    const another = { kind: 'arn', arn: dstKeyArn } as const;
    expect(causeOf('C18', specWith(another), naming(gone, ours))).toMatchObject({ fixedByApply: true });
  });

  it('stays in the rules of others', () => {
    expect(causeOf('C18', specWith(), naming(gone, ours, 'theirs'))).toMatchObject({ fixedByApply: false });
  });

  it.each<Wanted>([{ kind: 'arn', arn: gone }, { kind: 'source' }, { kind: 'alias', alias: 'alias/theirs' }])(
    'stays where the configuration wants it, or may want it: %j',
    (kmsKey) => {
      expect(causeOf('C18', specWith(kmsKey), naming(gone, ours))).toMatchObject({ fixedByApply: false });
    },
  );
});

describe('a disabled key that older objects are encrypted with, and no rule names', () => {
  const old = srcKeyArn.replace('1111-4111', '3333-4111');
  const disable = (world: World) => {
    const { metadata } = world.srcKey;
    if (metadata === 'unknown') throw new Error('the key is not known');
    world.sourceKeys = { [old]: { ...world.srcKey, metadata: { ...metadata, Arn: old, KeyState: 'Disabled' } } };
    world.object.kmsKey = old;
  };

  it('has the command that enables it, in its Region', () => {
    const place = { account: source, region: 'us-east-1' };
    const calls = [{ ...place, service: 'KMS', operation: 'EnableKey', input: { KeyId: old } }];
    expect(causeOf('C19', specWith(), disable)).toMatchObject({
      fix: 'Enable it (kms:EnableKey): without it, nobody can read what it encrypted.',
      repair: { by: 'calls', calls },
      fixedByApply: false,
    });
  });

  it('of another account has it, too', () => {
    const theirs = (world: World) => {
      const { metadata } = world.dstKey;
      if (metadata === 'unknown') throw new Error('the key is not known');
      world.dstKey.metadata = { ...metadata, KeyState: 'Disabled' };
    };
    expect(dstKeyArn).toContain(other);
    const place = { account: other, region: 'us-west-2' };
    const calls = [{ ...place, service: 'KMS', operation: 'EnableKey', input: { KeyId: dstKeyArn } }];
    expect(causeOf('C19', specWith(), theirs)).toMatchObject({ repair: { by: 'calls', calls } });
  });
});

describe('the role of the rules', () => {
  const own = (name: string): Spec => ({ ...specWith(), name: 'x', role: { name } });
  const gone = (world: World) => (world.role = () => null);
  const untrusting = (tags: Readonly<Record<string, string>>) => (world: World) => {
    world.trust = policy();
    world.role = (role) => ({ ...role, tags });
  };

  it('is made again where the configuration names it', () => {
    expect(causeOf('C01', own('s3repl-x'), gone)).toMatchObject({ fixedByApply: true });
    expect(causeOf('C01', own('another'), gone)).toMatchObject({ fixedByApply: false });
  });

  it('is trusted to S3 again where s3repl made it: the trust policy of a role of others stays', () => {
    expect(causeOf('C02', own('s3repl-x'), untrusting({ s3repl: 'x' }))).toMatchObject({ fixedByApply: true });
    expect(causeOf('C02', own('s3repl-x'), untrusting({ s3repl: 'y' }))).toMatchObject({ fixedByApply: false });
    expect(causeOf('C02', own('s3repl-x'), untrusting({}))).toMatchObject({ fixedByApply: false });
  });
});
