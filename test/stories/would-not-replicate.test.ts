import { join } from 'node:path';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePermissionsBoundaryCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  type ReplicationRule,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aFolder, type Ended, type Folder, invoices } from './cli.ts';

interface Others {
  readonly source: S3Client;
  readonly destination: S3Client;
  readonly iam: IAMClient;
}

/** A folder with a repl.yaml, and a way for somebody else to work in the same accounts. */
function aSetUp() {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  return {
    folder,
    others: async (work: (clients: Others) => Promise<unknown>) => {
      const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl') });
      const config = (account: string, region: string) => ({
        requestHandler: sandbox.requestHandler,
        credentials: sandboxCredentials(account),
        region,
      });
      await work({
        source: new S3Client(config('111111111111', 'eu-west-1')),
        destination: new S3Client(config('222222222222', 'eu-central-1')),
        iam: new IAMClient(config('111111111111', 'us-east-1')),
      });
      await sandbox.close();
    },
  };
}

const json = ['--sandbox', '--json', '--verbose'];
const apply = (folder: Folder, ...args: readonly string[]) => folder.s3repl(['apply', ...json, '--yes', ...args]);
const plan = (folder: Folder, ...args: readonly string[]) => folder.s3repl(['plan', ...json, ...args]);
const writes = ({ lines }: Ended) => lines.filter((line) => line.type === 'call' && line.write);
const of = ({ lines }: Ended, type: string, code?: string) =>
  lines.filter((line) => line.type === type && (code === undefined || line.code === code));

const Bucket = 'acme-invoices-replica';
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const deny = {
  Sid: 'NobodyWritesHere',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:ReplicateObject',
  Resource: `arn:aws:s3:::${Bucket}/*`,
};

async function denied({ destination }: Others) {
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' as const };
  await destination.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  await destination.send(new PutBucketPolicyCommand({ Bucket, Policy: document(deny) }));
}

describe('someone’s Deny in the destination’s bucket policy', () => {
  it('stops plan and apply before any write, and is named with its Sid', async () => {
    const { folder, others } = aSetUp();
    await others(denied);
    for (const run of [plan, apply]) {
      const ended = await run(folder);
      expect(ended.code).toBe(5);
      expect(writes(ended)).toEqual([]);
      expect(of(ended, 'problem', 'would-not-replicate')).toMatchObject([
        {
          message: expect.stringContaining('NobodyWritesHere'),
          fix: expect.stringContaining('NobodyWritesHere'),
          check: 'C30',
          evidence: {
            arn: `arn:aws:s3:::${Bucket}`,
            sid: 'NobodyWritesHere',
            path: expect.stringContaining(`buckets["${Bucket}"].policy`),
          },
        },
      ]);
      expect(of(ended, 'verdict').map(({ probe, outcome, reason }) => ({ probe, outcome, reason }))).toEqual([
        { probe: 'new-object', outcome: 'fails', reason: 'DstPutObjectNotPermitted' },
        { probe: 'delete-marker', outcome: 'replicates', reason: null },
      ]);
      expect(ended.lines.at(-1)).toMatchObject({ outcome: 'blocked', error: { code: 'would-not-replicate' } });
    }
    const people = await folder.s3repl(['apply', '--sandbox', '--yes']);
    expect(people.code).toBe(5);
    expect(people.stderr).toMatch(/✖ Statement\s+NobodyWritesHere\s+of\s+the\s+bucket\s+policy/);
    expect(people.stderr).toContain('nothing was changed');
  });

  it('is a warning with --force: plan goes on and apply writes, and both end as the model judges, with exit 5', async () => {
    const { folder, others } = aSetUp();
    await others(denied);
    const planned = await plan(folder, '--force', '--out', 'forced.plan');
    expect(planned.code).toBe(5);
    expect(of(planned, 'problem')).toEqual([]);
    expect(of(planned, 'warning', 'would-not-replicate')).toHaveLength(1);
    expect(planned.lines.at(-1)).toMatchObject({
      outcome: 'blocked',
      changes: 9,
      next: expect.stringContaining('--force'),
    });

    const refused = await folder.s3repl(['apply', 'forced.plan', ...json, '--yes']);
    expect(refused.code).toBe(5);
    expect(writes(refused)).toEqual([]);

    const applied = await folder.s3repl(['apply', 'forced.plan', ...json, '--yes', '--force']);
    expect(applied.code).toBe(5);
    expect(writes(applied).length).toBeGreaterThan(0);
    expect(of(applied, 'warning', 'would-not-replicate')).toHaveLength(1);
    expect(of(applied, 'verdict')).toContainEqual(expect.objectContaining({ probe: 'new-object', outcome: 'fails' }));
    expect(applied.lines.at(-1)).toMatchObject({
      outcome: 'blocked',
      changes: 9,
      error: { code: 'would-not-replicate', message: expect.stringContaining('everything is written, but') },
    });
  });

  it('that comes later is found by an apply that has nothing to do', async () => {
    const { folder, others } = aSetUp();
    const first = await apply(folder);
    expect(first.lines.at(-1)).toMatchObject({ summary: expect.stringContaining('new objects replicate') });
    await others(async ({ destination }) => {
      const { Policy = '' } = await destination.send(new GetBucketPolicyCommand({ Bucket }));
      const { Statement } = JSON.parse(Policy) as { Statement: object | object[] };
      await destination.send(new PutBucketPolicyCommand({ Bucket, Policy: document(...[Statement].flat(), deny) }));
    });
    const again = await apply(folder);
    expect(again.code).toBe(5);
    expect(again.lines.at(-1)).toMatchObject({ outcome: 'blocked', error: { code: 'would-not-replicate' } });
    expect((await plan(folder)).code).toBe(5);
  });
});

describe('someone’s Deny of some objects', () => {
  it('comes with the line for each rule that leaves them out, with which the plan is one to apply', async () => {
    const { folder, others } = aSetUp();
    const ruleOf = (id: string, priority: number, more = '') =>
      `      - id: ${id}\n        prefix: ${id}/\n        priority: ${priority}\n${more}`;
    const withRules = (tax = '', pay = '') =>
      folder.write('repl.yaml', `${invoices}    rules:\n${ruleOf('tax', 2, tax)}${ruleOf('pay', 1, pay)}`);
    withRules();
    await others(async ({ destination }) => {
      const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' as const };
      await destination.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
      const Policy = document({ ...deny, Sid: 'NoHr', Resource: `arn:aws:s3:::${Bucket}/*/hr/*` });
      await destination.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    });
    const ended = await plan(folder);
    expect(ended.code).toBe(5);
    const { fix, paste } = of(ended, 'problem', 'would-not-replicate')[0] ?? {};
    expect(fix).toContain('write each line under its rule in repl.yaml:');
    const [tax = '', pay = ''] = String(paste).split('\n');
    expect(pay).toMatch(/^except: \[\{ key: "pay\/.*# rule pay$/);
    expect(tax).toContain('key: "tax/');
    expect(tax).not.toContain('pay/');
    withRules(`        ${tax}\n`, `        ${pay}\n`);
    const planned = await plan(folder);
    expect(planned.lines.at(-1)).toMatchObject({ outcome: 'planned' });
    expect(of(planned, 'verdict')).toContainEqual(
      expect.objectContaining({ outcome: 'fails', except: '…', name: expect.stringContaining('tax/') }),
    );
  });
});

describe('a role that others have bounded or extended', () => {
  const roleName = 's3repl-invoices-dr';
  const trust = document({ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' });

  async function policy(iam: IAMClient, PolicyName: string, PolicyDocument: string) {
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    return Policy?.Arn ?? '';
  }

  it('does not get past a boundary without kms:Decrypt', async () => {
    const { folder, others } = aSetUp();
    await others(async ({ iam }) => {
      await iam.send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: trust }));
      const Action = ['s3:*', 'kms:Encrypt', 'kms:GenerateDataKey'];
      const PermissionsBoundary = await policy(iam, 'bound', document({ Effect: 'Allow', Action, Resource: '*' }));
      await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: roleName, PermissionsBoundary }));
    });
    const ended = await apply(folder);
    expect(ended.code).toBe(5);
    expect(writes(ended)).toEqual([]);
    expect(of(ended, 'problem')[0]).toMatchObject({
      code: 'would-not-replicate',
      message: expect.stringMatching(/permissions boundary .* does not allow kms:Decrypt/),
    });
  });

  it('is told by a managed policy that denies', async () => {
    const { folder, others } = aSetUp();
    await others(async ({ iam }) => {
      await iam.send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: trust }));
      const nothing = { Sid: 'NoKeys', Effect: 'Deny', Action: 'kms:*', Resource: '*' };
      const PolicyArn = await policy(iam, 'no-keys', document(nothing));
      await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn }));
    });
    const ended = await apply(folder);
    expect(ended.code).toBe(5);
    expect(of(ended, 'problem')[0]).toMatchObject({
      evidence: { arn: 'arn:aws:iam::111111111111:policy/no-keys', sid: 'NoKeys' },
    });
  });
});

/** Before ours, to the same destination. */
async function addRule({ source }: Others, more: Pick<ReplicationRule, 'Filter'> & Partial<ReplicationRule>) {
  const { ReplicationConfiguration } = await source.send(new GetBucketReplicationCommand({ Bucket: 'acme-invoices' }));
  const { Role, Rules = [] } = ReplicationConfiguration ?? {};
  const theirs: ReplicationRule = {
    ID: 'theirs',
    Priority: 50,
    Status: 'Enabled',
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: `arn:aws:s3:::${Bucket}` },
    ...more,
  };
  await source.send(
    new PutBucketReplicationCommand({
      Bucket: 'acme-invoices',
      ReplicationConfiguration: { Role, Rules: [...Rules, theirs] },
    }),
  );
}

describe('a rule of others that goes before ours', () => {
  it('and takes all its objects stops apply, also where nothing is to be done', async () => {
    const { folder, others } = aSetUp();
    await apply(folder);
    await others((clients) => addRule(clients, { Filter: { Prefix: '' } }));
    const ended = await apply(folder);
    expect(ended.code).toBe(5);
    expect(of(ended, 'problem')[0]).toMatchObject({
      code: 'would-not-replicate',
      message: expect.stringContaining('Rule theirs (priority 50)'),
      fix: expect.stringContaining('priority'),
    });
  });

  it('and names a key that does not exist is reported for that, not for a missing permission', async () => {
    const { folder, others } = aSetUp();
    await apply(folder);
    const ReplicaKmsKeyID = 'arn:aws:kms:eu-central-1:222222222222:key/11111111-2222-3333-4444-444444444444';
    await others((clients) =>
      addRule(clients, {
        Filter: { Prefix: 'team/' },
        SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
        Destination: { Bucket: `arn:aws:s3:::${Bucket}`, EncryptionConfiguration: { ReplicaKmsKeyID } },
      }),
    );
    const said = { message: expect.stringContaining(`Key ${ReplicaKmsKeyID}, which is to encrypt replicas, does not`) };
    for (const command of ['plan', 'verify']) {
      const ended = await folder.s3repl([command, ...json]);
      expect([ended.code, of(ended, 'problem')]).toMatchObject([5, [said]]);
    }
  });
});

describe('a condition that nobody can answer from here', () => {
  it('is a warning beforehand, and keeps apply from ending as a success', async () => {
    const { folder, others } = aSetUp();
    const onlyVersionFour = {
      ...deny,
      Sid: 'OnlyVersionFour',
      Condition: { StringNotEquals: { 's3:signatureversion': 'AWS4-HMAC-SHA256' } },
    };
    await others(async ({ destination }) => {
      const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' as const };
      await destination.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
      await destination.send(new PutBucketPolicyCommand({ Bucket, Policy: document(onlyVersionFour) }));
    });
    const planned = await plan(folder);
    expect(planned.code).toBe(6);
    expect(of(planned, 'problem')).toEqual([]);
    expect(of(planned, 'warning', 'replication-unknown')).toMatchObject([
      { message: expect.stringContaining('signatureversion') },
    ]);

    const first = await apply(folder);
    expect(first.code).toBe(6);
    expect(writes(first).length).toBeGreaterThan(0);
    expect(of(first, 'warning', 'replication-unknown')).toHaveLength(1);
    expect(first.lines.at(-1)).toMatchObject({
      outcome: 'unknown',
      changes: 9,
      error: { code: 'replication-unknown', message: expect.stringContaining('everything is written') },
    });

    const second = await apply(folder);
    expect(second.code).toBe(6);
    expect(writes(second)).toEqual([]);
    expect((await apply(folder, '--force')).lines.at(-1)).toMatchObject({ outcome: 'unknown' });
  });
});
