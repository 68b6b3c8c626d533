import { CreateGrantCommand, DescribeKeyCommand, KMSClient, ListGrantsCommand } from '@aws-sdk/client-kms';
import {
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { PutPublicAccessBlockCommand as PutAccountBlock } from '@aws-sdk/client-s3-control';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PolicyDocument, Statement } from '../../src/aws/policy.ts';
import { connect } from '../../src/connect/connect.ts';
import { readSnapshotFile, snapshotText } from '../../src/files/snapshot-file.ts';
import { readKey, readKeyAsAllowed } from '../../src/observe/key.ts';
import { takeSnapshot } from '../../src/observe/snapshot.ts';
import { planApply, stateHash } from '../../src/plan/plan.ts';
import { snapshotOf } from '../../src/plan/snapshot-of.ts';
import { anApplied, aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aSpec, DESTINATION, keyArn, SOURCE } from '../builders.ts';
import { accountOf, bucketOf } from '../plain-state.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { aServedSandbox } from '../sandbox/served.ts';
import { aFolder } from '../stories/cli.ts';

const replica = 'acme-invoices-replica';
const roleArn = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`;
const everybody: Statement = {
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${replica}/*`,
};
const members: Statement = { ...everybody, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } };

/** Adds a statement to the policy of the destination bucket, whose own Block Public Access is taken off before. */
async function withStatement(practice: Practice, statement: Statement): Promise<Practice> {
  const { s3 } = clientsOf(practice.sandbox, DESTINATION, 'eu-central-1');
  const off = { BlockPublicPolicy: false, RestrictPublicBuckets: false };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket: replica, PublicAccessBlockConfiguration: off }));
  const { policy } = bucketOf(await practice.state(aSpec()), DESTINATION, replica) ?? {};
  const both = { ...policy, Statement: [...[policy?.Statement ?? []].flat(), statement] };
  await s3.send(new PutBucketPolicyCommand({ Bucket: replica, Policy: JSON.stringify(both) }));
  practice.requests.length = 0;
  return practice;
}

async function taken(practice: Practice) {
  const spec = aSpec();
  const connections = await practice.connect(spec);
  const access = {
    source: connections.get('source'),
    destinations: spec.destinations.map(({ id }) => connections.get(id)),
  };
  try {
    const snapshot = await takeSnapshot(access, spec.source.bucket, {
      takenAt: new Date(practice.sandbox.clock.now()),
    });
    if (snapshot.accounts === 'unknown') throw new Error('unknown accounts');
    const { [SOURCE]: source, [DESTINATION]: destination } = snapshot.accounts;
    if (!source || source === 'unknown' || !destination || destination === 'unknown')
      throw new Error('unknown account');
    return { snapshot, source, destination };
  } finally {
    connections.close();
  }
}

const asked = ({ requests }: Practice, ...operations: readonly string[]) =>
  requests
    .filter(({ service, operation }) => operations.includes(`${service} ${operation}`))
    .map(({ account }) => account);

const accountBlock = 's3-control GetPublicAccessBlock';
const organization = 'organizations DescribeOrganization';

describe('Block Public Access of a whole account', () => {
  it('is not asked for where no bucket policy is public', async () => {
    const practice = await withStatement(await anApplied(aSpec()), members);
    await practice.state(aSpec());
    await taken(practice);
    expect(asked(practice, accountBlock)).toEqual([]);
  });

  it('is asked for in the account of a bucket with a public policy, and null where nobody has set it', async () => {
    const practice = await withStatement(await anApplied(aSpec()), everybody);
    const state = await practice.state(aSpec());
    const { source, destination } = await taken(practice);
    expect(asked(practice, accountBlock)).toEqual([DESTINATION, DESTINATION]);
    expect(accountOf(state, DESTINATION).publicAccessBlock).toBeNull();
    expect(destination.publicAccessBlock).toBeNull();
    expect(source).not.toHaveProperty('publicAccessBlock');
  });

  it('is asked for where S3 may take a policy for public', async () => {
    const Condition = { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:role/*` } };
    const practice = await withStatement(await anApplied(aSpec()), { ...everybody, Condition });
    await practice.state(aSpec());
    expect(asked(practice, accountBlock)).toEqual([DESTINATION]);
  });

  it('is what somebody has set, in the plan and in the snapshot', async () => {
    const practice = await withStatement(await anApplied(aSpec()), everybody);
    const { s3Control } = clientsOf(practice.sandbox, DESTINATION, 'eu-central-1');
    const PublicAccessBlockConfiguration = { RestrictPublicBuckets: true };
    await s3Control.send(new PutAccountBlock({ AccountId: DESTINATION, PublicAccessBlockConfiguration }));
    const set = {
      BlockPublicAcls: false,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    };
    const state = await practice.state(aSpec());
    expect(accountOf(state, DESTINATION).publicAccessBlock).toEqual(set);
    const planned = snapshotOf(state, aSpec(), new Date(0));
    expect(planned.accounts).toMatchObject({ [DESTINATION]: { publicAccessBlock: set } });
    expect((await taken(practice)).destination.publicAccessBlock).toEqual(set);
  });

  it('that nobody lets us read is unknown, and stops no plan', async () => {
    const practice = await withStatement(await anApplied(aSpec()), everybody);
    practice.fault = ({ service }) => (service === 's3-control' ? { code: 'AccessDenied', status: 403 } : undefined);
    const state = await practice.state(aSpec());
    expect(accountOf(state, DESTINATION).publicAccessBlock).toBe('unknown');
    expect(planApply(state, aSpec()).problems).toEqual([]);
    const { snapshot, destination } = await taken(practice);
    expect(destination.publicAccessBlock).toBe('unknown');
    expect(snapshot.unreadable).toContainEqual({
      path: `accounts["${DESTINATION}"].publicAccessBlock`,
      reason: `s3:GetAccountPublicAccessBlock in account ${DESTINATION}: AccessDenied`,
    });
  });

  it('is asked at an endpoint of one’s own without the account before the host', async () => {
    const { url, sandbox } = await aServedSandbox();
    sandbox.state.accounts[SOURCE] = {
      roles: {},
      users: {},
      policies: {},
      publicAccessBlock: { BlockPublicPolicy: true },
    };
    vi.stubEnv('AWS_ENDPOINT_URL', url);
    const { requestHandler: _, ...surroundings } = (await aPractice()).surroundings;
    const connections = await connect(aSpec(), surroundings);
    const { GetPublicAccessBlockCommand } = await import('@aws-sdk/client-s3-control');
    const answer = await connections
      .get('source')
      .s3Control.send(new GetPublicAccessBlockCommand({ AccountId: SOURCE }));
    connections.close();
    expect(answer.PublicAccessBlockConfiguration).toEqual({ BlockPublicPolicy: true });
  });

  afterEach(() => vi.unstubAllEnvs());
});

describe('the organization of an account', () => {
  it('is not asked for where no policy names it', async () => {
    const practice = await withStatement(await anApplied(aSpec()), everybody);
    await practice.state(aSpec());
    await taken(practice);
    expect(asked(practice, organization)).toEqual([]);
  });

  it('is asked for in the account of the role where a policy names aws:PrincipalOrgID, and null where there is none', async () => {
    const practice = await withStatement(await anApplied(aSpec()), members);
    const state = await practice.state(aSpec());
    const { source, destination } = await taken(practice);
    expect(asked(practice, organization)).toEqual([SOURCE, SOURCE]);
    expect(accountOf(state, SOURCE).organization).toBeNull();
    expect(source.organization).toBeNull();
    expect(destination).not.toHaveProperty('organization');
  });

  it('is asked for in every account where a policy names aws:ResourceOrgID, in any case', async () => {
    const Condition = { StringEquals: { 'AWS:resourceorgid': '${aws:PrincipalOrgID}' } };
    const practice = await withStatement(await anApplied(aSpec()), { ...everybody, Condition });
    for (const account of [SOURCE, DESTINATION]) {
      const { roles = {}, users = {}, policies = {} } = practice.sandbox.state.accounts[account] ?? {};
      const id = 'o-a1b2c3d4e5';
      practice.sandbox.state.accounts[account] = {
        roles,
        users,
        policies,
        organization: { id, managementAccount: SOURCE },
      };
    }
    const state = await practice.state(aSpec());
    const { snapshot, source, destination } = await taken(practice);
    for (const one of [source, destination, accountOf(state, SOURCE), accountOf(state, DESTINATION)])
      expect(one.organization).toEqual({ id: 'o-a1b2c3d4e5' });
    const folder = aFolder();
    folder.write('snapshot.json', snapshotText(snapshot));
    expect(await readSnapshotFile(`${folder.path}/snapshot.json`)).toEqual(snapshot);
  });

  it('that nobody lets us ask for is unknown, and stops no plan', async () => {
    const practice = await withStatement(await anApplied(aSpec()), members);
    practice.fault = ({ service }) =>
      service === 'organizations' ? { code: 'AccessDeniedException', status: 400 } : undefined;
    expect(accountOf(await practice.state(aSpec()), SOURCE).organization).toBe('unknown');
    const { snapshot, source } = await taken(practice);
    expect(source.organization).toBe('unknown');
    expect(snapshot.unreadable).toContainEqual({
      path: `accounts["${SOURCE}"].organization`,
      reason: `organizations:DescribeOrganization in account ${SOURCE}: AccessDeniedException`,
    });
  });
});

describe('a role', () => {
  it('has its id and its tags, in the plan and in the snapshot', async () => {
    const practice = await anApplied(aSpec());
    const state = await practice.state(aSpec());
    const { source } = await taken(practice);
    const id = practice.sandbox.state.accounts[SOURCE]?.roles['s3repl-invoices-dr']?.id;
    expect(id).toMatch(/^AROA/);
    expect(accountOf(state, SOURCE).roles[roleArn]).toMatchObject({ roleId: id, tags: { s3repl: 'invoices-dr' } });
    const role = { roleId: id, tags: { s3repl: 'invoices-dr' } };
    expect(source.roles).toMatchObject({ [roleArn]: role });
    expect(snapshotOf(state, aSpec(), new Date(0)).accounts).toMatchObject({
      [SOURCE]: { roles: { [roleArn]: role } },
    });
  });

  it('that is to be made has no id yet, and the tags that it will have', async () => {
    const practice = await aPractice();
    const { desired } = planApply(await practice.state(aSpec()), aSpec());
    const { accounts } = snapshotOf(desired, aSpec({ tags: { team: 'a' } }), new Date(0));
    const made = Object(Object(Object(accounts)[SOURCE]).roles)[roleArn];
    expect(made).toMatchObject({ tags: { s3repl: 'invoices-dr' } });
    expect(made).not.toHaveProperty('roleId');
  });

  it('that may not be read has an unknown id and unknown tags', async () => {
    const practice = await anApplied(aSpec());
    practice.fault = ({ operation }) => (operation === 'GetRole' ? { code: 'AccessDenied', status: 403 } : undefined);
    const { source } = await taken(practice);
    expect(source.roles).toMatchObject({ [roleArn]: { roleId: 'unknown', tags: 'unknown' } });
  });
});

describe('a bucket', () => {
  it('has its default retention and its lifecycle configuration', async () => {
    const practice = await anApplied(aSpec());
    const { s3 } = clientsOf(practice.sandbox, DESTINATION, 'eu-central-1');
    const DefaultRetention = { Mode: 'GOVERNANCE', Days: 3 } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } } as const;
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket: replica, ObjectLockConfiguration }));
    const Rules = [{ ID: 'old', Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 9 } }];
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: replica, LifecycleConfiguration: { Rules } }));
    const state = await practice.state(aSpec());
    const { source, destination } = await taken(practice);
    const found = { objectLock: 'Enabled', objectLockRetention: DefaultRetention, lifecycle: { Rules } };
    expect(bucketOf(state, DESTINATION, replica)).toMatchObject(found);
    expect(destination.buckets).toMatchObject({ [replica]: found });
    const { accounts } = snapshotOf(state, aSpec(), new Date(0));
    expect(accounts).toMatchObject({ [DESTINATION]: { buckets: { [replica]: found } } });
    expect(source.buckets).toMatchObject({ 'acme-invoices': { objectLockRetention: null, lifecycle: null } });
    // One request tells whether there is Object Lock and what it keeps objects for.
    practice.requests.length = 0;
    await practice.state(aSpec());
    expect(asked(practice, 's3 GetObjectLockConfiguration')).toHaveLength(2);
  });

  it('whose lifecycle configuration may not be read is planned with all the same', async () => {
    const practice = await anApplied(aSpec());
    practice.fault = ({ operation }) =>
      operation === 'GetBucketLifecycleConfiguration' ? { code: 'AccessDenied', status: 403 } : undefined;
    const state = await practice.state(aSpec());
    expect(bucketOf(state, DESTINATION, replica)?.lifecycle).toBe('unknown');
    const { changes, problems } = planApply(state, aSpec());
    expect({ changes, problems }).toEqual({ changes: [], problems: [] });
  });

  it('whose lifecycle changes leaves a plan as current as it was', async () => {
    const practice = await anApplied(aSpec());
    const before = await practice.state(aSpec());
    practice.fault = ({ operation }) =>
      operation === 'GetBucketLifecycleConfiguration' ? { code: 'AccessDenied', status: 403 } : undefined;
    expect(stateHash(await practice.state(aSpec()))).toBe(stateHash(before));
  });
});

describe('a key', () => {
  const arn = keyArn();
  const at = () => ({ kms: new KMSClient({ region: 'eu-west-1' }) });

  it('has the origin of its material, and when that expires as text', async () => {
    const kms = mockClient(KMSClient);
    const ValidTo = new Date('2026-11-10T00:00:00Z');
    kms.onAnyCommand().resolves({ Policy: JSON.stringify({ Statement: [] } satisfies PolicyDocument) });
    kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k', Arn: arn, Origin: 'EXTERNAL', ValidTo } });
    const key = await readKey(at(), arn);
    expect(key?.metadata).toEqual({ Arn: arn, Origin: 'EXTERNAL', ValidTo: '2026-11-10T00:00:00.000Z' });
    kms.restore();
  });

  it('has all its grants, however many pages they are', async () => {
    const kms = mockClient(KMSClient);
    kms.onAnyCommand().resolves({ Policy: '{"Statement":[]}' });
    kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k', Arn: arn } });
    kms.on(ListGrantsCommand).resolves({ Grants: [{ GrantId: 'one' }], NextMarker: 'more', Truncated: true });
    kms.on(ListGrantsCommand, { Marker: 'more' }).resolves({ Grants: [{ GrantId: 'two' }] });
    const { key } = await readKeyAsAllowed(at(), arn);
    expect(key.value).toMatchObject({ grants: [{ GrantId: 'one' }, { GrantId: 'two' }] });
    kms.restore();
  });

  it('has its grants in a snapshot that can be saved and read, and not in a plan', async () => {
    const practice = await anApplied(aSpec());
    const { kms } = clientsOf(practice.sandbox, DESTINATION, 'eu-central-1');
    const [KeyId = ''] = Object.keys(accountOf(await practice.state(aSpec()), DESTINATION).keys);
    const Constraints = { EncryptionContextSubset: { 'aws:s3:arn': `arn:aws:s3:::${replica}` } };
    const grant = { KeyId, GranteePrincipal: roleArn, Operations: ['Encrypt' as const], Constraints };
    const { GrantId } = await kms.send(new CreateGrantCommand(grant));
    practice.requests.length = 0;
    await practice.state(aSpec());
    expect(asked(practice, 'kms ListGrants')).toEqual([]);
    const { snapshot, destination } = await taken(practice);
    const { KeyId: _, ...shown } = grant;
    expect(destination.keys).toMatchObject({ [KeyId]: { grants: [{ GrantId, ...shown }] } });
    const folder = aFolder();
    folder.write('snapshot.json', snapshotText(snapshot));
    expect(await readSnapshotFile(`${folder.path}/snapshot.json`)).toEqual(snapshot);
  });
});
