import { AwsError } from './errors.ts';
import type { Tag } from './s3-shapes.ts';

/** Throws `InvalidTag` for tags that S3 does not accept on a bucket. */
export function checkTags(tags: readonly Tag[]): void {
  const keys = tags.map((tag) => tag.Key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw invalidTag('Cannot provide multiple Tags with the same key', { TagKey: twice });
  for (const { Key, Value } of tags) {
    if (Key.startsWith('aws:')) throw invalidTag('System tags cannot be added/updated by requester', { TagKey: Key });
    if (!isTagText(Key) || Key === '' || Key.length > 128) {
      throw invalidTag('The TagKey you have provided is invalid', { TagKey: Key });
    }
    if (!isTagText(Value) || Value.length > 256) {
      throw invalidTag('The TagValue you have provided is invalid', { TagKey: Key, TagValue: Value });
    }
  }
}

function isTagText(text: string): boolean {
  return /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text);
}

function invalidTag(message: string, members: Readonly<Record<string, string>>): AwsError {
  return new AwsError('InvalidTag', 400, message, members);
}
