/** What fixes a cause: commands of s3repl, calls of AWS, or a person, who hears why. */
import { describe, expect, it } from 'vitest';
import type { PolicyDocument, Statement } from '../../src/aws/policy.ts';
import type { Spec } from '../../src/config/spec.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { GroupedCause } from '../../src/doctor/diagnosis.ts';
import type { RepairCall } from '../../src/doctor/repair.ts';
import { sidPrefix } from '../../src/state/names.ts';
import { aDestination, aSource, aSpec } from '../builders.ts';
import {
  dstKeyArn,
  healthy,
  other,
  policy,
  roleArn,
  rootStatement,
  rule,
  snapshotOf,
  source,
  type World,
} from '../model/replication/world.ts';

const spec: Spec = aSpec({
  name: 'x',
  role: { name: 's3repl-x' },
  source: aSource({ bucket: 'src', region: 'us-east-1' }),
  destinations: [aDestination({ bucket: 'dst', region: 'us-west-2' })],
});

function causesOf(change: (world: World) => void, given?: Spec): readonly GroupedCause[] {
  const world = healthy();
  change(world);
  return diagnose(snapshotOf(world), given ? { spec: given } : {}).causes;
}

const ours = (world: World) => {
  world.rules = world.rules.map((one) => ({ ...one, ID: 's3repl.x.all' }));
};
const both =
  (...changes: readonly ((world: World) => void)[]) =>
  (world: World) => {
    for (const change of changes) change(world);
  };
const noBucketPolicy = (world: World) => (world.dst.policy = null);

function callsOf(causes: readonly GroupedCause[]): readonly RepairCall[] {
  return causes.flatMap(({ repair }) => (repair.by === 'calls' ? repair.calls : []));
}

function statementsIn(call: RepairCall | undefined, member = 'Policy'): readonly Statement[] {
  const text = new Map(Object.entries(call?.input ?? {})).get(member);
  return (JSON.parse(String(text)) as { readonly Statement: readonly Statement[] }).Statement;
}

const whyOf = ([cause]: readonly GroupedCause[]) => (cause?.repair.by === 'person' ? cause.repair.why : undefined);

describe('a statement that is missing', () => {
  it('has the Sid of apply where s3repl made the rules, so that destroy removes it', () => {
    const [call] = callsOf(causesOf(both(ours, noBucketPolicy)));
    expect(call).toMatchObject({
      ...{ account: other, region: 'us-west-2', service: 'S3', operation: 'PutBucketPolicy' },
      input: { Bucket: 'dst', ExpectedBucketOwner: other },
      onlyIf: { read: { operation: 'GetBucketPolicy' }, is: null, absent: 'NoSuchBucketPolicy' },
    });
    expect(statementsIn(call)).toMatchObject([{ Sid: `${sidPrefix(spec)}ReplicaWrites`, Principal: { AWS: roleArn } }]);
  });

  it('has a neutral one where somebody else made them', () => {
    expect(statementsIn(callsOf(causesOf(noBucketPolicy))[0])).toMatchObject([
      { Sid: 'ReplicationDestinationObjects' },
    ]);
  });

  it('has a neutral one, with a number, beside one of that name', () => {
    const theirs: Statement = {
      Sid: 'ReplicationDestinationObjects',
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'x',
    };
    const [call] = callsOf(causesOf((world) => (world.dst.policy = policy(theirs))));
    expect(statementsIn(call)).toMatchObject([theirs, { Sid: 'ReplicationDestinationObjects2' }]);
  });

  it('takes the place of a broken one with the Sid of apply, and leaves those of others', () => {
    const theirs: Statement = {
      Sid: 'Theirs',
      Effect: 'Allow',
      Principal: { AWS: source },
      Action: 's3:GetObject',
      Resource: 'x',
    };
    const broken: Statement = { ...theirs, Sid: `${sidPrefix(spec)}ReplicaKey`, Action: 'kms:Encrypt', Resource: '*' };
    const document = policy(rootStatement(other), broken, theirs);
    const [call] = callsOf(causesOf(both(ours, (world) => (world.dstKey.policy = document))));
    expect(call).toMatchObject({ operation: 'PutKeyPolicy', input: { KeyId: dstKeyArn }, onlyIf: { is: document } });
    expect(statementsIn(call).map(({ Sid, Principal }) => [Sid, Principal])).toEqual([
      ['Root', rootStatement(other).Principal],
      [broken.Sid, { AWS: roleArn }],
      ['Theirs', theirs.Principal],
    ]);
  });

  it('is written with all others of its policy, in one call that their causes share', () => {
    const causes = causesOf(both(ours, (world) => (world.rolePolicy = policy()))).filter(
      ({ level }) => level === 'fails',
    );
    expect(causes.length).toBeGreaterThan(2);
    const calls = new Set(callsOf(causes));
    expect(calls.size).toBe(1);
    const [call] = calls;
    expect(call).toMatchObject({ operation: 'PutRolePolicy', input: { PolicyName: 's3repl-x' } });
    expect(statementsIn(call, 'PolicyDocument').map(({ Sid }) => Sid)).toEqual(
      expect.arrayContaining(['SourceBucket', 'SourceObjects', 'SourceKey', 'DestinationObjects', 'DestinationKey']),
    );
  });

  it('of a role of others is in a policy of its own', () => {
    const [call] = callsOf(causesOf((world) => (world.rolePolicy = policy())));
    expect(call).toMatchObject({
      input: { RoleName: 's3repl-x', PolicyName: 'ReplicationAccess' },
      onlyIf: { is: null },
    });
  });

  it('is left to a person where the policy that would be replaced was not read', () => {
    const world = healthy();
    world.rolePolicy = policy();
    const snapshot = snapshotOf(world);
    const accounts = snapshot.accounts as Record<
      string,
      { roles: Record<string, { inlinePolicies: Record<string, unknown> }> }
    >;
    const role = accounts[source]?.roles[roleArn];
    if (role) role.inlinePolicies.ReplicationAccess = 'unknown';
    const causes = diagnose(snapshot).causes;
    expect(callsOf(causes).filter(({ operation }) => operation === 'PutRolePolicy')).toEqual([]);
  });
});

describe('what apply fixes', () => {
  it('is one command of s3repl', () => {
    const causes = causesOf(both(ours, noBucketPolicy), spec).filter(({ check }) => check === 'C12');
    expect(causes.map(({ repair }) => repair)).toEqual([{ by: 's3repl', command: 'apply' }]);
  });
});

describe('a role that is gone', () => {
  const gone = (world: World) => (world.role = () => null);

  it('is made again under the ARN that the rules name', () => {
    expect(callsOf(causesOf(gone))).toMatchObject([
      { account: source, operation: 'CreateRole', input: { RoleName: 's3repl-x', Path: '/' } },
    ]);
    expect(callsOf(causesOf(gone))[0]?.input).not.toHaveProperty('Tags');
  });

  it('bears our mark where it was ours', () => {
    const change = both(ours, gone);
    const made = callsOf(causesOf(change)).filter(({ operation }) => operation === 'CreateRole');
    expect(made).toMatchObject([{ input: { Tags: [{ Key: 's3repl', Value: 'x' }] } }]);
    const [cause] = causesOf(change, spec).filter(({ check }) => check === 'C01');
    expect(cause?.repair).toEqual({ by: 's3repl', command: 'apply' });
  });
});

describe('a rule that is disabled', () => {
  it('is enabled; all else in the configuration stays', () => {
    const [call] = callsOf(causesOf((world) => (world.rules = [rule({ Status: 'Disabled' })])));
    expect(call).toMatchObject({
      operation: 'PutBucketReplication',
      input: { ReplicationConfiguration: { Role: roleArn, Rules: [rule({ Status: 'Enabled' })] } },
      onlyIf: { member: 'ReplicationConfiguration', is: { Role: roleArn, Rules: [rule({ Status: 'Disabled' })] } },
    });
  });
});

describe('a person', () => {
  const denial = (document: PolicyDocument): PolicyDocument => ({
    ...document,
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:ReplicateObject', Resource: 'arn:aws:s3:::dst/*' }],
  });

  it.each<[string, (world: World) => void, RegExp]>([
    [
      'narrows a Deny',
      (world) => (world.dst.policy = denial(policy())),
      /^Only the owner of the Deny can narrow it\.$/,
    ],
    [
      'lets s3repl read first',
      (world) => (world.dst.policy = 'unknown'),
      /^s3repl cannot tell yet whether anything is wrong\.$/,
    ],
    ['makes a rule', (world) => (world.noConfiguration = true), /^Only you know which objects should replicate/],
  ])('%s', (_what, change, why) => {
    expect(whyOf(causesOf(change))).toMatch(why);
  });

  it('asks the administrators of the organization', () => {
    const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' } as const;
    expect(whyOf(causesOf((world) => (world.serviceControl = [policy(deny)])))).toBe(
      'Only an administrator of the organization can change its policies.',
    );
  });
});
