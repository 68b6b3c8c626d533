/** What one account tells, where the other could not be read. */
import { deny, plus } from '../world.ts';
import { also, type Change, fails, type Mutation, marker, put, roleLacks, tagged, unknown } from './mutation.ts';

const unreadBucket: Change = (w) => {
  w.destination = () => 'unknown';
};
const unreadKey: Change = (w) => {
  w.keys = { [Object.keys(w.keys)[0] ?? 'x']: 'unknown' };
  w.dstKey.policy = 'unknown';
};
const unreadPolicy: Change = (w) => {
  w.dst.policy = 'unknown';
};
/** Nothing of the other account. */
const unreadAccount = also(unreadBucket, unreadKey);
const unnamedAccount: Change = (w) => {
  for (const rule of w.rules) {
    delete rule.Destination?.Account;
    delete rule.Destination?.AccessControlTranslation;
  }
};
const writes = ['s3:ReplicateObject', 's3:ReplicateDelete'];

export const oneSide: readonly Mutation[] = [
  unknown('the destination bucket could not be read', unreadBucket),
  unknown('nothing of the destination account could be read', unreadAccount),
  fails('the role may not write, the bucket not read', '1.5 (2)', put, also(unreadBucket, roleLacks(...writes))),
  fails('the role may not write, its policy not read', '1.5 (2)', put, also(unreadPolicy, roleLacks(...writes))),
  // With Bucket owner enforced it need not.
  unknown(
    'the role may not override the owner, the bucket not read',
    also(unreadBucket, roleLacks('s3:ObjectOwnerOverrideToBucketOwner')),
  ),
  fails(
    'the role may not delete, the bucket not read',
    '1.5 (2)',
    'DstDelObjNotPermitted',
    also(marker, unreadBucket, roleLacks(...writes)),
  ),
  fails(
    'the role denies itself, the bucket not read',
    '1.5 (3)',
    put,
    also(unreadBucket, (w) => {
      w.rolePolicy = plus(w.rolePolicy, deny('s3:ReplicateObject'));
    }),
  ),
  unknown(
    'the role denies tags, the bucket not read',
    also(tagged, unreadBucket, (w) => {
      w.rolePolicy = plus(w.rolePolicy, deny('s3:ReplicateTags'));
    }),
  ),
  fails(
    'a service control policy denies, the account not read',
    '1.5 (3)',
    put,
    also(unreadAccount, (w) => {
      w.serviceControl = [
        {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }, deny('s3:ReplicateObject')],
        },
      ];
    }),
  ),
  fails(
    'the role may not use the key, its policy not read',
    '1.5 (2)',
    put,
    also(unreadKey, roleLacks('kms:Encrypt', 'kms:GenerateDataKey')),
  ),
  fails(
    'the role may not use the key, the account not read',
    '1.5 (2)',
    put,
    also(unreadAccount, roleLacks('kms:Encrypt', 'kms:GenerateDataKey')),
  ),
  // Whose the bucket is, nobody knows; its policy alone would do in the same account. The ARN of the key says whose that is.
  unknown('the role may not write, and nobody says whose the bucket is', also(unnamedBucket(), roleLacks(...writes))),
  fails(
    'the role may not use the key, and nobody says whose the bucket is',
    '1.5 (2)',
    put,
    also(unnamedBucket(), roleLacks('kms:Encrypt', 'kms:GenerateDataKey')),
  ),
  fails('a key in another Region, of which nothing could be read', '1.3 K4', 'DstKmsKeyNotFound', (w) => {
    for (const rule of w.rules) {
      if (rule.Destination) {
        rule.Destination.EncryptionConfiguration = {
          ReplicaKmsKeyID: 'arn:aws:kms:eu-west-1:222222222222:key/33333333-3333-4333-8333-333333333333',
        };
      }
    }
  }),
];

/** A bucket of which the snapshot does not even say in which account it is. */
function unnamedBucket(): Change {
  return also(unnamedAccount, (w) => {
    for (const rule of w.rules) if (rule.Destination) rule.Destination.Bucket = 'arn:aws:s3:::elsewhere';
    const renamed = <T>(document: T): T => JSON.parse(JSON.stringify(document).replaceAll(':::dst', ':::elsewhere'));
    w.rolePolicy = renamed(w.rolePolicy);
    w.dstKey.policy = renamed(w.dstKey.policy);
  });
}
