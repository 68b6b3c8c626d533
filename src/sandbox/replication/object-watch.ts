import type { ObjectVersion, StoredObject } from '../s3/stored-object.ts';
import type { Bucket } from '../store/state.ts';
import type { ChangedPart } from './replication-state.ts';

/** Told after a caller of S3 changed objects, but not of the replicas that replication writes. */
export interface ObjectWatch {
  newVersion(bucket: Bucket, version: ObjectVersion): void;
  noteChange(bucket: Bucket, version: StoredObject, part: ChangedPart): void;
  /** Something other than objects has changed. */
  settingsChanged(): void;
}
