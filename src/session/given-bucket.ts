import { InvalidArgumentError } from 'commander';
import { arnParts, isArn } from '../aws/arn.ts';
import { readBucketName } from '../aws/read-pasted.ts';

/** The source bucket of a setup without `repl.yaml`. */
export interface GivenBucket {
  readonly name: string;
  /** Of the ARN; absent where only the name was given. */
  readonly partition?: string;
}

/** Takes what consoles and scripts show: `NAME`, `s3://NAME` and the ARN of a bucket. */
export function parseBucket(text: string): GivenBucket {
  const name = readBucketName(text);
  const partition = arnParts(text)?.partition;
  if (name !== '' && !name.includes('/') && !isArn(name))
    return { name, ...(partition !== undefined && { partition }) };
  throw new InvalidArgumentError('give the bucket alone, as NAME, s3://NAME or its ARN.');
}
