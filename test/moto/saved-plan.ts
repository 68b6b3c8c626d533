import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { Account } from './account.ts';
import type { Moto } from './moto.ts';
import { aConfig, aSide, callsOf, DESTINATION, folderWith, resultOf, SOURCE } from './s3repl.ts';

export const savedPlan = (moto: Moto) =>
  describe('a saved plan', () => {
    beforeEach(() => moto.reset());

    test('is for its owner only, is applied as it was shown, and is refused once AWS has changed', async () => {
      const folder = await folderWith(aConfig(), moto);
      const planned = await folder.s3repl('plan', '--out', 'orders.plan', '--json');
      expect(planned.exit, planned.stderr + planned.stdout).toBe(0);
      expect(resultOf(planned)).toMatchObject({ outcome: 'planned', changes: 9 });
      expect((await stat(join(folder.path, 'orders.plan'))).mode & 0o777).toBe(0o600);
      const source = await Account.signIn(moto, SOURCE);
      const destination = await Account.signIn(moto, DESTINATION);
      expect(await source.contents('eu-west-1')).toEqual({ keys: {}, buckets: {}, roles: {} });

      // repl.yaml is not asked any more: exactly the plan is applied.
      await folder.write({ version: 1 });
      const applied = await folder.s3repl('apply', 'orders.plan', '--yes', '--json');
      expect(applied.exit, applied.stderr + applied.stdout).toBe(0);
      expect(resultOf(applied)).toMatchObject({ outcome: 'applied', changes: 9 });

      const rules = [{ id: 'all', prefix: 'current/' }];
      await folder.write(
        aConfig({ destinations: [aSide(DESTINATION, 'eu-central-1', 'acme-orders-replica', { rules })] }),
      );
      await folder.s3repl('plan', '--out', 'stale.plan');
      const s3 = destination.s3('eu-central-1');
      const Bucket = 'acme-orders-replica';
      const { policy } = (await destination.contents()).buckets[Bucket] ?? {};
      const theirs = {
        Sid: 'Theirs',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:DeleteBucket',
        Resource: `arn:aws:s3:::${Bucket}`,
      };
      const Policy = JSON.stringify({ ...policy, Statement: [...(policy?.Statement ?? []), theirs] });
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      const look = () => Promise.all([source.contents('eu-west-1'), destination.contents('eu-central-1')]);
      const before = await look();

      const refused = await folder.s3repl('apply', 'stale.plan', '--yes', '--json', '--verbose');

      expect(refused.exit, refused.stderr + refused.stdout).toBe(5);
      expect(resultOf(refused)).toMatchObject({ outcome: 'blocked', error: { code: 'stale-plan' } });
      expect(callsOf(refused).filter(({ write }) => write !== false)).toEqual([]);
      expect(await look()).toEqual(before);
    });
  });
