import { AwsError } from '../wire/errors.ts';
import type { Tag } from './shapes.ts';

/** @throws AwsError `InvalidTag` for what S3 does not accept on a bucket or an object. */
export function checkTags(tags: readonly Tag[]): void {
  const twice = keyTwice(tags);
  if (twice !== undefined) throw invalidTag('Cannot provide multiple Tags with the same key', { TagKey: twice });
  const system = tags.find(isSystems);
  if (system !== undefined) {
    throw invalidTag('System tags cannot be added/updated by requester', { TagKey: system.Key });
  }
  checkTexts(tags);
}

/** CreateBucket has its own words (recorded: test_create_bucket_with_tags_exc). */
export function checkNewBucketTags(tags: readonly Tag[]): void {
  if (keyTwice(tags) !== undefined) {
    throw new AwsError('InternalError', 500, 'We encountered an internal error. Please try again.');
  }
  if (tags.some(isSystems)) {
    throw invalidTag(
      'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.',
    );
  }
  checkTexts(tags);
}

function keyTwice(tags: readonly Tag[]): string | undefined {
  const keys = tags.map((tag) => tag.Key);
  return keys.find((key, index) => keys.indexOf(key) !== index);
}

function isSystems({ Key }: Tag): boolean {
  return Key.startsWith('aws:');
}

function checkTexts(tags: readonly Tag[]): void {
  for (const { Key, Value } of tags) {
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

function invalidTag(message: string, members: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError('InvalidTag', 400, message, members);
}
