/** Mutants of the settings of both buckets. */
import type { Region } from '../../../src/aws/brand.ts';
import type { BucketSnapshot } from '../../../src/model/snapshot.ts';
import { SOURCE } from '../../builders.ts';
import { branded } from '../../plain.ts';
import {
  all,
  either,
  encrypted,
  fails,
  type Meaning,
  markers,
  mutantOf,
  plaintext,
  type Row,
  silent,
  unknown,
  versions,
  warns,
} from './meaning.ts';
import type { Mutant } from './mutant.ts';
import type { SetUp } from './set-ups.ts';

export function bucketMutants(setUp: SetUp): readonly Mutant[] {
  return [...sourceRows(setUp), ...destinationRows(setUp)].map((row) => mutantOf(setUp, row));
}

function encryption(key: string | undefined, BucketKeyEnabled: boolean, more = {}): BucketSnapshot['encryption'] {
  const byKey =
    key === undefined ? { SSEAlgorithm: 'AES256' as const } : { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key };
  return { Rules: [{ ApplyServerSideEncryptionByDefault: byKey, BucketKeyEnabled, ...more }] };
}

function lifecycle(rule: object): Partial<BucketSnapshot> {
  return { lifecycle: { Rules: [{ ID: 'x', Status: 'Enabled' as const, ...rule }] } };
}

/** What the default encryption of the source is decides nothing: each object has its own. */
function sourceRows({ source, arns, destinationBucketKey }: SetUp): readonly Row[] {
  const row = (what: string, change: Partial<BucketSnapshot>, meaning?: Meaning): Row => [
    `source bucket: ${what}`,
    { source: { ...source, ...change } },
    meaning ?? {},
  ];
  const elsewhere = fails('SrcGetObjectNotPermitted', encrypted, arns.role);
  const locked = warns(versions, 's3:GetObjectRetention', 's3:GetObjectLegalHold', 'has Object Lock');
  return [
    ['source bucket: gone', { source: null }, fails('SrcBucketNotFound', all, arns.source)],
    row('versioning suspended', { versioning: 'Suspended' }, fails(null, all, arns.source)),
    row('never versioned', { versioning: null }, fails(null, all, arns.source)),
    row('default encryption SSE-S3', { encryption: encryption(undefined, false) }),
    row('no default encryption', { encryption: null }),
    row('another default key', { encryption: encryption(`${arns.sourceKey.slice(0, -1)}f`, true) }),
    row('Bucket Key the other way', { encryption: encryption(arns.sourceKey, !destinationBucketKey) }),
    row('ACLs on', { ownership: 'ObjectWriter' }),
    row('owner preferred', { ownership: 'BucketOwnerPreferred' }),
    row('no Object Ownership', { ownership: null }),
    row('no block of public access', { publicAccessBlock: null }),
    row('Requester Pays', { requestPayment: 'Requester' }),
    row(
      'in another Region',
      { region: branded<Region>('us-east-1') },
      { ...elsewhere, names: { text: 'kms:ViaService' } },
    ),
    row('Object Lock', { objectLock: 'Enabled' }, locked),
    row('tells nobody of failures', { notification: null }, { configuration: ['C34'] }),
    row('expires after a day', lifecycle({ Expiration: { Days: 1 } }), { configuration: ['C31'] }),
    row('expires old versions after a day', lifecycle({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }), {
      configuration: ['C31'],
    }),
    row('expires after two days', lifecycle({ Expiration: { Days: 2 } })),
    row('archives after a day', lifecycle({ Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] })),
    row('no replication configuration', { replication: null }, silent('no-rule', all)),
  ];
}

function destinationRows(setUp: SetUp): readonly Row[] {
  const { arns, destination, destinationBucketKey, ownerOverride, owner, sharedKey } = setUp;
  const { destination: here, replicaKey } = arns;
  const across = owner !== SOURCE;
  const row = (what: string, change: Partial<BucketSnapshot>, meaning?: Meaning): Row => [
    `destination bucket: ${what}`,
    { destination: { ...destination, ...change } },
    meaning ?? {},
  ];
  const otherReplica: Meaning = { otherReplica: true };
  // Replicas belong to the source account then.
  const foreign: Meaning = ownerOverride ? {} : { configuration: ['C16'] };
  const put = 'DstPutObjectNotPermitted';
  const ssec = { BlockedEncryptionTypes: { EncryptionType: ['SSE-C' as const] } };
  const sync = { SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' as const } } };
  const back = { Status: 'Enabled' as const, Priority: 1, Filter: {}, ...sync, Destination: { Bucket: arns.source } };
  const noPolicy = either(fails(put, versions, here), fails('DstDelObjNotPermitted', markers, here));
  const keyless = either(
    fails('DstKmsKeyNotFound', encrypted, replicaKey),
    fails('DstKmsKeyNotFound', plaintext, replicaKey),
  );
  return [
    ['destination bucket: gone', { destination: null }, fails('DstBucketNotFound', all, here)],
    row('versioning suspended', { versioning: 'Suspended' }, fails('DstBucketUnversioned', all, here)),
    row('never versioned', { versioning: null }, fails('DstBucketUnversioned', all, here)),
    row('default encryption SSE-S3', { encryption: encryption(undefined, false) }, otherReplica),
    row('no default encryption', { encryption: null }, otherReplica),
    row('Bucket Key the other way', { encryption: encryption(replicaKey, !destinationBucketKey) }),
    row(
      'another default key',
      { encryption: encryption(`${replicaKey.slice(0, -1)}f`, destinationBucketKey) },
      // Its policy could name the role; in another account that is not enough.
      sharedKey || !across ? unknown(plaintext) : fails(put, plaintext, arns.role),
    ),
    row('blocks SSE-C', { encryption: encryption(replicaKey, destinationBucketKey, ssec) }),
    row('ACLs on', { ownership: 'ObjectWriter' }, across ? { ...otherReplica, ...foreign } : {}),
    row('Bucket owner enforced', { ownership: 'BucketOwnerEnforced' }, ownerOverride ? {} : otherReplica),
    row('no block of public access', { publicAccessBlock: null }),
    row('Requester Pays', { requestPayment: 'Requester' }, across ? fails(put, all, here) : {}),
    row('Object Lock', { objectLock: 'Enabled' }),
    row('in another Region', { region: branded<Region>('us-east-1') }, keyless),
    row('expires after a day', lifecycle({ Expiration: { Days: 1 } }), { configuration: ['C31'] }),
    row('expires old versions after a day', lifecycle({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } })),
    row('syncs back', { replication: { Role: arns.role, Rules: [back] } }, { configuration: ['C04'] }),
    [
      'destination bucket: no policy',
      { documents: { ...setUp.documents, 'destination bucket policy': null } },
      across ? noPolicy : {},
    ],
  ];
}
