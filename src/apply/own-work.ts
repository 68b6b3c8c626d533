/** A creation whose answer was lost is sent again by the SDK, and then meets what exists: its own work, or somebody else's. */
import { readBucketTags } from '../observe/bucket.ts';
import type { Connection } from '../observe/connect.ts';
import { readKey } from '../observe/key.ts';
import { readRole } from '../observe/role.ts';
import type { Call } from '../plan/change.ts';

/**
 * Whether what exists is what a call would have made: a bucket or role with the tags that it gives, an alias for its key.
 *
 * @param call a creation that AWS has refused because its thing exists.
 * @throws what AWS refuses to show.
 */
export async function isOwnWork(at: Connection, { operation, input }: Pick<Call, 'operation' | 'input'>) {
  switch (operation) {
    case 'CreateBucket': {
      const { Bucket, CreateBucketConfiguration } = input as unknown as NewBucket;
      return hasTags(await readBucketTags(at, Bucket), CreateBucketConfiguration.Tags);
    }
    case 'CreateRole': {
      const { RoleName, Tags } = input as unknown as NewRole;
      return hasTags((await readRole(at, RoleName))?.role.tags ?? {}, Tags);
    }
    case 'CreateAlias': {
      const { AliasName, TargetKeyId } = input as unknown as NewAlias;
      return (await readKey(at, AliasName))?.metadata.Arn === TargetKeyId;
    }
    default:
      return false;
  }
}

type TagList = readonly { readonly Key: string; readonly Value: string }[];

interface NewBucket {
  readonly Bucket: string;
  readonly CreateBucketConfiguration: { readonly Tags: TagList };
}

interface NewRole {
  readonly RoleName: string;
  readonly Tags: TagList;
}

interface NewAlias {
  readonly AliasName: string;
  readonly TargetKeyId: string;
}

/** Our mark is always among the tags that are given. */
function hasTags(present: Readonly<Record<string, string>>, given: TagList): boolean {
  return given.length > 0 && given.every(({ Key, Value }) => present[Key] === Value);
}
