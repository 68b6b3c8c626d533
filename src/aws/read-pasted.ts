/** Names as people paste them from consoles and scripts; what is nothing of the kind stays, for the check to refuse. */
import { arnParts, bucketOfArn } from './arn.ts';

/** Takes `NAME`, `s3://NAME/` and the ARN of a bucket. A key after the name stays: only a part of the bucket was meant. */
export function readBucketName(text: string): string {
  const [, name = text] = /^s3:\/\/([^/]+)\/?$/i.exec(text) ?? [];
  return arnParts(name)?.resource.includes('/') ? name : (bucketOfArn(name) ?? name);
}

/** Takes `1111-2222-3333` and `1111 2222 3333`, as consoles show it. */
export function readAccountId(text: string): string {
  return text.replace(/[\s-]/g, '');
}
