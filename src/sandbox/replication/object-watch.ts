import type { ObjectVersion, StoredObject } from '../s3/stored-object.ts';
import type { Bucket } from '../store/state.ts';
import type { ChangedPart } from './replication-state.ts';

/** Who is told what callers of S3 do with objects, after it is done: replication. A replica that it puts is not told of. */
export interface ObjectWatch {
  /** A version or a delete marker was written. */
  newVersion(bucket: Bucket, version: ObjectVersion): void;
  noteChange(bucket: Bucket, version: StoredObject, part: ChangedPart): void;
  /** Something else than objects has changed. */
  settingsChanged(): void;
}
