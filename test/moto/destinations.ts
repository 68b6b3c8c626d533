import { PutBucketReplicationCommand, type ReplicationRule } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { Account } from './account.ts';
import type { Moto } from './moto.ts';
import { aConfig, aSide, DESTINATION, folderWith, OTHER, resultOf, SOURCE } from './s3repl.ts';

const filtered = { deleteMarkers: false, replicationTimeControl: false, metrics: false };

export const destinations = (moto: Moto) =>
  describe('a source bucket with several destinations', () => {
    let source: Account;
    beforeEach(async () => {
      await moto.reset();
      source = await Account.signIn(moto, SOURCE);
    });

    const rulesNow = async (): Promise<readonly ReplicationRule[]> => {
      const { buckets } = await source.contents();
      return buckets['acme-orders']?.replication?.Rules ?? [];
    };
    const bucketsOf = async (account: string) => (await (await Account.signIn(moto, account)).contents()).buckets;

    test('a rule that is taken out of repl.yaml goes at the next apply, the others stay as they are', async () => {
      const recovery = { id: 'recovery', prefix: 'current/' };
      const billing = { id: 'billing', tags: { team: 'billing' }, ...filtered };
      const config = (...rules: object[]) =>
        aConfig({
          destinations: [
            aSide(DESTINATION, 'eu-central-1', 'acme-orders-replica', { rules }),
            aSide(OTHER, 'eu-west-1', 'acme-orders-analysis', {
              rules: [{ id: 'analysis', storageClass: 'STANDARD_IA' }],
            }),
          ],
        });
      const folder = await folderWith(config(recovery, billing), moto);
      const first = await folder.s3repl('apply', '--yes', '--json');
      expect(first.exit, first.stderr + first.stdout).toBe(0);
      const ours = await rulesNow();
      expect(ours.map(({ ID, Destination }) => `${ID} ${Destination?.Account}`)).toEqual([
        `s3repl.orders.recovery ${DESTINATION}`,
        `s3repl.orders.billing ${DESTINATION}`,
        `s3repl.orders.analysis ${OTHER}`,
      ]);
      const theirs: ReplicationRule = {
        ID: 'by hand',
        Priority: 40,
        Status: 'Disabled',
        Filter: { Prefix: 'hand/' },
        DeleteMarkerReplication: { Status: 'Disabled' },
        Destination: { Bucket: 'arn:aws:s3:::elsewhere' },
      };
      const ReplicationConfiguration = { Role: `arn:aws:iam::${SOURCE}:role/s3repl-orders`, Rules: [theirs, ...ours] };
      await source
        .s3('eu-west-1')
        .send(new PutBucketReplicationCommand({ Bucket: 'acme-orders', ReplicationConfiguration }));

      await folder.write(config(recovery));
      const second = await folder.s3repl('apply', '--yes', '--json');

      expect(second.exit, second.stderr + second.stdout).toBe(0);
      expect(resultOf(second)).toMatchObject({ outcome: 'applied' });
      expect(await rulesNow()).toEqual([theirs, ...ours.filter(({ ID }) => ID !== 's3repl.orders.billing')]);
      const [replica, analysis] = await Promise.all([bucketsOf(DESTINATION), bucketsOf(OTHER)]);
      expect(replica['acme-orders-replica']?.policy?.Statement).toMatchObject([
        { Resource: 'arn:aws:s3:::acme-orders-replica/current/*' },
        { Effect: 'Deny' },
      ]);
      expect(analysis['acme-orders-analysis']?.policy?.Statement).toHaveLength(2);
    });

    test('a destination that is taken out loses its rule and our statement, but not its bucket', async () => {
      const kept = aSide(DESTINATION, 'eu-central-1', 'acme-orders-replica', { rules: [{ id: 'kept' }] });
      const former = aSide(DESTINATION, 'eu-central-1', 'acme-orders-former', { rules: [{ id: 'former' }] });
      const folder = await folderWith(aConfig({ destinations: [kept, former] }), moto);
      const first = await folder.s3repl('apply', '--yes', '--json');
      expect(first.exit, first.stderr + first.stdout).toBe(0);
      const [keptRule] = await rulesNow();
      const before = await bucketsOf(DESTINATION);
      expect(before['acme-orders-former']?.policy?.Statement).toHaveLength(2);

      await folder.write(aConfig({ destinations: [kept] }));
      const second = await folder.s3repl('apply', '--yes', '--json');

      expect(second.exit, second.stderr + second.stdout).toBe(0);
      expect(await rulesNow()).toEqual([keptRule]);
      expect(await bucketsOf(DESTINATION)).toEqual({
        'acme-orders-replica': before['acme-orders-replica'],
        'acme-orders-former': { ...before['acme-orders-former'], policy: undefined },
      });
    });
  });
