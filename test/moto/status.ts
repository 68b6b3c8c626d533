import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { Account } from './account.ts';
import type { Moto } from './moto.ts';
import { aConfig, folderWith, resultOf, SOURCE } from './s3repl.ts';

/** moto keeps a replication configuration and replicates nothing; it has no jobs, no replication metrics and no default quotas. */
export const status = (moto: Moto) =>
  describe('s3repl status', () => {
    test('is unknown where nothing replicates, and names what moto does not have', async () => {
      await moto.reset();
      // moto takes no notice of the condition of the statement that refuses requests without TLS, and refuses all.
      const folder = await folderWith(aConfig({ tlsOnly: false }), moto);
      const applied = await folder.s3repl('apply', '--yes');
      expect(applied.exit, applied.stderr + applied.stdout).toBe(0);
      const s3 = (await Account.signIn(moto, SOURCE)).s3('eu-west-1');
      for (const Key of ['a', 'b'])
        await s3.send(new PutObjectCommand({ Bucket: 'acme-orders', Key, Body: 'content' }));

      const run = await folder.s3repl('status', '--json');

      expect(run.exit, run.stderr + run.stdout).toBe(6);
      expect(resultOf(run)).toMatchObject({
        outcome: 'unknown',
        summary: expect.stringMatching(/^"[ab]", written at .* has no replication status: S3 did not take it in/),
        status: { pending: 'unknown', latencySeconds: 'unknown', failed: 'unknown' },
      });
      const ofType = (type: string) => run.lines.filter((line) => line.type === type);
      expect(ofType('configuration')).toMatchObject([
        {
          outcome: 'unknown',
          reasons: [{ kind: 'no-status' }],
          configured: { kind: 'as-configured' },
          unread: [
            { path: expect.stringMatching(/notification$/) },
            { path: 'jobs', reason: `s3:ListJobs in account ${SOURCE}: not-aws` },
          ],
        },
      ]);
      expect(ofType('warning')).toMatchObject([
        { code: 'unread', message: expect.stringContaining('the service that answered does not have s3:ListJobs') },
      ]);
      expect(ofType('replication')).toMatchObject([{ failed: 'none', pending: 'none', latency: 'none' }]);
      expect(ofType('sample')).toMatchObject([{ isAll: true, counts: { COMPLETED: 0, none: 2 } }]);
      expect(ofType('job')).toEqual([{ type: 'job', status: 'unknown' }]);
      const quotaUnread = [`servicequotas:GetAWSDefaultServiceQuota in account ${SOURCE}: HTTP 500`];
      expect(ofType('kms')).toMatchObject([
        { region: 'eu-west-1', quota: { origin: 'published' }, quotaUnread },
        { region: 'eu-central-1', quota: { origin: 'published' }, quotaUnread },
      ]);
    }, 60_000);
  });
