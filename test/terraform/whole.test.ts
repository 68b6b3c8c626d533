/**
 * Terraform's AWS provider, which reads back everything that it wrote, sets a whole replication up in the served sandbox, changes it and
 * takes it down: default tags, a bucket that was there before, an object, and buckets that go with all that is in them.
 */
import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { aFolder } from '../stories/cli.ts';
import { serving } from '../stories/served.ts';
import { pluginsOrNotice, terraformIn } from './terraform.ts';

const plugins = pluginsOrNotice('a setup by Terraform alone');
const Bucket = 'whole-source';

describe.skipIf(plugins === undefined)('Terraform alone', () => {
  it('applies, plans clean, changes and destroys a whole setup, and its object replicates', async () => {
    const folder = aFolder();
    const served = await serving(folder);
    const [source, replica] = [served.s3('111111111111', 'eu-west-1'), served.s3('222222222222', 'eu-central-1')];
    await source.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    const TagSet = [{ Key: 'made', Value: 'by hand' }];
    await source.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));

    const terraform = await terraformIn(folder.path, 'whole.tf', plugins ?? '', served.url);
    await terraform.apply();
    expect(await terraform.drift()).toEqual([]);
    const tags = (await source.send(new GetBucketTaggingCommand({ Bucket }))).TagSet ?? [];
    expect(tags.map(({ Key, Value }) => `${Key}=${Value}`).toSorted()).toEqual([
      'cost=17',
      'stage=test',
      'team=platform',
    ]);
    const Key = 'settings.json';
    const status = async () => (await source.send(new HeadObjectCommand({ Bucket, Key }))).ReplicationStatus;
    await expect.poll(status, { timeout: 60_000 }).not.toBe('PENDING');

    const changed = await terraform.drift('seconds=3600');
    expect(changed.map(({ address, actions }) => [address, ...actions])).toEqual([
      ['aws_iam_role.replication', 'update'],
      ['aws_s3_object.settings', 'update'],
    ]);
    await terraform.apply('seconds=3600');
    expect(await terraform.drift('seconds=3600')).toEqual([]);
    // What was changed of the role takes effect a little later, and what FAILED until then is not tried again: newer versions are.
    const next = async () => {
      await source.send(new PutObjectCommand({ Bucket, Key, Body: '{}' }));
      await expect.poll(status, { timeout: 60_000 }).not.toBe('PENDING');
      return status();
    };
    await expect.poll(next, { timeout: 120_000, interval: 1000 }).toBe('COMPLETED');
    const there = await replica.send(new HeadObjectCommand({ Bucket: 'whole-replica', Key }));
    expect(there.ServerSideEncryption).toBe('aws:kms');

    await terraform.destroy();
    for (const one of [source, replica]) expect((await one.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
    await served.stop();
    // The provider looks at each key policy for a quarter of a minute until it believes it.
  }, 600_000);
});
