/** What policies tell objects apart by. */

import { deny, plus, policy, without } from '../world.ts';
import {
  also,
  type Change,
  destinationDenies,
  fails,
  type Mutation,
  put,
  replicates,
  src,
  tagged,
} from './mutation.ts';

const readingDenied =
  (key: string, value: string): Change =>
  (w) => {
    const Condition = { StringEquals: { [key]: value } };
    w.src.policy = policy(deny('s3:GetObjectVersionForReplication', { Principal: '*', Condition }));
  };
const mayWrite =
  (Resource: string): Change =>
  (w) => {
    w.rolePolicy = plus(without(w.rolePolicy, 's3:ReplicateObject'), {
      Sid: 'Write',
      Effect: 'Allow',
      Action: 's3:ReplicateObject',
      Resource,
    });
  };

export const objects: readonly Mutation[] = [
  fails('the role may write another object only', '1.1', put, mayWrite('arn:aws:s3:::dst/a/b.pdf')),
  replicates('the role may write this object only', '1.1', mayWrite('arn:aws:s3:::dst/a/b.txt')),
  fails('reading denied by a tag', '1.5', src, also(tagged, readingDenied('s3:ExistingObjectTag/team', 'billing'))),
  fails('reading denied of this version', '1.5', src, readingDenied('s3:VersionId', 'v1')),
  fails(
    'writing denied by the end of the name',
    '1.5',
    put,
    destinationDenies('s3:ReplicateObject', { Resource: 'arn:aws:s3:::dst/*.txt' }),
  ),
  replicates('reading denied of another version', '1.5', readingDenied('s3:VersionId', 'v2')),
];
