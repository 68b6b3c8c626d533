import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  DeleteBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketWebsiteCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { aFolder, invoices } from './cli.ts';
import { serving } from './served.ts';

/** What a shell has after it has read what was printed. */
function shellAfter(text: string, variables: readonly string[]): string[] {
  const echo = variables.map((name) => `echo "$${name}"`).join('; ');
  const { stdout } = spawnSync('sh', ['-c', `eval "$0"; ${echo}`, text], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, AWS_PROFILE: 'other', AWS_SESSION_TOKEN: 'other' },
  });
  return stdout.trimEnd().split('\n');
}

describe('the served sandbox', () => {
  it('has what apply made, for other tools, and keeps what they do', async () => {
    const folder = aFolder('as processes');
    folder.write('repl.yaml', invoices);
    await folder.s3repl(['apply', '--sandbox', '--yes']);

    const server = await serving(folder, [], 'as a process');
    const printed = await folder.s3repl(['sandbox', 'credentials', '111111111111']);
    expect(printed.stdout.split('\n')[0]).toBe('# [sandbox] account 111111111111');
    const variables = [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_ENDPOINT_URL',
      'AWS_REGION',
      'AWS_DEFAULT_REGION',
    ];
    const [accessKeyId = '', secretAccessKey = '', endpoint = '', region = ''] = shellAfter(printed.stdout, variables);
    expect([accessKeyId, endpoint, region]).toEqual(['SANDBOX111111111111', server.url, 'eu-west-1']);
    expect(shellAfter(`${printed.stdout}; echo "$AWS_PROFILE$AWS_SESSION_TOKEN"`, []).join('')).toBe('');

    const s3 = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual(['acme-invoices']);
    const { ReplicationConfiguration } = await s3.send(new GetBucketReplicationCommand({ Bucket: 'acme-invoices' }));
    expect(ReplicationConfiguration?.Rules).toHaveLength(1);
    expect(server.lines).toHaveLength(1);
    expect(await server.stop()).toBe(0);
    expect((await folder.s3repl(['plan', '--sandbox', '--detailed-exitcode'])).code).toBe(0);
  });

  it('is where --sandbox acts while it is served: what is broken with another tool, doctor explains', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const server = await serving(folder);
    const applied = await folder.s3repl(['apply', '--sandbox', '--yes', '--verify']);
    expect(applied.code, applied.stderr).toBe(0);
    expect(applied.stderr).toContain(`in the sandbox that is served at ${server.url}`);
    expect((await folder.s3repl(['doctor', '--sandbox'])).code).toBe(0);

    const s3 = server.s3('222222222222', 'eu-central-1');
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: 'acme-invoices-replica' }));
    const explained = await folder.s3repl(['doctor', '--sandbox']);
    expect(explained.code).toBe(5);
    expect(explained.stdout).toContain('acme-invoices-replica');

    const faulty = await folder.s3repl(['plan', '--sandbox', '--sandbox-fault', 'GetBucketPolicy=AccessDenied']);
    expect(faulty.code).toBe(3);
    expect(faulty.stderr).toContain('s3repl sandbox serve');
    expect(await server.stop()).toBe(0);
    const again = await folder.s3repl(['doctor', '--sandbox']);
    expect(again.code).toBe(5);
    expect(again.stderr).not.toContain('served');
  }, 60_000);

  it('says in a line what it does not have, and doctor says so too: AWS has refused nothing', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    await folder.s3repl(['apply', '--sandbox', '--yes']);
    const fault = ['--sandbox-fault', 'GetBucketNotificationConfiguration=NotImplemented'];
    const { stderr } = await folder.s3repl(['doctor', '--sandbox', ...fault]);
    expect(stderr.replace(/\s+/g, ' ')).toContain('does not have s3:GetBucketNotification');
    expect(stderr).not.toContain('AWS refused');
  });

  it('while it is served, says in a line of stderr what it was asked for and does not have, and nothing of the rest', async () => {
    const server = await serving(aFolder());
    const s3 = server.s3('111111111111', 'eu-west-1');
    await s3.send(new ListBucketsCommand());
    const asked = s3.send(new GetBucketWebsiteCommand({ Bucket: 'any' }));
    await expect(asked).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
    expect(await server.stop()).toBe(0);
    const [told] = server.told.join(' ').replace(/\s+/g, ' ').split(' stopping:');
    expect(told).toBe(
      '[sandbox] 501 s3 GetBucketWebsite 111111111111 eu-west-1: the sandbox does not have this operation',
    );
  });

  it('assumes the roles that repl.yaml signs in with, which it makes in the server', async () => {
    const folder = aFolder();
    const role = 'arn:aws:iam::222222222222:role/setup';
    folder.write('repl.yaml', `${invoices}    access: { assumeRole: "${role}" }\n`);
    const server = await serving(folder);
    const applied = await folder.s3repl(['apply', '--sandbox', '--yes']);
    expect(applied.code, applied.stderr).toBe(0);
    expect(applied.stderr).toContain(`made the role ${role}`);
    expect(await server.stop()).toBe(0);
  }, 60_000);

  it('keeps its folder for itself: what would empty it is told where it is at once, and others may look', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    await folder.s3repl(['apply', '--sandbox', '--yes']);
    const server = await serving(folder, ['--json']);
    expect(JSON.parse(server.lines[0] ?? '')).toMatchObject({
      type: 'ready',
      url: server.url,
      pid: server.pid,
      sandbox: true,
    });

    const refused = await folder.s3repl(['sandbox', 'reset', '--json']);
    expect(refused.code).toBe(1);
    const { error } = refused.lines.at(-1) as { error: { code: string; message: string } };
    expect(error.code).toBe('sandbox-busy');
    expect(error.message).toContain(`served at ${server.url} by process ${server.pid}`);

    const { lines } = await folder.s3repl(['sandbox', 'status', '--json']);
    expect(lines.map(({ account }) => account).filter(Boolean)).toEqual(['111111111111', '222222222222']);
    expect(await server.stop()).toBe(0);
  });

  it('does not begin where the port is in use, and says so', async () => {
    const folder = aFolder();
    const server = await serving(folder);
    const { port } = new URL(server.url);
    const second = await folder.s3repl(['sandbox', 'serve', '--port', port, '--state', 'other']);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`port ${port} of 127.0.0.1 is in use`);
    expect((await folder.s3repl(['sandbox', 'serve', '--port', '99999'])).code).toBe(3);
  });
});

describe('the status of the sandbox', () => {
  it('names accounts with their buckets, keys and roles, in 80 columns', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    expect((await folder.s3repl(['sandbox', 'status'])).stdout).toContain('0 accounts have something in .s3repl');
    await folder.s3repl(['apply', '--sandbox', '--yes']);

    const { stdout } = await folder.s3repl(['sandbox', 'status']);
    expect(stdout).toContain('    acme-invoices\n      eu-west-1 · versioned · 1 rule · empty\n');
    expect(stdout).toContain('      eu-central-1 · Enabled · alias/s3repl-invoices-dr-replica\n');
    expect(stdout).toContain('  roles\n    s3repl-invoices-dr\n');
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    const { lines } = await folder.s3repl(['sandbox', 'ls', '--json']);
    expect(lines[0]).toEqual({
      type: 'bucket',
      account: '111111111111',
      region: 'eu-west-1',
      bucket: 'acme-invoices',
      sandbox: true,
    });
  });
});

describe('faults and lag on the command line', () => {
  const example = fileURLToPath(new URL('../../docs/examples/invoices.yaml', import.meta.url));
  const apply = ['apply', '--config', example, '--yes', '--json'];

  it('strike, and are survived where AWS asks to come back', async () => {
    const faults = [
      '--sandbox-fault',
      'PutBucketPolicy:1=OperationAborted',
      '--sandbox-fault',
      'kms:*:2=ThrottlingException',
    ];
    const lag = ['--sandbox-lag', 'replication=3 requests'];
    const { code, lines } = await aFolder().s3repl([...apply, '--sandbox', ...faults, ...lag]);
    expect(code).toBe(0);
    expect(lines.filter(({ type }) => type === 'pending').map(({ resource }) => resource)).toContain('read back');
    expect(lines.filter(({ code }) => code === 'fault-unused')).toEqual([]);
  });

  it('end the run where they are final', async () => {
    const { code, lines } = await aFolder().s3repl([
      ...apply,
      '--sandbox',
      '--sandbox-fault',
      'CreateRole=AccessDenied',
    ]);
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({ error: { code: 'AccessDenied' } });
  });

  it('are told where they did not happen', async () => {
    const { lines } = await aFolder().s3repl([...apply, '--sandbox', '--sandbox-fault', 'PutBucketPolcy:2=SlowDown']);
    expect(lines.find(({ code }) => code === 'fault-unused')?.message).toContain('PutBucketPolcy:2=SlowDown');
  });

  it.each([
    [['--sandbox', '--sandbox-fault', 'PutBucketPolicy'], 'write OPERATION:CALL=FAULT'],
    [['--sandbox', '--sandbox-lag', 'versioning=3 s'], 'late can be'],
    [['--sandbox-fault', 'PutBucketPolicy=reset'], 'only in the sandbox'],
  ])('are refused where they are not understood: %j', async (args, words) => {
    const { code, lines } = await aFolder().s3repl([...apply, ...args]);
    expect(code).toBe(3);
    expect(JSON.stringify(lines.at(-1))).toContain(words);
  });
});
