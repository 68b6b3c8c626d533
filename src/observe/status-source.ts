/** The source bucket, as far as `s3repl status` looks at it, and what is asked for along with it. */
import type { Region } from '../aws/brand.ts';
import type { Connection } from '../connect/connection.ts';
import { Failure } from '../events/failure.ts';
import { unreadBucket } from '../model/replication/destination-bucket.ts';
import type { BucketSnapshot, JobSnapshot, Known, ObjectSnapshot } from '../model/snapshot.ts';
import { readNotification, readReplication } from './bucket.ts';
import { headBucket } from './head-bucket.ts';
import type { BucketThing } from './reach.ts';
import { type Noted, noteRefusals, readAll, reasonOfRefusal } from './reading.ts';
import { sampleStatuses } from './sample-objects.ts';
import { readJobsAsAllowed } from './snapshot-jobs.ts';

export interface StatusSource {
  /** A connection in the Region of the bucket, where its jobs and failures are. */
  readonly at: Connection;
  readonly thing: BucketThing;
  /** Read meanwhile: nothing else waits for them. */
  readonly sampled: Promise<Noted<Sampled>>;
  readonly jobs: Promise<Noted<Known<readonly JobSnapshot[]>>>;
}

export interface Sampled {
  readonly objects: Known<readonly ObjectSnapshot[]>;
  readonly isAll: boolean;
  readonly isNewest: boolean;
}

const sampleSize = 100;

/** Its documents; versions and jobs are still being read. @param name of the configuration; absent: there is none. @throws Failure `blocked` or `invalid` where there is no such bucket. */
export async function readStatusSource(
  at: Connection,
  bucket: string,
  name: string | undefined,
): Promise<StatusSource> {
  const [sampled, jobs] = [sampleNewest(at, bucket), readJobsAsAllowed(at, bucket, name)];
  const both = Promise.allSettled([sampled, jobs]);
  const found = await readSource(at, bucket, name !== undefined);
  if ('elsewhere' in found) {
    await both;
    return readStatusSource(at.inRegion(found.elsewhere), bucket, name);
  }
  return { at, thing: { kind: 'buckets', account: at.account, name: bucket, found }, sampled, jobs };
}

type Seen = Noted<BucketSnapshot> | { readonly elsewhere: Region };

async function readSource(at: Connection, bucket: string, isConfigured: boolean): Promise<Seen> {
  const [head, documents] = await Promise.all([
    noteRefusals((reading) => reading(['region'], headBucket(at, bucket))),
    noteRefusals((reading) =>
      readAll(
        { replication: () => readReplication(at, bucket), notification: () => readNotification(at, bucket) },
        reading,
      ),
    ),
  ]);
  const { value: place } = head;
  if (place === null) throw missingBucket(bucket, at.account, isConfigured);
  const describe = (region: BucketSnapshot['region'], refusals: Noted<unknown>['refusals']) => ({
    value: { ...unreadBucket, ...documents.value, region },
    refusals: [...refusals, ...documents.refusals],
  });
  if (place === 'unknown') return describe('unknown', head.refusals);
  if (!('inaccessible' in place)) return describe(place.region, []);
  if (place.inaccessible === 'wrong-region' && place.region !== undefined) return { elsewhere: place.region };
  const refused = reasonOfRefusal({ action: 's3:ListBucket', account: at.account, code: 'HTTP 403' });
  return describe(place.region ?? 'unknown', place.region ? [] : [{ member: ['region'], ...refused }]);
}

async function sampleNewest(at: Connection, bucket: string): Promise<Noted<Sampled>> {
  const { value, refusals } = await noteRefusals((reading) =>
    reading(['objects'], sampleStatuses(at, bucket, { most: sampleSize, quick: false })),
  );
  if (value === 'unknown') return { value: { objects: value, isAll: false, isNewest: false }, refusals };
  const { objects, isAll, complete } = value;
  return { value: { objects, isAll, isNewest: complete }, refusals };
}

/** Of repl.yaml, it is not as configured; of a flag, the name may be wrong. */
function missingBucket(bucket: string, account: string, isConfigured: boolean): Failure {
  const message = `there is no bucket ${bucket} in account ${account}`;
  return isConfigured
    ? new Failure('blocked', 'no-such-bucket', message, 's3repl apply creates the buckets of repl.yaml')
    : new Failure('invalid', 'no-such-bucket', message, 'check the name of the bucket and the account');
}
