/**
 * What each object needs of each statement of a setup, and what comes of it where it is gone: rules.md 1.1, 1.2, 1.5 (table) and
 * recorded/replication.md 40 to 65, as a table. No model is asked.
 */
import type { Verdict } from '../../../src/model/verdict.ts';
import { SOURCE } from '../../builders.ts';
import type { Asked, SetUp } from './set-ups.ts';

/** What a request is made to; a Deny in its policy counts. */
export type Target = 'role' | 'source' | 'destination' | 'sourceKey' | 'replicaKey';
/** Encryption contexts: the bucket's ARN, the object's. */
export type Form = 'bucket' | 'object';
export const bothForms: readonly Form[] = ['bucket', 'object'];

interface Need {
  readonly target: Target;
  readonly action: string;
  /** Statements of which each is needed. */
  readonly at: readonly string[];
  readonly by: (asked: Asked) => boolean;
  /** All of them have to be gone. */
  readonly forms?: readonly Form[];
  /** One of two ways to read AWS's pages, which disagree; nobody can say which is right (rules.md 1.6 X-12). */
  readonly reading?: Form;
  /** `tags`: the replica arrives without. */
  readonly comes: Verdict['reason'] | 'tags' | 'warning';
  /** Only an explicit Deny counts. */
  readonly onlyDeny?: true;
}

/** In the order in which S3 asks (recorded/replication.md 57). */
function needsOf({ owner, sharedKey, ownerOverride, destinationBucketKey: bucketKeys }: SetUp): readonly Need[] {
  const cross = owner !== SOURCE;
  const root = 'Enable IAM User Permissions';
  const ofSourceKey = ['role/SourceKey', `source key policy/${root}`];
  const ofReplicaKey = [
    'role/DestinationKey',
    sharedKey ? `source key policy/${root}` : `replica key policy/${cross ? 'ReplicaKey' : root}`,
  ];
  const writes = ['role/DestinationObjects', ...(cross ? ['destination bucket policy/ReplicaWrites'] : [])];
  const version = ({ marker }: Asked) => !marker;
  const source = (action: string, by: Need['by'], comes: Need['comes']): Need => ({
    ...{ target: 'source', action, by, comes },
    at: [/List|Configuration/.test(action) ? 'role/SourceBucket' : 'role/SourceObjects'],
  });
  const destination = (action: string, by: Need['by'], comes: Need['comes']): Need => ({
    ...{ target: 'destination', action, by, comes, at: writes },
  });
  const encrypts = (action: string, by: Need['by'], forms: readonly Form[]): Need => ({
    ...{ target: sharedKey ? 'sourceKey' : 'replicaKey', action, by, forms, at: ofReplicaKey },
    comes: 'DstPutObjectNotPermitted',
  });
  const withKey = ({ kms, object }: Asked) => kms && object.bucketKey === true;
  const withoutKey = ({ kms, object }: Asked) => kms && object.bucketKey === false;
  const plaintext = ({ marker, object }: Asked) => !marker && object.encryption === 'NONE';
  const decrypts = (by: Need['by'], form: Form): Need => ({
    ...{ target: 'sourceKey', action: 'kms:Decrypt', by, forms: [form], at: ofSourceKey },
    comes: 'SrcGetObjectNotPermitted',
  });
  const bucketKeyActions = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'];
  return [
    {
      target: 'role',
      action: 'sts:AssumeRole',
      at: ['trust/S3Assumes'],
      by: () => true,
      comes: 'AssumeRoleNotPermitted',
    },
    source('s3:GetReplicationConfiguration', () => true, 'warning'),
    source('s3:ListBucket', version, 'warning'),
    source('s3:ListBucket', ({ marker }) => marker, null),
    source('s3:GetObjectVersionForReplication', version, 'SrcGetObjectNotPermitted'),
    source('s3:GetObjectVersionAcl', version, 'SrcGetAclNotPermitted'),
    source('s3:GetObjectVersionTagging', ({ tagged }) => tagged, 'tags'),
    source('s3:GetObjectVersionTagging', (asked) => version(asked) && !asked.tagged, 'warning'),
    decrypts(withKey, 'bucket'),
    decrypts(withoutKey, 'object'),
    ...bucketKeyActions.map((action) => encrypts(action, withKey, ['bucket'])),
    ...(bucketKeys
      ? [
          ...bucketKeyActions.map((action) => ({
            ...encrypts(action, withoutKey, ['bucket']),
            reading: 'bucket' as const,
          })),
          { ...encrypts('kms:Encrypt', withoutKey, ['object']), reading: 'object' as const },
        ]
      : [encrypts('kms:Encrypt', withoutKey, ['object'])]),
    encrypts('kms:GenerateDataKey', plaintext, [bucketKeys ? 'bucket' : 'object']),
    destination('s3:ReplicateObject', version, 'DstPutObjectNotPermitted'),
    ...(ownerOverride ? [destination('s3:ObjectOwnerOverrideToBucketOwner', version, 'DstPutObjectNotPermitted')] : []),
    { ...destination('s3:ReplicateTags', ({ tagged }) => tagged, 'tags'), onlyDeny: true },
    destination('s3:ReplicateDelete', ({ marker }) => marker, 'DstDelObjNotPermitted'),
  ];
}

/** What is not granted any more. */
export interface Loss {
  /** `role/SourceKey`; by a Deny, the targets that it reaches. */
  readonly of: string | readonly Target[];
  readonly covers: (action: string) => boolean;
  /** The forms of the encryption context that are gone. */
  readonly forms?: readonly Form[];
}

export interface Expected {
  readonly outcome: Verdict['outcome'];
  readonly reason: Verdict['reason'];
  /** What new warnings are about; each has to appear, and no other. */
  readonly warnings: readonly string[];
}

export const unharmed: Expected = { outcome: 'replicates', reason: null, warnings: [] };

/** What S3 does with an object after a loss. */
export function afterLoss(setUp: SetUp, { of, covers, forms = bothForms }: Loss, asked: Asked): Expected {
  const hit = needsOf(setUp).filter(
    (need) =>
      (typeof of === 'string' ? need.at.includes(of) && !need.onlyDeny : of.includes(need.target)) &&
      need.by(asked) &&
      covers(need.action),
  );
  const lost = hit.filter((need) => (need.forms ?? []).every((form) => forms.includes(form)));
  const readings = new Set(lost.flatMap(({ reading }) => reading ?? []));
  const gone = lost.filter(({ reading }) => reading === undefined || readings.size === 2);
  const stop = gone.find(({ comes }) => comes !== 'warning' && comes !== 'tags');
  const warnings = gone.filter(({ comes }) => comes === 'warning').map(({ action }) => action);
  if (stop && stop.comes !== 'tags' && stop.comes !== 'warning')
    return { outcome: 'fails', reason: stop.comes, warnings };
  if (readings.size === 1) return { ...unharmed, outcome: 'unknown', warnings };
  return gone.some(({ comes }) => comes === 'tags')
    ? { outcome: 'fails', reason: null, warnings }
    : { ...unharmed, warnings };
}
