/** Objects that live replication has left out, and what a destination has of them afterwards. */
import {
  CreateBucketCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { JobResult } from '../../src/events/event.ts';
import { indexOf } from '../../src/sandbox/s3/bucket-index.ts';
import { versionsOf } from '../../src/sandbox/s3/object-store.ts';
import type { ObjectVersion } from '../../src/sandbox/s3/stored-object.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { type People, REPLICA, type SetUp, SOURCE } from './by-hand.ts';
import { changePolicy } from './change-policy.ts';
import type { Ended } from './cli.ts';

export type Put = Partial<PutObjectCommandInput> & { readonly Key: string };

/** `count` keys that begin alike. */
export function keysOf(start: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${start}${index}`);
}

export async function put({ source }: Pick<People, 'source'>, objects: readonly (string | Put)[]): Promise<void> {
  for (const object of objects) {
    const more = typeof object === 'string' ? { Key: object } : object;
    await source.send(new PutObjectCommand({ Bucket: SOURCE, Body: `content of ${more.Key}`, ...more }));
  }
}

/** The source bucket, made before anybody thought of versioning. */
export async function makeSourceBucket({ source }: Pick<People, 'source'>): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await source.send(new CreateBucketCommand({ Bucket: SOURCE, CreateBucketConfiguration }));
}

/** Until the next `apply`, no rule takes anything in. */
export async function endReplication({ source }: Pick<People, 'source'>): Promise<void> {
  await source.send(new DeleteBucketReplicationCommand({ Bucket: SOURCE }));
}

/** Sets up, over objects of a time in which no rule took anything in. @param work puts them. */
export async function applyWithOldObjects(
  { s3repl, byHand }: Pick<SetUp, 's3repl' | 'byHand'>,
  work: (people: People) => Promise<void>,
): Promise<void> {
  await s3repl('apply', '--yes');
  await byHand(async (people) => {
    await endReplication(people);
    await work(people);
  });
  await s3repl('apply', '--yes');
}

export async function hide({ source }: Pick<People, 'source'>, keys: readonly string[]): Promise<void> {
  for (const Key of keys) await source.send(new DeleteObjectCommand({ Bucket: SOURCE, Key }));
}

/** Lets the destination deny, while something is done. */
export async function denying({ destination }: People, work: () => Promise<void>): Promise<void> {
  const Resource = `arn:aws:s3:::${REPLICA}/*`;
  const deny = { Sid: 'NotNow', Effect: 'Deny', Principal: '*', Action: 's3:ReplicateObject', Resource };
  await changePolicy(destination, REPLICA, (statements) => [...statements, deny]);
  await work();
  await changePolicy(destination, REPLICA, (statements) => statements.filter(({ Sid }) => Sid !== 'NotNow'));
}

/** All versions and delete markers, by key and then by age. */
export function versionsIn({ state }: Sandbox, name: string): readonly ObjectVersion[] {
  const bucket = state.buckets[name];
  return bucket === undefined ? [] : [...indexOf(bucket).keys].flatMap((key) => versionsOf(bucket, key));
}

/** Key, version ID and kind, as a person compares two buckets. */
export function namesOf(versions: readonly ObjectVersion[]): readonly string[] {
  return versions.map(
    ({ key, versionId, deleteMarker }) => `${key} ${versionId}${deleteMarker ? ' (delete marker)' : ''}`,
  );
}

/** How many there are of each. */
export function countBy<T>(things: readonly T[], of: (thing: T) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of things.map(of)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** In the result of a `backfill`. */
export function jobOf({ lines }: Ended): JobResult {
  return lines.at(-1)?.job as JobResult;
}
