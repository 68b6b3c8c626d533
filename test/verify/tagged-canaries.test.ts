import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyReplication } from '../../src/verify/verify.ts';
import { aRule, DESTINATION, SOURCE } from '../builders.ts';
import { FakeS3, Refused, withRule } from './fake-s3.ts';

let aws: FakeS3;
beforeEach(() => {
  aws = new FakeS3();
});
afterEach(() => aws.mock.restore());

const verify = (change = {}) => verifyReplication(aws.work(change), '.s3repl-canary/');
const told = (type: string) => aws.events.filter((event) => event.type === type);

describe('tags', () => {
  const untagged = { code: 'canary-failed', message: expect.stringMatching(/by rule all$/) };

  it('that are not there block, though S3 says that it has replicated: the plain canary arrives', async () => {
    aws.tagsArrive = false;
    expect(await verify()).toMatchObject({ outcome: 'blocked', error: untagged });
    expect(told('canary')).toMatchObject([
      { outcome: 'replicated' },
      { outcome: 'failed', faults: ['it arrived without its tag s3repl'] },
    ]);
    expect(aws.left()).toEqual([]);
  });

  it('that alone did not arrive are named where S3 says FAILED', async () => {
    aws.status = 'FAILED';
    aws.arrivesAnyway = true;
    aws.tagsArrive = false;
    expect(await verify()).toMatchObject({ outcome: 'blocked', error: untagged });
    expect(told('canary')).toMatchObject([
      { faults: ['S3 could not replicate it to acme-invoices-replica'] },
      {
        faults: [
          expect.stringMatching(/^it arrived in acme-invoices-replica without its tag s3repl, .*s3:ReplicateTags/),
        ],
      },
    ]);
    expect(aws.left()).toEqual([]);
  });

  it('that did arrive are no reason where S3 says FAILED', async () => {
    aws.status = 'FAILED';
    aws.arrivesAnyway = true;
    await verify();
    expect(told('canary')[1]).toMatchObject({
      faults: ['S3 says that replication failed, although a replica is in acme-invoices-replica'],
    });
  });

  it.each(['HeadObject', 'GetObjectTagging'])('leave what S3 says as it is where %s fails', async (broken) => {
    aws.status = 'FAILED';
    aws.arrivesAnyway = true;
    aws.refuse = (operation, bucket) =>
      operation === broken && bucket === 'acme-invoices-replica' ? new Refused(500) : undefined;
    expect(await verify()).toMatchObject({ outcome: 'blocked', error: untagged });
  });

  it('that may not be read are a warning: S3 says that they have arrived', async () => {
    aws.tagsArrive = false;
    aws.refuse = (operation) => (operation === 'GetObjectTagging' ? new Refused(403) : undefined);
    expect((await verify()).outcome).toBe('verified');
    expect(told('warning')).toMatchObject([
      {
        code: 'tags-unread',
        fix: `allow s3:GetObjectVersionTagging on it to arn:aws:iam::${DESTINATION}:role/s3repl-setup in account ${DESTINATION}`,
      },
    ]);
  });

  it('that may not be written are not tried: a warning, and a plain object proves what it proves', async () => {
    aws.refuse = (operation, _, input) => (operation === 'PutObject' && input.Tagging ? new Refused(403) : undefined);
    const result = await verify();
    expect(result).toMatchObject({
      outcome: 'verified',
      summary: expect.stringMatching(/^one object was written/),
      notTried: expect.arrayContaining(['objects with tags (rule all)']),
    });
    expect(told('canary')).toHaveLength(1);
    expect(told('warning')).toMatchObject([
      {
        code: 'tags-not-tried',
        message: expect.stringContaining('refused with 403'),
        fix: expect.stringContaining(`s3:PutObjectTagging on the canaries to arn:aws:iam::${SOURCE}:role/s3repl-setup`),
      },
    ]);
    expect(aws.calls(aws.keys()[1])).toEqual(['PutObject acme-invoices']);
  });

  it('that may not be written are an error where the rule is for them', async () => {
    aws.refuse = (operation) => (operation === 'PutObject' ? new Refused(403) : undefined);
    const rule = aRule({ deleteMarkers: false, tags: { team: 'tax' } });
    await expect(verify(withRule(rule, { Tag: { Key: 'team', Value: 'tax' } }))).rejects.toThrow('refused with 403');
  });

  it('that S3 fails to take for another reason are an error', async () => {
    aws.refuse = (operation, _, input) =>
      operation === 'PutObject' && input.Tagging ? new Refused(400, 'InvalidTag') : undefined;
    await expect(verify()).rejects.toThrow('refused with 400');
    expect(aws.left()).toEqual([]);
  });
});
