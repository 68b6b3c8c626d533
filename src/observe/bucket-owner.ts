/** Whose bucket it is that S3 does not show. */
import { required } from '../aws/required.ts';
import { isDenied } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { pagesOf } from './pages.ts';

const { paginateListBuckets } = required('@aws-sdk/client-s3');

/**
 * Whether the account that is signed in owns a bucket. S3 answers 403 for a bucket of another account as for one that a role may not
 * read, but lists to an account all buckets that it owns and no others (API: ListBuckets).
 *
 * @returns undefined where the buckets may not be listed (s3:ListAllMyBuckets).
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
