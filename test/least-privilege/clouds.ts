/** The states that commands are run from: made once by administrators. */

import { AttachRolePolicyCommand, CreatePolicyCommand } from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';
import { runApply } from '../run-command.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { makeOurJobRole, putOldObject, startOurJob } from '../sandbox/jobs/our-job.ts';
import { printing } from './printed.ts';
import { copied, ran, roleName, type SandboxState, sandboxFrom } from './set-up-roles.ts';

export type Change = (sandbox: Sandbox) => unknown;
export type From = () => Promise<SandboxState>;

/** A cloud in which something was done, begun with an empty one or another. */
export function aCloud(before: From | undefined, ...changes: readonly Change[]): From {
  let made: Promise<SandboxState> | undefined;
  const make = async () => {
    const sandbox = await sandboxFrom(await before?.(), undefined);
    for (const change of changes) await change(sandbox);
    // What is on its way arrives.
    await sandbox.clock.sleep(60_000);
    for (const { roles } of Object.values(sandbox.state.accounts)) delete roles[roleName];
    return copied(sandbox.state);
  };
  return () => {
    made ??= make();
    return made;
  };
}

/** `apply` of a configuration. */
export function applied(config: string): Change {
  return async (sandbox) => {
    const { outcome, said } = await ran(sandbox, config, runApply);
    if (outcome !== 'applied') throw new Error(said);
  };
}

export const anObject: Change = (sandbox) =>
  clientsOf(sandbox).s3.send(new PutObjectCommand({ Bucket: 'acme-invoices', Key: 'a', Body: 'a' }));

export const aReportBucket: Change = (sandbox) =>
  clientsOf(sandbox, SOURCE).s3.send(
    new CreateBucketCommand({
      Bucket: 'acme-reports',
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    }),
  );

/** A job waits to be confirmed. */
export const backfilling: Change = async (sandbox) => {
  await putOldObject(sandbox, 'old');
  await startOurJob(sandbox, aSpec(), await makeOurJobRole(sandbox, aSpec()));
};

export const anOldObject: Change = async (sandbox) => {
  await putOldObject(sandbox, 'old');
  // S3 has counted the objects by then.
  await sandbox.clock.sleep(2 * 24 * 3_600_000);
};

/** AWS knows only its defaults (API: GetServiceQuota, "If the applied value isn't available"). */
export const withoutQuotas: Change = ({ state }) => {
  const account = state.accounts[SOURCE];
  if (account) account.kmsRates = { 'eu-west-1': null, 'eu-central-1': null };
};

/** After an earlier backfill. */
export const backfilled: Change = (sandbox) => makeOurJobRole(sandbox, aSpec());

/** Somebody has changed the trust policy of its role. */
export const openedJobRole: Change = ({ state }) => {
  const role = state.accounts[SOURCE]?.roles['s3repl-invoices-dr-backfill'];
  if (role) role.trust = { ...role.trust, statements: [] };
};

/** Its replica was deleted by its version ID, and S3 does not write it again. */
export const aFailure: Change = async (sandbox) => {
  const { VersionId } = await clientsOf(sandbox, SOURCE).s3.send(
    new PutObjectCommand({ Bucket: 'acme-invoices', Key: 'failed', Body: 'failed' }),
  );
  await sandbox.clock.sleep(60_000);
  await clientsOf(sandbox, DESTINATION, 'eu-central-1').s3.send(
    new DeleteObjectCommand({ Bucket: 'acme-invoices-replica', Key: 'failed', VersionId }),
  );
  for (const version of Object.values(sandbox.state.buckets['acme-invoices']?.objects.failed ?? {})) {
    Object.assign(version, { replication: 'FAILED' });
  }
};

/** For single objects that fail. */
export const givenTopic: Change = (sandbox) => clientsOf(sandbox).sns.send(new CreateTopicCommand({ Name: 'failed' }));

/** The address of alerts. */
export const confirmed: Change = (sandbox) => sandbox.confirmEmail('storage@example.com');

export const limitArn = `arn:aws:iam::${SOURCE}:policy/limit`;

/** A managed policy that allows what a replication role needs. */
export const aLimit: Change = (sandbox) => {
  const everything = { Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [everything] });
  return clientsOf(sandbox).iam.send(new CreatePolicyCommand({ PolicyName: 'limit', PolicyDocument }));
};

export const boundaryArn = `arn:aws:iam::${SOURCE}:policy/s3repl-boundary-invoices-dr`;

/** An administrator does what `permissions --boundary-policy` is for. */
export function withBoundary(config: string): Change {
  return async (sandbox) => {
    const { stdout } = await printing(config, { boundaryPolicy: true, json: false });
    const PolicyName = boundaryArn.slice(boundaryArn.lastIndexOf('/') + 1);
    await clientsOf(sandbox).iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: stdout }));
  };
}

export const limited: Change = (sandbox) =>
  clientsOf(sandbox).iam.send(new AttachRolePolicyCommand({ RoleName: 's3repl-invoices-dr', PolicyArn: limitArn }));

/** The keys have lost what tells them at a glance. */
export const withoutAliases = ({ state }: Pick<Sandbox, 'state'>) => {
  for (const key of Object.values(state.keys)) delete key.rotation;
  for (const arn of Object.keys(state.aliases)) delete state.aliases[arn];
};

/** Somebody has undone whatever apply puts right. */
export const drifted: Change = ({ state }) => {
  for (const bucket of Object.values(state.buckets)) {
    bucket.ownership = 'BucketOwnerPreferred';
    bucket.versioning = 'Suspended';
    delete bucket.publicAccessBlock;
  }
  const role = state.accounts[SOURCE]?.roles['s3repl-invoices-dr'];
  if (role) role.trust = { ...role.trust, statements: [] };
  withoutAliases({ state });
};

/** Nothing needs the keys of the setup any more. */
export const otherwiseEncrypted: Change = async (sandbox) => {
  for (const [account, Bucket, region] of [
    [SOURCE, 'acme-invoices', 'eu-west-1'],
    [DESTINATION, 'acme-invoices-replica', 'eu-central-1'],
  ] as const) {
    const { s3 } = clientsOf(sandbox, account, region);
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'b' }));
  }
};

export const locked: Change = ({ state }) => {
  for (const bucket of Object.values(state.buckets)) bucket.objectLock = { ObjectLockEnabled: 'Enabled' };
};

/** The buckets are others', and their objects have owners. */
export const withAcls: Change = ({ state }) => {
  for (const bucket of Object.values(state.buckets)) {
    bucket.ownership = 'BucketOwnerPreferred';
    delete bucket.tags;
  }
};

/** The role is others', who have a rule under it, and a statement in the policy of the destination bucket. */
export const shared: Change = ({ state }) => {
  const [source, destination] = [state.buckets['acme-invoices'], state.buckets['acme-invoices-replica']];
  const role = state.accounts[SOURCE]?.roles['s3repl-invoices-dr'];
  if (!source?.replication || !destination || !role) throw new Error('not applied');
  const { Rules, ...configuration } = source.replication;
  const theirs = Rules.map((rule) => ({
    ...rule,
    ID: 'theirs',
    Priority: 77,
    Status: 'Disabled' as const,
    Filter: { Prefix: 'theirs/' },
  }));
  source.replication = { ...configuration, Rules: [...Rules, ...theirs] };
  role.tags = [];
  for (const bucket of [source, destination]) {
    if (!bucket.policy) throw new Error('no policy');
    const { statements } = bucket.policy;
    const theirs = statements.slice(0, 1).map((statement) => ({ ...statement, sid: 'Theirs' }));
    bucket.policy = { ...bucket.policy, statements: [...statements, ...theirs] };
  }
};

/** The key of an account that was there before, by the digit of its ID; whoever its policy does not name is left to IAM. */
export function keyId(digit: string): string {
  return [8, 4, 4, 4, 12].map((length) => digit.repeat(length)).join('-');
}

/** Makes a key with a known ID and an alias. */
export function aKey(account: string, region: string, digit: string): Change {
  return async (sandbox) => {
    const { kms } = clientsOf(sandbox, account, region);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const made = KeyMetadata?.KeyId ?? '';
    const { state } = sandbox;
    for (const [arn, key] of Object.entries(state.keys)) {
      if (!arn.endsWith(made)) continue;
      const known = arn.replace(made, keyId(digit));
      state.keys[known] = { ...key, arn: branded(known), id: keyId(digit) };
      delete state.keys[arn];
    }
    await kms.send(new CreateAliasCommand({ AliasName: `alias/given-${digit}`, TargetKeyId: keyId(digit) }));
  };
}
