import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { probesOf } from '../../src/model/probes.ts';
import { findIn } from '../../src/model/replication/find.ts';
import { pathText } from '../../src/model/replication/path.ts';
import { prepare } from '../../src/model/replication/prepare.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { readSnapshot, takeSnapshot } from '../../src/observe/snapshot.ts';
import { snapshotOf } from '../../src/plan/snapshot-of.ts';
import type { SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import { anApplied, aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aSpec, DESTINATION, SOURCE } from '../builders.ts';
import { drawFrom } from '../draws.ts';
import { verdictsOf } from '../model/verdicts-of.ts';
import { clientsOf } from '../sandbox/clients.ts';

const takenAt = new Date('2026-11-22T00:00:00Z');
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** A snapshot, and what it took. */
async function taken(practice: Practice, signedIn: 'both' | 'source' = 'both', spec = aSpec()): Promise<Snapshot> {
  const connections = await practice.connect(spec);
  const destinations = signedIn === 'both' ? spec.destinations.map(({ id }) => connections.get(id)) : [];
  practice.requests.length = 0;
  try {
    return await takeSnapshot({ source: connections.get('source'), destinations }, spec.source.bucket, { takenAt });
  } finally {
    connections.close();
  }
}

/** A setup in other hands: a boundary, an attached policy, and a key by its alias as the buckets' default. */
async function byHand(): Promise<Practice> {
  const practice = await aPractice();
  const { s3, iam, kms } = clientsOf(practice.sandbox, SOURCE);
  const other = clientsOf(practice.sandbox, DESTINATION, 'eu-central-1');
  const document = (...Action: readonly string[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  const policy = async (PolicyName: string, PolicyDocument: string) =>
    (await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }))).Policy?.Arn;
  for (const [client, Bucket, LocationConstraint] of [
    [s3, 'theirs', 'eu-west-1'],
    [other.s3, 'their-replica', 'eu-central-1'],
  ] as const) {
    await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}));
  const { KeyMetadata: replicaKey } = await other.kms.send(new CreateKeyCommand({}));
  const byDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key?.Arn };
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket: 'theirs',
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault }] },
    }),
  );
  await iam.send(new CreateRoleCommand({ RoleName: 'replicator', Path: '/team/', AssumeRolePolicyDocument: trust }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'replicator', PolicyName: 'keys', PolicyDocument: document('kms:*') }),
  );
  await iam.send(
    new AttachRolePolicyCommand({ RoleName: 'replicator', PolicyArn: await policy('buckets', document('s3:*')) }),
  );
  const PermissionsBoundary = await policy('boundary', document('s3:*', 'kms:*'));
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'replicator', PermissionsBoundary }));
  await practice.sandbox.clock.sleep(10_000);
  const allow = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${SOURCE}:role/team/replicator` },
      Action: 's3:Replicate*',
      Resource: 'arn:aws:s3:::their-replica/*',
    },
  };
  await other.s3.send(new PutBucketPolicyCommand({ Bucket: 'their-replica', Policy: JSON.stringify(allow) }));
  await s3.send(
    new PutBucketReplicationCommand({
      Bucket: 'theirs',
      ReplicationConfiguration: {
        Role: `arn:aws:iam::${SOURCE}:role/team/replicator`,
        Rules: [
          {
            ID: 'hand-made',
            Priority: 1,
            Status: 'Enabled',
            Filter: { Prefix: '' },
            DeleteMarkerReplication: { Status: 'Disabled' },
            SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
            Destination: {
              Bucket: 'arn:aws:s3:::their-replica',
              EncryptionConfiguration: { ReplicaKmsKeyID: replicaKey?.Arn },
            },
          },
        ],
      },
    }),
  );
  return practice;
}

const handMade = aSpec({
  source: { ...aSpec().source, bucket: 'theirs' },
  destinations: [aDestination({ bucket: 'their-replica' })],
});

/** Everything that a snapshot says `unknown` of, by its path. */
/** The text of a path further on. */
function pathOf(parent: string, ...members: readonly (string | number)[]): string {
  const end = pathText(members);
  return end.startsWith('[') ? `${parent}${end}` : `${parent}.${end}`;
}

function unknowns(value: unknown, path: string): readonly string[] {
  if (value === 'unknown') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    unknowns(member, pathOf(path, Array.isArray(value) ? Number(name) : name)),
  );
}

function outcomes(snapshot: Snapshot): readonly string[] {
  return probesOf(prepare(snapshot)).flatMap(({ object }) =>
    verdictsOf(snapshot, object).map(({ outcome }) => outcome),
  );
}

describe('a snapshot of what s3repl has set up', () => {
  it('is what s3repl plans with, and notification, grants and the days of keys besides', async () => {
    const practice = await anApplied(aSpec());
    const snapshot = await taken(practice);
    const planned = snapshotOf(await practice.state(aSpec()), aSpec(), takenAt);
    for (const [account, bucket] of [
      [SOURCE, 'acme-invoices'],
      [DESTINATION, 'acme-invoices-replica'],
    ] as const) {
      const { accounts } = snapshot;
      const { accounts: expected } = planned;
      if (accounts === 'unknown' || expected === 'unknown') throw new Error('unknown accounts');
      const [found, wanted] = [accounts[account], expected[account]];
      if (!found || !wanted || found === 'unknown' || wanted === 'unknown' || wanted.buckets === 'unknown')
        throw new Error(account);
      const known = wanted.buckets[bucket];
      const dated = Object.entries(wanted.keys).map(([arn, key]) => {
        const CreationDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
        return [arn, { ...Object(key), metadata: { ...Object(key).metadata, CreationDate }, grants: [] }];
      });
      expect(found).toEqual({
        ...wanted,
        buckets: { [bucket]: { ...(known as object), notification: null } },
        keys: Object.fromEntries(dated),
      });
    }
    expect(outcomes(snapshot)).toEqual(['replicates', 'replicates']);
    expect(snapshot).toMatchObject({ version: 1, takenAt: takenAt.toISOString(), partition: 'aws', objects: [] });
  });

  it('says of nothing but organizations that it is unknown', async () => {
    const snapshot = await taken(await anApplied(aSpec()));
    const members = ['resourceControlPolicies', 'serviceControlPolicies'];
    const paths = [SOURCE, DESTINATION].flatMap((account) => members.map((one) => pathOf('accounts', account, one)));
    expect(unknowns(snapshot.accounts, 'accounts').toSorted()).toEqual(paths);
    expect(snapshot.unreadable?.map(({ path }) => path)).toEqual(paths);
  });

  it('writes nothing, and holds no credentials', async () => {
    const practice = await anApplied(aSpec());
    const text = JSON.stringify(await taken(practice));
    expect(practice.requests.filter(({ write }) => write)).toEqual([]);
    expect(text).not.toMatch(/SANDBOX\d|secret|accessKey|sessionToken/i);
  });
});

describe('a snapshot of a setup in other hands', () => {
  it('follows the rules to a role under a path, its managed policies and boundary, and a bucket whose account no rule names', async () => {
    const snapshot = await taken(await byHand(), 'both', handMade);
    const [source, destination] = [SOURCE, DESTINATION].map((account) =>
      snapshot.accounts === 'unknown' ? undefined : snapshot.accounts[account],
    );
    expect(source).toMatchObject({
      roles: {
        [`arn:aws:iam::${SOURCE}:role/team/replicator`]: {
          trustPolicy: JSON.parse(trust),
          inlinePolicies: { keys: { Statement: [{ Action: ['kms:*'] }] } },
          attachedPolicies: { [`arn:aws:iam::${SOURCE}:policy/buckets`]: { Statement: [{ Action: ['s3:*'] }] } },
          permissionsBoundary: { Statement: [{ Action: ['s3:*', 'kms:*'] }] },
        },
      },
    });
    expect(Object.keys((destination as { buckets: object }).buckets)).toEqual(['their-replica']);
    expect(Object.keys((source as { keys: object }).keys)).toHaveLength(1);
    expect(Object.keys((destination as { keys: object }).keys)).toHaveLength(1);
    // The replica key’s policy says nothing of the role.
    expect(outcomes(snapshot)).toEqual(['fails']);
  });

  it('has null for a role that the rules name under another path', async () => {
    const practice = await byHand();
    const { s3 } = clientsOf(practice.sandbox, SOURCE);
    const wrong = `arn:aws:iam::${SOURCE}:role/replicator`;
    const before = await taken(practice, 'both', handMade);
    const bucket = findIn(before, SOURCE, 'buckets', 'theirs');
    if (bucket === null || bucket === 'unknown' || bucket.replication === null || bucket.replication === 'unknown')
      throw new Error('no rules');
    const { replication } = bucket;
    await s3.send(
      new PutBucketReplicationCommand({
        Bucket: 'theirs',
        ReplicationConfiguration: { Role: wrong, Rules: replication.Rules },
      }),
    );
    const snapshot = await taken(practice, 'both', handMade);
    const account = snapshot.accounts === 'unknown' ? undefined : snapshot.accounts[SOURCE];
    expect(account).toMatchObject({ roles: { [wrong]: null, [`arn:aws:iam::${SOURCE}:role/team/replicator`]: {} } });
    expect(outcomes(snapshot)).toEqual(['fails']);
  });

  it('has null for buckets and keys that are gone', async () => {
    const snapshot = await taken(await aPractice());
    expect(snapshot.accounts).toMatchObject({ [SOURCE]: { buckets: { 'acme-invoices': null } } });
  });
});

describe('calls that are refused', () => {
  it.each([
    ['AccessDeniedException', 400],
    ['NotImplemented', 501],
  ])('are told as data, as the reasons say them: %s', async (code, status) => {
    const practice = await anApplied(aSpec());
    const refuses = ['GetKeyPolicy', 'ListAliases', 'GetBucketVersioning', 'ListObjectVersions'];
    practice.fault = ({ operation }) => (refuses.includes(operation) ? { code, status } : undefined);
    const connections = await practice.connect(aSpec());
    const access = { source: connections.get('source'), destinations: [connections.get('destinations[0]')] };
    const options = { takenAt, sample: { sample: 5 } };
    const { snapshot, refused } = await readSnapshot(access, 'acme-invoices', options);
    connections.close();
    const said = (snapshot.unreadable ?? []).flatMap(({ reason }) => {
      const [, action, account, why] = /^(\w+:\w+) in account (\d+): (.*)/.exec(reason) ?? [];
      return action === undefined ? [] : [{ action, account, code: why }];
    });
    expect(refused).toEqual(said);
    expect(refused).toContainEqual({
      action: 'kms:GetKeyPolicy',
      account: DESTINATION,
      code: status === 501 ? 'HTTP 501' : code,
    });
    for (const one of snapshot.unreadable ?? []) expect(Object.keys(one)).toEqual(['path', 'reason']);
  });
});

describe('an account that nobody is signed in to', () => {
  it('is unknown with all its members and reasons, and the rest is read', async () => {
    const snapshot = await taken(await anApplied(aSpec()), 'source');
    const { accounts } = snapshot;
    if (accounts === 'unknown') throw new Error('unknown accounts');
    expect(accounts[DESTINATION]).toEqual({
      roles: 'unknown',
      buckets: 'unknown',
      keys: 'unknown',
      serviceControlPolicies: 'unknown',
      resourceControlPolicies: 'unknown',
    });
    expect(accounts[SOURCE]).toMatchObject({ buckets: { 'acme-invoices': { versioning: 'Enabled' } } });
    for (const member of ['roles', 'buckets', 'keys']) {
      expect(snapshot.unreadable).toContainEqual({
        path: pathOf('accounts', DESTINATION, member),
        reason: `nobody is signed in to account ${DESTINATION}`,
      });
    }
    expect(outcomes(snapshot)).toEqual(['unknown', 'unknown']);
  });

  it('may own a bucket whose account no rule names: it is unknown, not gone', async () => {
    const snapshot = await taken(await byHand(), 'source', handMade);
    expect(snapshot.accounts).toMatchObject({ [SOURCE]: { buckets: { 'their-replica': 'unknown' } } });
    expect(snapshot.unreadable).toContainEqual({
      path: pathOf('accounts', SOURCE, 'buckets', 'their-replica'),
      reason: `none of the accounts ${SOURCE} owns their-replica`,
    });
    expect(snapshot.accounts).toMatchObject({ [SOURCE]: { notOwned: ['their-replica'] } });
  });
});

describe('a bucket in another Region than its account’s connection', () => {
  it('is read there, with its keys', async () => {
    const practice = await aPractice();
    const spec = aSpec({ destinations: [aDestination({ account: SOURCE })] });
    await practice.apply(spec);
    const connections = await practice.connect(spec);
    const access = { source: connections.get('source'), destinations: [] };
    const snapshot = await takeSnapshot(access, 'acme-invoices', { takenAt });
    connections.close();
    expect(snapshot.accounts).toMatchObject({
      [SOURCE]: { buckets: { 'acme-invoices-replica': { region: 'eu-central-1', versioning: 'Enabled' } } },
    });
    expect(outcomes(snapshot)).toEqual(['replicates', 'replicates']);
  });
});

describe('a read that AWS refuses', async () => {
  const undisturbed = await byHand();
  const whole = await taken(undisturbed, 'both', handMade);
  const reads = [
    ...new Map(undisturbed.requests.map((one) => [`${one.operation} in ${one.account}`, one] as const)).entries(),
  ].filter(([, { service }]) => service !== 'sts');

  it('can be any of all that a snapshot takes', () => {
    const places = reads.map(([, { service, account }]) => `${service} in ${account}`);
    expect(new Set(places)).toEqual(
      new Set([
        `iam in ${SOURCE}`,
        ...[SOURCE, DESTINATION].flatMap((account) => [`s3 in ${account}`, `kms in ${account}`]),
      ]),
    );
  });

  const found = (snapshot: Snapshot, path: string) =>
    unknowns(snapshot.accounts, 'accounts').includes(path) ? path : undefined;

  it.each(drawFrom(reads))(
    '%s is unknown with its reason, and nothing that it shows is absent or null',
    async (_, refused) => {
      const code = refused.service === 'kms' ? 'AccessDeniedException' : 'AccessDenied';
      const isRefused = ({ operation, account }: SandboxRequest) =>
        operation === refused.operation && account === refused.account;
      for (const fault of [
        { code, status: 403 },
        { code: 'Oops', status: 400 },
      ]) {
        undisturbed.fault = (request) => (isRefused(request) ? fault : undefined);
        const snapshot = await taken(undisturbed, 'both', handMade);
        const missing = unknowns(snapshot.accounts, 'accounts').filter((path) => !found(whole, path));
        expect(missing.length).toBeGreaterThan(0);
        const listed = snapshot.unreadable?.map(({ path }) => path) ?? [];
        for (const path of missing) expect(listed).toContain(path);
        for (const path of listed) expect(found(snapshot, path)).toBe(path);
        for (const { path, reason } of snapshot.unreadable ?? []) {
          if (missing.includes(path)) expect(reason).toMatch(/AccessDenied|Oops|HTTP \d+|Region/);
        }
        expect(notLost(whole.accounts, snapshot.accounts, 'accounts')).toEqual([]);
      }
      undisturbed.fault = () => undefined;
    },
  );

  it('for its credentials is an error', async () => {
    undisturbed.fault = ({ operation }) =>
      operation === 'GetKeyPolicy' ? { code: 'ExpiredTokenException', status: 400 } : undefined;
    await expect(taken(undisturbed, 'both', handMade)).rejects.toThrow('ExpiredToken');
    undisturbed.fault = () => undefined;
  });
});

/** What was there before and is absent, null or different now, except where `unknown` says so or nothing led there. */
function notLost(before: unknown, now: unknown, path: string): readonly string[] {
  if (now === 'unknown' || before === 'unknown') return [];
  if (typeof before !== 'object' || before === null) return before === now ? [] : [path];
  if (typeof now !== 'object' || now === null) return [path];
  return Object.entries(before).flatMap(([name, member]) => {
    const below = pathOf(path, name);
    const value = (now as Record<string, unknown>)[name];
    // A thing that nothing leads to any more is not looked for.
    const isThing = /\.(roles|buckets|keys)(\["[^"]*"\]|\.\w+)$/.test(below);
    return value === undefined && isThing ? [] : notLost(member, value, below);
  });
}
