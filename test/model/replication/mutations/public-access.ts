/** Block Public Access of a destination whose policy is public (S3 API Reference, PublicAccessBlockConfiguration). */
import type { PublicAccessBlock } from '../../../../src/aws/documents.ts';
import { inOneAccount, other, plus } from '../world.ts';
import { also, type Change, fails, type Mutation, marker, put, replicates, unknown } from './mutation.ts';

const statement =
  (more: object): Change =>
  (w) => {
    w.dst.policy = plus(w.dst.policy, {
      ...{
        Sid: 'Public',
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::dst/public/*',
      },
      ...more,
    });
  };
const everybody = statement({});
const ourNetwork = statement({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } });
const unclear = statement({ Condition: { StringEquals: { 'aws:VpceOrgID': 'o-1' } } });
const ofBucket =
  (block: PublicAccessBlock | null | 'unknown'): Change =>
  (w) => {
    w.dst.publicAccessBlock = block;
  };
const ofAccount =
  (publicAccessBlock: PublicAccessBlock | null | 'unknown'): Change =>
  (w) => {
    w.accounts[other] = { ...w.accounts[other], publicAccessBlock };
  };
const on = { RestrictPublicBuckets: true };
const off = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: false };
const warning = /RestrictPublicBuckets of account 222222222222 is on, which was not read/;

export const publicAccess: readonly Mutation[] = [
  fails('a public statement, restricted by the bucket', 'S3 API', put, also(everybody, ofBucket(on), ofAccount(off))),
  fails('a public statement, restricted by the account', 'S3 API', put, also(everybody, ofBucket(null), ofAccount(on))),
  fails(
    'a public statement, restricted, a delete marker',
    'S3 API',
    'DstDelObjNotPermitted',
    also(marker, everybody, ofBucket(on)),
  ),
  replicates('a public statement, restricted by nothing', 'S3 API', also(everybody, ofBucket(off), ofAccount(null))),
  replicates('a public statement, the account not looked at', 'S3 API', also(everybody, ofBucket(off)), { warning }),
  unknown('a public statement, the account could not be read', also(everybody, ofBucket(off), ofAccount('unknown'))),
  unknown('a public statement, the bucket could not be read', also(everybody, ofBucket('unknown'), ofAccount(off))),
  fails(
    'a public statement, the bucket not read, restricted by the account',
    'S3 API',
    put,
    also(everybody, ofBucket('unknown'), ofAccount(on)),
  ),
  replicates('no public statement, all restricted', 'S3 API', also(ourNetwork, ofBucket(on), ofAccount(on))),
  replicates('no public statement, nothing could be read', 'S3 API', also(ofBucket('unknown'), ofAccount('unknown'))),
  unknown('a statement that may be public, restricted', also(unclear, ofBucket(on))),
  replicates(
    'a public statement, restricted, within one account',
    'S3 API',
    also(everybody, ofBucket(on), inOneAccount),
  ),
];
