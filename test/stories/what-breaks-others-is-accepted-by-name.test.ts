/** A team replicates SSE-S3 objects from the bucket; SSE-KMS as its default encryption would end that. A person says so, or nothing is written. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketReplicationCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { beforeEach, expect, it } from 'vitest';
import { aSetUp, type SetUp, SOURCE } from './by-hand.ts';
import { invoices } from './cli.ts';

const archive = 'team-archive';
const sources = [SOURCE, 'second-invoices'];
const role = 'role: { name: team }\n';
const statement = (Action: readonly string[], Resource: readonly string[]) => ({ Effect: 'Allow', Action, Resource });
const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

let setUp: SetUp;
beforeEach(async () => {
  setUp = aSetUp(`${invoices}${role}`);
  await setUp.byHand(async ({ sandbox, source, iam }) => {
    for (const Bucket of [...sources, archive]) {
      const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
      await source.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
      await source.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    }
    const s3 = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };
    await iam.send(new CreateRoleCommand({ RoleName: 'team', AssumeRolePolicyDocument: policy(s3) }));
    const PolicyDocument = policy(
      statement(
        ['s3:GetReplicationConfiguration', 's3:ListBucket'],
        sources.map((bucket) => `arn:aws:s3:::${bucket}`),
      ),
      statement(
        ['s3:GetObjectVersion*'],
        sources.map((bucket) => `arn:aws:s3:::${bucket}/*`),
      ),
      statement(['s3:Replicate*'], [`arn:aws:s3:::${archive}/*`]),
    );
    await iam.send(new PutRolePolicyCommand({ RoleName: 'team', PolicyName: 'team', PolicyDocument }));
    const rule = {
      ID: 'team: all',
      Priority: 7,
      Status: 'Enabled' as const,
      Filter: { Prefix: '' },
      DeleteMarkerReplication: { Status: 'Disabled' as const },
      Destination: { Bucket: `arn:aws:s3:::${archive}` },
    };
    const ReplicationConfiguration = { Role: 'arn:aws:iam::111111111111:role/team', Rules: [rule] };
    for (const Bucket of sources)
      await source.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
    await sandbox.clock.sleep(20_000);
  });
});

const breaking = (ended: { readonly lines: readonly Record<string, unknown>[] }) =>
  ended.lines.filter(({ code }) => code === 'breaks-others').map(({ type }) => type);

it('by nobody: apply stops before the first write, with --force too, and with the name of another rule or file', async () => {
  const refused = [[], ['--force'], ['--accept-breaking', 'team'], ['--accept-breaking', 'other.yaml:team: all']];
  for (const more of refused) {
    const ended = await setUp.s3repl('apply', '--yes', ...more);
    expect({ code: ended.code, told: breaking(ended), changes: ended.lines.at(-1)?.changes }).toEqual({
      code: 5,
      told: ['problem'],
      changes: 0,
    });
  }
  const told = (await setUp.s3repl('plan')).lines.find(({ code }) => code === 'breaks-others');
  expect(told?.fix).toContain(`--accept-breaking 'team: all'`);
});

it('for its file only, of several', async () => {
  const second = invoices.replace('name: invoices-dr', 'name: second').replaceAll('acme-invoices', 'second-invoices');
  setUp.folder.write('other.yaml', `${second}${role}`);
  const both = ['--config', 'repl.yaml', '--config', 'other.yaml'];

  const ended = await setUp.s3repl('plan', ...both, '--accept-breaking', 'repl.yaml:team: all');

  const told = ended.lines
    .filter(({ code }) => code === 'breaks-others')
    .map(({ type, config }) => `${config} ${type}`);
  expect(told.toSorted()).toEqual(['other.yaml problem', 'repl.yaml warning']);
});

it('by destroy as well, where their rule has come to live on the rights of ours', async () => {
  expect((await setUp.s3repl('apply', '--yes', '--accept-breaking', 'team: all')).code).toBe(0);
  await setUp.byHand(async ({ iam }) => {
    const PolicyDocument = policy(statement(['s3:Replicate*'], [`arn:aws:s3:::${archive}/*`]));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'team', PolicyName: 'team', PolicyDocument }));
  });

  const refused = await setUp.s3repl('destroy', '--yes');
  expect({ code: refused.code, told: breaking(refused) }).toMatchObject({ code: 5, told: ['problem'] });

  const destroyed = await setUp.s3repl('destroy', '--yes', '--accept-breaking', 'team: all');
  expect({ code: destroyed.code, told: breaking(destroyed) }).toMatchObject({ code: 0, told: ['warning'] });
});

it('in a saved plan, which is applied without saying it again', async () => {
  const planned = await setUp.s3repl('plan', '--out', 'saved.plan', '--accept-breaking', 'team: all');
  expect({ code: planned.code, told: breaking(planned) }).toEqual({ code: 0, told: ['warning'] });

  const applied = await setUp.s3repl('apply', 'saved.plan', '--yes');

  expect({ code: applied.code, told: breaking(applied) }).toEqual({ code: 0, told: ['warning'] });
  expect((await setUp.s3repl('apply', '--yes')).lines.at(-1)).toMatchObject({ outcome: 'unchanged' });
});

it('once: a run that ended half way goes on without it', async () => {
  const fault = ['--sandbox-fault', 'PutBucketReplication=AccessDenied'];
  const ended = await setUp.s3repl('apply', '--yes', '--accept-breaking', 'team: all', ...fault);
  expect(ended.code).toBe(1);

  const again = await setUp.s3repl('apply', '--yes');

  expect({ code: again.code, told: breaking(again) }).toEqual({ code: 0, told: [] });
});
