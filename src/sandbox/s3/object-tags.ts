import { type Answer, s3Document, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import {
  changeObject,
  findRequestedObject,
  type ObjectOperation,
  type ObjectRequest,
  onVersion,
  versionHeader,
} from './object-request.ts';
import { document, invalidArgument } from './request.ts';
import { type Tag, taggingShape } from './shapes.ts';
import type { StoredObject } from './stored-object.ts';
import { checkTags } from './tags.ts';

const mostTags = 10;

export const objectTagOperations: Readonly<Record<string, ObjectOperation>> = {
  GetObjectTagging: {
    actions: onVersion('s3:GetObjectTagging', 's3:GetObjectVersionTagging'),
    run: (request) => {
      const object = findTaggedObject(request, 'Get');
      const answer = s3Document('Tagging', taggingShape.encode('Tagging', { TagSet: { Tags: object.tags } }));
      return { ...answer, headers: { ...answer.headers, ...versionHeader(request.bucket, object) } };
    },
  },
  PutObjectTagging: {
    actions: onVersion('s3:PutObjectTagging', 's3:PutObjectVersionTagging'),
    run: (request) => {
      const object = findTaggedObject(request, 'Put');
      const { Tags } = document(request, 'Tagging', taggingShape).TagSet;
      checkObjectTags(Tags);
      return changeTags(request, object, Tags, 200);
    },
  },
  DeleteObjectTagging: {
    actions: onVersion('s3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging'),
    run: (request) => changeTags(request, findTaggedObject(request, 'Delete'), [], 204),
  },
};

function findTaggedObject(request: ObjectRequest, verb: string): StoredObject {
  const version = request.call.query.versionId === undefined ? '' : 'Version';
  return findRequestedObject(request, `s3:${verb}Object${version}Tagging`);
}

function changeTags(request: ObjectRequest, object: StoredObject, tags: readonly Tag[], status: number): Answer {
  const { bucket } = request;
  const sorted = tags.toSorted((a, b) => (a.Key < b.Key ? -1 : 1));
  changeObject(request, object, { tags: sorted }, 'tags');
  return s3Empty(status, versionHeader(bucket, object));
}

/** A query string without a key twice. */
export function tagsOfHeader(text: string | undefined): readonly Tag[] {
  if (text === undefined) return [];
  const tags = [...new URLSearchParams(text)].map(([Key, Value]) => ({ Key, Value }));
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length || /,.*=/.test(text)) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      'x-amz-tagging',
      text,
    );
  }
  checkObjectTags(tags);
  return tags.toSorted((a, b) => (a.Key < b.Key ? -1 : 1));
}

function checkObjectTags(tags: readonly Tag[]): void {
  const ofAws = tags.find((tag) => tag.Key.startsWith('aws:'));
  if (ofAws !== undefined) {
    throw new AwsError('InvalidTag', 400, 'Your TagKey cannot be prefixed with aws:', { TagKey: ofAws.Key });
  }
  checkTags(tags);
  if (tags.length > mostTags) throw new AwsError('BadRequest', 400, `Object tags cannot be greater than ${mostTags}`);
}
