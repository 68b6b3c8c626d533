import { expect, it } from 'vitest';
import { bucketArn, keyArn, rootArn } from '../../src/aws/arn.ts';
import type { AccountId, BucketName, Region } from '../../src/aws/brand.ts';
import type { Connection } from '../../src/connect/connection.ts';
import { bucketOf } from '../../src/state/state.ts';
import { aSource, nothing } from '../builders.ts';
import { branded } from '../plain.ts';

const account = branded<AccountId>('111111111111');
const region = branded<Region>('eu-west-1');
const bucket = branded<BucketName>('acme');

// The compiler refuses each of these (`npm run typecheck`); an error that is gone would be one itself.
it('an account, a Region and a bucket cannot stand for each other, nor any text for them', () => {
  expect(keyArn({ partition: 'aws', account, region }, 'id')).toBe('arn:aws:kms:eu-west-1:111111111111:key/id');
  // @ts-expect-error the account and the Region are swapped
  keyArn({ partition: 'aws', account: region, region: account }, 'id');
  // @ts-expect-error a text that nobody has checked
  rootArn({ partition: 'aws', account: '111111111111' });
  // @ts-expect-error an ARN where the name of a bucket belongs
  bucketArn({ partition: 'aws', bucket: bucketArn({ partition: 'aws', bucket }) });
  expect(bucketOf(nothing, account, bucket)).toBeUndefined();
  // @ts-expect-error the account and the bucket are swapped
  bucketOf(nothing, bucket, account);
  // @ts-expect-error a side’s Region is not its account
  const side: { readonly account: AccountId } = { account: aSource().region };
  // @ts-expect-error a connection is asked for a Region
  const elsewhere = (at: Connection) => at.inRegion(account);
  expect([side.account, elsewhere.length]).toEqual(['eu-west-1', 1]);
});
