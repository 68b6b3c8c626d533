/** What policies tell objects apart by, and what has become of an object before. */

import { deny, plus, policy, source, without } from '../world.ts';
import {
  also,
  type Change,
  destinationDenies,
  fails,
  type Mutation,
  put,
  replicates,
  roleLacks,
  sourceDenies,
  tagged,
  unknown,
} from './mutation.ts';

const readingDenied =
  (key: string, value: string): Change =>
  (w) => {
    const Condition = { StringEquals: { [key]: value } };
    w.src.policy = policy(deny('s3:GetObjectVersionForReplication', { Principal: '*', Condition }));
  };
const was =
  (status: 'COMPLETED' | 'FAILED'): Change =>
  (w) => {
    w.object.replicationStatus = status;
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
  // AWS lists neither key for the action that reads the bytes.
  unknown('reading denied by a tag', also(tagged, readingDenied('s3:ExistingObjectTag/team', 'billing'))),
  replicates('reading denied by another tag', '1.5', also(tagged, readingDenied('s3:ExistingObjectTag/team', 'x'))),
  replicates('reading denied by a tag, of an object without', '1.5', readingDenied('s3:ExistingObjectTag/team', 'x')),
  unknown('reading denied of this version', readingDenied('s3:VersionId', 'v1')),
  fails(
    'reading the ACL denied by a tag',
    '1.5',
    'SrcGetAclNotPermitted',
    also(
      tagged,
      sourceDenies('s3:GetObjectVersionAcl', {
        Condition: { StringEquals: { 's3:ExistingObjectTag/team': 'billing' } },
      }),
    ),
  ),
  fails(
    'writing denied by the end of the name',
    '1.5',
    put,
    destinationDenies('s3:ReplicateObject', { Resource: 'arn:aws:s3:::dst/*.txt' }),
  ),
  fails(
    'writing denied by the beginning of the name',
    '1.5',
    put,
    destinationDenies('s3:ReplicateObject', { Resource: 'arn:aws:s3:::dst/a/b.*' }),
  ),
  fails(
    'writing denied below the name of the account',
    '1.5',
    put,
    also(
      (w) => {
        w.object.key = `${source}/b.txt`;
      },
      destinationDenies('s3:ReplicateObject', { Resource: 'arn:aws:s3:::dst/${aws:PrincipalAccount}/*' }),
    ),
  ),
  replicates('reading denied of another version', '1.5', readingDenied('s3:VersionId', 'v2')),
  replicates('it was replicated', '2.2', was('COMPLETED')),
  fails(
    'it was replicated, and the next one fails',
    '2.2',
    put,
    also(was('COMPLETED'), roleLacks('s3:ReplicateObject')),
  ),
  fails('it FAILED, and would again', '2.2', put, also(was('FAILED'), roleLacks('s3:ReplicateObject'))),
];
