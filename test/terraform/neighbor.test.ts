/**
 * Terraform owns a replication; s3repl is applied beside it with the same role, and taken out again. Terraform reads back everything that it
 * has written: it sees our statements and rules in between, and nothing else ever.
 */
import { join } from 'node:path';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { aFolder } from '../stories/cli.ts';
import { type Serving, serving } from '../stories/served.ts';
import { type Drift, pluginsOrNotice, terraformIn } from './terraform.ts';

const plugins = pluginsOrNotice('what a neighbor that uses it sees');

const config = (sourceKey: string, replicaKey: string) => `version: 1
name: audit
source:
  account: "111111111111"
  region: eu-west-1
  access: { profile: source }
  bucket: team-source
  kmsKey: ${sourceKey}
destinations:
  - account: "222222222222"
    region: eu-central-1
    access: { profile: destination }
    bucket: team-replica # the bucket of the team, another prefix
    kmsKey: ${replicaKey}
    rules: [{ id: audit, prefix: audit/ }]
  - account: "222222222222"
    region: eu-central-1
    access: { profile: destination }
    bucket: audit-copy # the prefix of the team, another bucket
    kmsKey: ${replicaKey}
    rules: [{ id: copy, prefix: team/ }]
role: { name: team-replication }
`;

const profiles = ['source 111111111111 eu-west-1', 'destination 222222222222 eu-central-1']
  .map((line) => line.split(' '))
  .map(
    ([name, account, region]) =>
      `[profile ${name}]\nregion = ${region}\naws_access_key_id = SANDBOX${account}\naws_secret_access_key = any\n`,
  )
  .join('');

/** What Terraform would take out of a JSON document, or of a list: nothing else may differ. */
function onlyOurs({ address, actions, before, after }: Drift): readonly string[] {
  expect({ address, actions }).toEqual({ address, actions: ['update'] });
  return Object.keys(before).flatMap((name) => {
    const [was, is] = [statementsOrRules(before[name]), statementsOrRules(after[name])];
    for (const one of is) expect(was).toContain(one);
    return was.filter((one) => !is.includes(one)).map((one) => `${address} ${nameOf(one)}`);
  });
}

/** The statements of a policy, or the rules of a replication configuration, each as JSON. */
function statementsOrRules(value: unknown): readonly string[] {
  const list: unknown = typeof value === 'string' ? JSON.parse(value).Statement : value;
  if (!Array.isArray(list)) throw new Error(`neither statements nor rules: ${JSON.stringify(value)}`);
  return list.map((one) => JSON.stringify(one));
}

function nameOf(json: string): string {
  const { Sid, id } = JSON.parse(json) as { readonly Sid?: string; readonly id?: string };
  return (Sid ?? id ?? json).replace(/^S3repl[0-9a-f]{12}/, 'S3repl…');
}

describe.skipIf(plugins === undefined)('beside a replication that Terraform owns', () => {
  it('s3repl adds its statements and rules only, takes out exactly these, and their objects replicate all the time', async () => {
    const folder = aFolder();
    const served = await serving(folder);
    const terraform = await terraformIn(folder.path, 'team.tf', plugins ?? '', served.url);
    const { source_key = '', replica_key = '' } = await terraform.apply();
    expect(await terraform.drift()).toEqual([]);

    folder.write('repl.yaml', config(source_key, replica_key));
    folder.write('profiles', profiles);
    const env = {
      AWS_ENDPOINT_URL: served.url,
      AWS_CONFIG_FILE: join(folder.path, 'profiles'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder.path, 'none'),
    };
    const s3repl = async (...args: readonly string[]) => {
      const { code, lines, stderr } = await folder.s3repl([...args, '--json'], env);
      expect({ code, stderr, end: lines.at(-1) }).toMatchObject({ code: 0 });
      return lines;
    };
    const arrives = theirObjects(served);

    await arrives('team/before');
    const told = await s3repl('apply', '--yes');
    expect(told.filter(({ code }) => code === 'breaks-others')).toEqual([]);
    await arrives('team/between');
    await s3repl('verify');
    const between = await terraform.drift();
    expect(between.flatMap(onlyOurs).toSorted()).toEqual([
      'aws_kms_key.replica S3repl…ReplicaKey',
      'aws_s3_bucket_policy.replica S3repl…ReplicaWrites',
      'aws_s3_bucket_replication_configuration.team s3repl.audit.audit',
      'aws_s3_bucket_replication_configuration.team s3repl.audit.copy',
    ]);

    await s3repl('destroy', '--yes');
    expect(await terraform.drift()).toEqual([]);
    await arrives('team/after');
    await served.stop();
  });
});

/** Puts objects of theirs until one has arrived, encrypted with the key of the replica bucket: new policies take effect a little later. */
function theirObjects({ s3 }: Serving) {
  const source = s3('111111111111', 'eu-west-1');
  const replica = s3('222222222222', 'eu-central-1');
  const statusOf = async (Key: string) => {
    const { VersionId } = await source.send(new PutObjectCommand({ Bucket: 'team-source', Key, Body: 'content' }));
    const head = async () => source.send(new HeadObjectCommand({ Bucket: 'team-source', Key, VersionId }));
    await expect.poll(async () => (await head()).ReplicationStatus, { timeout: 60_000 }).not.toBe('PENDING');
    return (await head()).ReplicationStatus;
  };
  return async (Key: string) => {
    await expect.poll(() => statusOf(Key), { timeout: 120_000, interval: 1000 }).toBe('COMPLETED');
    const there = await replica.send(new HeadObjectCommand({ Bucket: 'team-replica', Key }));
    expect(there.ServerSideEncryption).toBe('aws:kms');
  };
}
