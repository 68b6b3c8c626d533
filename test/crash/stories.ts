/** What is disturbed: first set-ups, changes of them and their removal, with things of others lying next to ours. */
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketPolicyCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { applyChanges } from '../../src/apply/apply.ts';
import { readBack } from '../../src/apply/read-back.ts';
import { Versions } from '../../src/apply/versions.ts';
import type { Spec } from '../../src/config/spec.ts';
import { connect, type Surroundings } from '../../src/observe/connect.ts';
import { observe } from '../../src/observe/observe.ts';
import { Failure } from '../../src/plan/failure.ts';
import { type Plan, planApply, planDestroy } from '../../src/plan/plan.ts';
import { type PolicyDocument, statementsOf } from '../../src/plan/policy.ts';
import type { State } from '../../src/plan/state.ts';
import { type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { SandboxState } from '../../src/sandbox/state.ts';
import { aDestination, aRule, aSource, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { aCloud, copyOf } from './cloud.ts';

export interface Story {
  readonly name: string;
  readonly start: SandboxState;
  /** One run of the command, to its end. Says how many changes it made. */
  readonly run: (surroundings: Surroundings) => Promise<number>;
}

type Planner = (observed: State, spec: Spec) => Plan;

const deletingKeys: Planner = (observed, spec) => planDestroy(observed, spec, { objects: [], force: true });

function running(spec: Spec, plan: Planner): Story['run'] {
  return async (surroundings) => {
    const connections = await connect(spec, surroundings);
    try {
      const { changes, problems } = plan(await observe(connections, spec), spec);
      const [problem] = problems;
      if (problem) throw new Failure('blocked', problem.code, problem.message, problem.fix);
      const written = { versions: new Versions(), signal: new AbortController().signal };
      await applyChanges(changes, { connections, surroundings, ...written });
      if (changes.length > 0) await readBack(spec, connections, surroundings, plan, written);
      return changes.length;
    } finally {
      connections.close();
    }
  };
}

const created = aSpec();
const given = aSpec({
  name: 'given',
  source: aSource({ kmsKey: { kind: 'alias', alias: 'alias/theirs' } }),
  destinations: [aDestination({ kmsKey: { kind: 'alias', alias: 'alias/theirs' } })],
  role: { name: 'legacy' },
});

/** Every story, each with its start made. */
export async function stories(): Promise<readonly Story[]> {
  const nothing = await after(async () => undefined);
  const bucketOfTheirs = await after((sandbox) => theirBucket(sandbox, DESTINATION, 'acme-invoices-replica'));
  const theirs = await after(theirSetUp);
  const withCreated = await after(async (sandbox) => {
    await applied(sandbox, created);
    await theirStatements(sandbox, 'alias/s3repl-invoices-dr', 'alias/s3repl-invoices-dr-replica');
  }, bucketOfTheirs);
  const withGiven = await after((sandbox) => applied(sandbox, given), theirs);
  const both = [
    ['created', created, withCreated, await after(otherDefault, withCreated)],
    ['given', given, withGiven, await after(otherDefault, withGiven)],
  ] as const;
  return [
    { name: 'first apply, nothing there', start: nothing, run: running(created, planApply) },
    { name: 'first apply, created keys', start: bucketOfTheirs, run: running(created, planApply) },
    { name: 'first apply, given keys', start: theirs, run: running(given, planApply) },
    ...both.flatMap(([keys, spec, start, otherDefaultThere]) => [
      ...Object.entries(changesOf(spec)).map(([change, changed]) => ({
        name: `${change}, ${keys} keys`,
        start,
        run: running(changed, planApply),
      })),
      { name: `other key, ${keys} keys`, start: otherDefaultThere, run: running(withOtherKey(spec), planApply) },
      { name: `destroy, ${keys} keys`, start, run: running(spec, planDestroy) },
    ]),
    { name: 'destroy --delete-keys', start: withCreated, run: running(created, deletingKeys) },
  ];
}

/** Another key at the destination, after a person has made it the default there: before that, the plan refuses. */
function withOtherKey(spec: Spec): Spec {
  const kmsKey = { kind: 'alias' as const, alias: 'alias/other' };
  return { ...spec, destinations: spec.destinations.map((side) => ({ ...side, kmsKey })) };
}

async function otherDefault(sandbox: Sandbox): Promise<void> {
  const key = Object.values(sandbox.state.aliases).find(({ name }) => name === 'alias/other');
  const arn = Object.values(sandbox.state.keys).find(({ id }) => id === key?.keyId)?.arn;
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: arn };
  await clients(sandbox, DESTINATION).s3.send(
    new PutBucketEncryptionCommand({
      Bucket: 'acme-invoices-replica',
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }] },
    }),
  );
}

function changesOf(spec: Spec): Readonly<Record<string, Spec>> {
  const [first] = spec.destinations;
  if (!first) throw new Error('a spec has a destination');
  const second = aDestination({
    id: 'destinations[1]',
    account: '333333333333',
    region: 'us-east-1',
    bucket: 'acme-invoices-second',
    rules: [aRule({ id: 'second', prefix: 'tax/' })],
  });
  return {
    'new prefix': { ...spec, destinations: [{ ...first, rules: [aRule({ prefix: 'tax/' })] }] },
    'second destination': { ...spec, destinations: [first, second] },
  };
}

async function after(happens: (sandbox: Sandbox) => Promise<void>, start?: SandboxState): Promise<SandboxState> {
  const { sandbox } = await aCloud(start);
  await happens(sandbox);
  return copyOf(sandbox.state);
}

async function applied(sandbox: Sandbox, spec: Spec): Promise<void> {
  const cloud = await aCloud(sandbox.state);
  await running(spec, planApply)(cloud.surroundings());
  Object.assign(sandbox.state, copyOf(cloud.sandbox.state));
}

const regions: Readonly<Record<string, BucketLocationConstraint>> = {
  [SOURCE]: 'eu-west-1',
  [DESTINATION]: 'eu-central-1',
};

function clients({ requestHandler }: Sandbox, account: string) {
  const config = { region: regions[account] ?? 'us-east-1', credentials: sandboxCredentials(account), requestHandler };
  return { s3: new S3Client(config), kms: new KMSClient(config), iam: new IAMClient(config) };
}

/** A statement of somebody else about a bucket or a key. */
function theirStatement(resource: string, action: string) {
  const Principal = { AWS: `arn:aws:iam::${DESTINATION}:root` };
  return { Sid: `Theirs${action.replace(/\W/g, '')}`, Effect: 'Allow', Principal, Action: action, Resource: resource };
}

async function theirBucket(sandbox: Sandbox, account: string, Bucket: string): Promise<void> {
  const { s3 } = clients(sandbox, account);
  const LocationConstraint = regions[account];
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ...(LocationConstraint ? { CreateBucketConfiguration: { LocationConstraint } } : {}),
    }),
  );
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [theirStatement(`arn:aws:s3:::${Bucket}/*`, 's3:GetObject')],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

/** In both accounts a bucket and a key of theirs; at the source a role and a rule, too. */
async function theirSetUp(sandbox: Sandbox): Promise<void> {
  await theirBucket(sandbox, SOURCE, 'acme-invoices');
  await theirBucket(sandbox, SOURCE, 'acme-archive');
  await theirBucket(sandbox, DESTINATION, 'acme-invoices-replica');
  await theirKey(sandbox, SOURCE, 'alias/theirs');
  await theirKey(sandbox, DESTINATION, 'alias/theirs');
  await theirStatements(sandbox, 'alias/theirs', 'alias/theirs');
  const { iam, s3 } = clients(sandbox, SOURCE);
  const statement = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'legacy', AssumeRolePolicyDocument }));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:ReplicateObject', Resource: 'arn:aws:s3:::acme-archive/*' }],
  });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'legacy', PolicyName: 'theirs', PolicyDocument }));
  const rule = {
    ID: 'theirs',
    Priority: 7,
    Status: 'Enabled' as const,
    Filter: { Prefix: 'logs/' },
    DeleteMarkerReplication: { Status: 'Disabled' as const },
    Destination: { Bucket: 'arn:aws:s3:::acme-archive' },
  };
  await s3.send(
    new PutBucketReplicationCommand({
      Bucket: 'acme-invoices',
      ReplicationConfiguration: { Role: Role?.Arn, Rules: [rule] },
    }),
  );
}

async function theirKey(sandbox: Sandbox, account: string, AliasName: string): Promise<void> {
  const { kms } = clients(sandbox, account);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: AliasName }));
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
}

/** Puts statements of theirs where ours are; and a key of theirs next to ours. */
async function theirStatements(sandbox: Sandbox, sourceKey: string, destinationKey: string): Promise<void> {
  await theirKey(sandbox, DESTINATION, 'alias/other');
  for (const [account, alias] of [
    [SOURCE, sourceKey],
    [DESTINATION, destinationKey],
  ] as const) {
    const { kms } = clients(sandbox, account);
    const KeyId = Object.values(sandbox.state.aliases).find(
      (one) => one.name === alias && one.arn.includes(account),
    )?.keyId;
    const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    await kms.send(
      new PutKeyPolicyCommand({ KeyId, Policy: withTheirs(Policy, theirStatement('*', 'kms:DescribeKey')) }),
    );
  }
  const { s3 } = clients(sandbox, DESTINATION);
  const Bucket = 'acme-invoices-replica';
  const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const statement = theirStatement(`arn:aws:s3:::${Bucket}`, 's3:ListBucket');
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: withTheirs(Policy, statement) }));
}

function withTheirs(text: string, statement: ReturnType<typeof theirStatement>): string {
  const policy = JSON.parse(text) as PolicyDocument;
  return JSON.stringify({ ...policy, Statement: [...statementsOf(policy), statement] });
}
