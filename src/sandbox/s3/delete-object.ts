import { isObjectVersionId } from '../iam/new-ids.ts';
import { type Answer, element, s3Document, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import type { Call } from '../wire/route.ts';
import { requireAction } from './object-access.ts';
import { bypassAction, requireNoBypass, requireUnlocked } from './object-lock.ts';
import { findNamedVersion, noSuchVersion, type ObjectRequest, onVersion } from './object-request.ts';
import {
  addVersion,
  findVersion,
  newVersionId,
  noteDeletedReplica,
  noteDeletion,
  removeVersion,
} from './object-store.ts';
import { checkDeleteCondition } from './preconditions.ts';
import { type BucketRequest, document, listLimit } from './request.ts';
import { deleteShape } from './shapes.ts';

interface Deletion {
  readonly versionId?: string;
  readonly marker: boolean;
}

export function deleteActions(call: Call): readonly string[] {
  return [
    ...onVersion('s3:DeleteObject', 's3:DeleteObjectVersion')(call),
    ...conditionAction(call.headers['if-match']),
    ...bypassAction(call.headers),
  ];
}

/** Comparing an ETag needs read access to the object (S3 User Guide, "How to perform conditional deletes"). */
function conditionAction(match: string | undefined): readonly string[] {
  return match === undefined || match === '*' ? [] : ['s3:GetObject'];
}

/** Without a version, a bucket with versioning gets a delete marker. */
export function deleteObject(request: ObjectRequest): Answer {
  const { call, bucket } = request;
  requireNoBypass(call.headers, bucket);
  checkDeleteCondition(request, call.headers['if-match']);
  const { versionId, marker } = deleteVersion(request, call.query.versionId);
  return s3Empty(204, {
    ...(versionId === undefined ? {} : { 'x-amz-version-id': versionId }),
    ...(marker ? { 'x-amz-delete-marker': 'true' } : {}),
  });
}

function deleteVersion(request: ObjectRequest, versionId: string | undefined): Deletion {
  const { bucket, key, now, caller, call } = request;
  noteDeletion(bucket, key);
  if (versionId !== undefined) {
    const version = findNamedVersion(bucket, key, versionId);
    if (version !== undefined) requireUnlocked(version, call.headers, now);
    removeVersion(bucket, key, versionId);
    if (version?.replication === 'REPLICA') noteDeletedReplica(bucket, version);
    return { marker: version?.deleteMarker === true, ...(bucket.versioning === undefined ? {} : { versionId }) };
  }
  if (bucket.versioning === undefined) {
    removeVersion(bucket, key, 'null');
    return { marker: false };
  }
  const marker = {
    key,
    versionId: newVersionId(bucket),
    lastModified: now,
    owner: bucket.ownership === 'BucketOwnerEnforced' ? bucket.account : caller.account,
    deleteMarker: true,
  } as const;
  addVersion(bucket, marker);
  request.watch?.newVersion(bucket, marker);
  return { versionId: marker.versionId, marker: true };
}

/** Each object is deleted, or refused, on its own. */
export function deleteObjects(request: BucketRequest): Answer {
  requireNoBypass(request.call.headers, request.bucket);
  const { Objects, Quiet } = document(request, 'Delete', deleteShape, listLimit);
  const results = Objects.map(({ Key, VersionId, ETag }) => {
    try {
      const deletion = deleteOneOfMany({ ...request, key: Key }, VersionId, ETag);
      return Quiet === true ? '' : `<Deleted>${deletionElement(Key, VersionId, deletion)}</Deleted>`;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const version = VersionId === undefined ? '' : element('VersionId', VersionId);
      const detail = element('Code', error.code) + element('Message', error.message);
      return `<Error>${element('Key', Key)}${version}${detail}</Error>`;
    }
  });
  return s3Document('DeleteResult', `<DeleteResult>${results.join('')}</DeleteResult>`);
}

function deleteOneOfMany(request: ObjectRequest, versionId: string | undefined, match: string | undefined): Deletion {
  const { bucket, call, key } = request;
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  for (const needed of [action, ...conditionAction(match), ...bypassAction(call.headers)]) {
    requireAction(request, bucket, needed, key);
  }
  checkDeleteCondition(request, match);
  if (versionId !== undefined && !wasThere(request, versionId)) throw noSuchVersion(key, versionId);
  return deleteVersion(request, versionId);
}

/** A version that is gone counts as deleted; one that never was does not (S3 API Reference, DeleteObjects; recorded, `test_delete_objects_versioned`). */
function wasThere({ bucket, key }: ObjectRequest, versionId: string): boolean {
  const wasIssued = bucket.versioning !== undefined && isObjectVersionId(versionId);
  return versionId === 'null' || wasIssued || findVersion(bucket, key, versionId) !== undefined;
}

function deletionElement(key: string, asked: string | undefined, { versionId, marker }: Deletion): string {
  return [
    element('Key', key),
    asked === undefined ? '' : element('VersionId', asked),
    marker ? element('DeleteMarker', 'true') + element('DeleteMarkerVersionId', versionId ?? '') : '',
  ].join('');
}
