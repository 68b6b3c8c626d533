import { bucketNameIn } from '../aws/arn.ts';
import type { Statement } from '../aws/policy.ts';
import { findBucket, memberOf } from '../model/replication/find.ts';
import { replicaKeySide } from '../model/replication/prepare.ts';
import type { Rule } from '../model/replication/rule.ts';
import type { Refused } from '../model/verdict.ts';
import { sidPrefixOf } from '../state/names.ts';
import { replicaKeyActions } from '../steps/role-policy.ts';
import {
  conditionThroughS3,
  objectPatterns,
  replicaActions,
  sourceActions,
  sourceBucketActions,
  unwrapSingle,
} from '../steps/scope.ts';
import type { OwnSetUp } from './own-set-up.ts';
import type { PolicyOf, Remedy } from './repair.ts';
import type { Scope } from './scope.ts';

/** What the Sids of statements begin with that belong to no configuration. */
export const neutralSid = 'Replication';

interface Grant {
  /** As `apply` calls it in the policy of the role. */
  readonly purpose: string;
  readonly granted: Omit<Statement, 'Effect' | 'Principal' | 'Sid'>;
}

/** The rules that a statement is for: ours only, where it is to be that of `apply`. */
interface Asked {
  readonly rules: readonly Rule[];
  readonly own: OwnSetUp | undefined;
}

/** The whole statement that a missing Allow needs, as narrow as the rules (rules.md 0.4, 1.2); nothing where a person must decide what is meant. */
export function missingStatement(scope: Scope, refused: Refused, own: OwnSetUp | undefined): Remedy | undefined {
  const { by, side, resource, bucket, action } = refused;
  if (by === 'deny' || (side !== 'identity' && side !== 'resource')) return undefined;
  const isKey = action.startsWith('kms:');
  const asked = chooseRules(scope, bucket, own);
  const grant = isKey ? grantKey(scope, refused, asked) : grantObjects(scope, refused, asked);
  if (grant === undefined) return undefined;
  const { arn } = scope.prepared.role;
  const [into, who]: readonly [PolicyOf, Pick<Statement, 'Principal'>] =
    side === 'identity'
      ? [{ kind: 'permissions', of: arn }, {}]
      : [
          isKey ? { kind: 'key', of: resource } : { kind: 'bucket', of: bucketNameIn(bucket) },
          { Principal: { AWS: arn } },
        ];
  const Sid = sidOf(scope, refused, grant.purpose, asked.own) ?? `${neutralSid}${grant.purpose}`;
  return { kind: 'statement', into, statement: { Sid, Effect: 'Allow', ...who, ...grant.granted } };
}

function chooseRules({ prepared: { source }, rules }: Scope, bucket: string, own: OwnSetUp | undefined): Asked {
  const takes = ({ destination }: Rule) => bucket === source.arn || destination === bucket;
  const ours = own?.rules.filter(takes) ?? [];
  return ours.length > 0 ? { rules: ours, own } : { rules: rules.filter(takes), own: undefined };
}

/** That of `apply`, so that it replaces a broken one, and `destroy` removes it. Undefined where `apply` has no such statement. */
function sidOf(
  { prepared: { source } }: Scope,
  { action, side, bucket }: Refused,
  purpose: string,
  own: OwnSetUp | undefined,
): string | undefined {
  if (own === undefined) return undefined;
  const index = own.destinations.indexOf(bucket);
  const isSource = bucket === source.arn;
  if (!isSource && index < 0) return undefined;
  if (side === 'resource') {
    if (isSource && !action.startsWith('kms:')) return undefined;
    return `${sidPrefixOf(own.name, source.arn)}${namesAtResources[purpose] ?? purpose}`;
  }
  if (isSource) return purpose;
  return own.isOrdered ? `${purpose}${index === 0 ? '' : index + 1}` : undefined;
}

const namesAtResources: Readonly<Record<string, string>> = {
  DestinationObjects: 'ReplicaWrites',
  DestinationKey: 'ReplicaKey',
};

function grantObjects(scope: Scope, { action, bucket: arn }: Refused, { rules }: Asked): Grant | undefined {
  const side = sideOf(scope, arn);
  const { source } = scope.prepared;
  const isLocked = memberOf(source.value, 'objectLock') === 'Enabled';
  const Resource = unwrapSingle(objectPatterns(side, rules));
  if (arn === source.arn && /^s3:(?:Get|List)/i.test(action)) {
    return sourceBucketActions.includes(action)
      ? { purpose: 'SourceBucket', granted: { Action: sourceBucketActions, Resource: arn } }
      : { purpose: 'SourceObjects', granted: { Action: sourceActions(isLocked), Resource } };
  }
  const written = rules.filter(({ destination }) => destination === arn);
  if (written.length === 0) return undefined;
  return { purpose: 'DestinationObjects', granted: { Action: replicaActions(written, isLocked), Resource } };
}

function grantKey(scope: Scope, refused: Refused, { rules, own }: Asked): Grant | undefined {
  const { action, bucket: arn, side: at, resource } = refused;
  const side = sideOf(scope, arn);
  if (side.region === 'unknown' || rules.length === 0) return undefined;
  // In a key policy it means the key.
  const Resource = at === 'resource' ? '*' : resource;
  if (arn === scope.prepared.source.arn)
    return {
      purpose: 'SourceKey',
      granted: { Action: action, Resource, Condition: conditionThroughS3([{ side, rules }]) },
    };
  const all = at === 'resource' && own ? own.rules.filter((one) => isSameKey(scope, one, rules)) : rules;
  const uses = [...new Set([arn, ...all.map(({ destination }) => destination)])].map((one) => ({
    side: sideOf(scope, one),
    rules: all.filter(({ destination }) => destination === one),
  }));
  return {
    purpose: 'DestinationKey',
    granted: { Action: [...replicaKeyActions], Resource, Condition: conditionThroughS3(uses) },
  };
}

/** Destinations that share a key share its statement. */
function isSameKey({ prepared }: Scope, rule: Rule, others: readonly Rule[]): boolean {
  const arn = replicaKeySide(prepared, rule)?.arn;
  return others.some((one) => replicaKeySide(prepared, one)?.arn === arn);
}

export function sideOf({ prepared: { snapshot } }: Scope, arn: string) {
  const bucket = bucketNameIn(arn);
  const { value } = findBucket(snapshot, bucket);
  const region = value === null || value === 'unknown' ? 'unknown' : value.region;
  return { bucket, region, partition: snapshot.partition };
}
