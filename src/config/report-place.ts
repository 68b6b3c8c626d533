import { type BucketName, brand } from '../aws/brand.ts';
import { reportPattern } from './report-pattern.ts';

export interface S3Place {
  readonly bucket: BucketName;
  /** Without a trailing slash; empty: the top of the bucket. */
  readonly prefix: string;
}

/** @returns undefined for what is no place. */
export function parseReportPlace(text: string): S3Place | undefined {
  if (!new RegExp(reportPattern).test(text)) return undefined;
  const [bucket = '', ...folders] = text
    .replace(/^s3:\/\//, '')
    .replace(/\/$/, '')
    .split('/');
  return { bucket: brand<BucketName>(bucket), prefix: folders.join('/') };
}

/** @param text `s3://BUCKET/KEY`. @returns undefined for what names no object. */
export function objectInS3(text: string): { readonly bucket: BucketName; readonly key: string } | undefined {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/s.exec(text) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket: brand<BucketName>(bucket), key };
}
