import { required } from '../aws/required.ts';
import { isDenied } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { pagesOf } from './pages.ts';

const { paginateListBuckets } = required('@aws-sdk/client-s3');

/**
 * S3 answers 403 for others' buckets and for unreadable ones, but lists to an account exactly its own (API: ListBuckets).
 * @returns undefined where we may not list them (s3:ListAllMyBuckets).
 */
export async function ownsBucket(at: Pick<Connection, 's3'>, name: string): Promise<boolean | undefined> {
  const pages = paginateListBuckets({ client: at.s3, pageSize: 1000 }, { Prefix: name });
  try {
    for await (const { Buckets = [] } of pagesOf(pages, { list: 'S3 ListBuckets', most: 1000 })) {
      if (Buckets.some((bucket) => bucket.Name === name)) return true;
    }
    return false;
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}
