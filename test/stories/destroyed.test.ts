import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketTaggingCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aFolder, invoices } from './cli.ts';

const theirs = JSON.stringify({
  Version: '2012-10-17',
  Id: 'theirs',
  Statement: [
    {
      Sid: 'DenyWithoutTls',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::acme-invoices-replica', 'arn:aws:s3:::acme-invoices-replica/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::444444444444:root' },
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::acme-invoices-replica/shared/*',
    },
  ],
});

const everything = ['--sandbox', '--yes', '--json'];
const destroy = ['destroy', ...everything];

async function destination<T>(directory: string, work: (s3: S3Client) => Promise<T>): Promise<T> {
  const sandbox = await openSandbox({ directory });
  try {
    const credentials = sandboxCredentials('222222222222');
    const { requestHandler } = sandbox;
    return await work(new S3Client({ region: 'eu-central-1', credentials, requestHandler }));
  } finally {
    await sandbox.close();
  }
}

describe('a setup that is taken out again', () => {
  it('leaves what others had put there byte for byte, and a second time there is nothing to do', async () => {
    const folder = aFolder();
    const directory = join(folder.path, '.s3repl');
    const Bucket = 'acme-invoices-replica';
    const seen = (s3: S3Client) =>
      Promise.all([
        s3.send(new GetBucketPolicyCommand({ Bucket })).then(({ Policy }) => Policy),
        s3.send(new GetBucketTaggingCommand({ Bucket })).then(({ TagSet }) => TagSet),
      ]);
    const before = await destination(directory, async (s3) => {
      const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: theirs }));
      await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'owner', Value: 'audit' }] } }));
      return seen(s3);
    });

    folder.write('repl.yaml', invoices);
    expect((await folder.s3repl(['apply', ...everything])).code).toBe(0);
    expect(await destination(directory, seen)).not.toEqual(before);

    const destroyed = await folder.s3repl(destroy);
    expect(destroyed.code).toBe(0);
    expect(destroyed.lines.at(-1)).toMatchObject({ command: 'destroy', outcome: 'destroyed', changes: 5 });
    expect(await destination(directory, seen)).toEqual(before);

    const again = await folder.s3repl(destroy);
    expect([again.code, again.lines.at(-1)?.outcome]).toEqual([0, 'unchanged']);
  });

  it('leaves another setup that shares its destination', async () => {
    const folder = aFolder();
    const directory = join(folder.path, '.s3repl');
    folder.write('repl.yaml', invoices);
    const taxes = invoices
      .replace('invoices-dr', 'taxes-dr')
      .replace('bucket: acme-invoices\n', 'bucket: acme-taxes\n')
      .concat('    kmsKey: alias/s3repl-invoices-dr-replica\n');
    folder.write('taxes.yaml', taxes);
    const other = ['--config', 'taxes.yaml'];
    expect((await folder.s3repl(['apply', ...everything])).code).toBe(0);
    expect((await folder.s3repl(['apply', ...everything, ...other])).code).toBe(0);

    expect((await folder.s3repl(destroy)).lines.at(-1)).toMatchObject({ outcome: 'destroyed' });
    const plan = await folder.s3repl(['plan', '--sandbox', '--json', '--detailed-exitcode', ...other]);
    expect(plan.lines.at(-1)).toMatchObject({ outcome: 'unchanged' });
    const policy = await destination(directory, (s3) =>
      s3.send(new GetBucketPolicyCommand({ Bucket: 'acme-invoices-replica' })),
    );
    expect(policy.Policy).toContain('role/s3repl-taxes-dr');
    expect(policy.Policy).not.toContain('role/s3repl-invoices-dr');

    // The key that both use is not deleted for one of them, whatever it says.
    const keys = await folder.s3repl([...destroy, '--delete-keys', '--force']);
    expect([keys.code, keys.lines.at(-1)?.error]).toEqual([
      5,
      expect.objectContaining({ code: 'key-of-other-set-up' }),
    ]);
  });

  it('has its rule gone from the source bucket', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    await folder.s3repl(['apply', ...everything]);
    await folder.s3repl(destroy);
    const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl') });
    const { requestHandler } = sandbox;
    const s3 = new S3Client({ region: 'eu-west-1', credentials: sandboxCredentials('111111111111'), requestHandler });
    await expect(s3.send(new GetBucketReplicationCommand({ Bucket: 'acme-invoices' }))).rejects.toMatchObject({
      name: 'ReplicationConfigurationNotFoundError',
    });
    await sandbox.close();
  });

  it('is taken out only for who says so', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    await folder.s3repl(['apply', ...everything]);
    const nobody = await folder.s3repl(['destroy', '--sandbox', '--json']);
    expect([nobody.code, nobody.lines.at(-1)?.error]).toEqual([3, expect.objectContaining({ code: 'no-approval' })]);
    expect((await folder.s3repl(['apply', ...everything])).lines.at(-1)).toMatchObject({ outcome: 'unchanged' });
  });
});
