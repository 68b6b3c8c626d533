import { accountIn, nameIn, regionOf } from '../aws/arn.ts';
import { lookUp } from '../aws/documents.ts';
import { isSameStatement, listOf, type PolicyDocument, policy, type Statement, statementsOf } from '../aws/policy.ts';
import { accountIn as accountOf, findBucket, findIn, memberOf, settingOf } from '../model/replication/find.ts';
import type { Found, Known } from '../model/snapshot.ts';
import { inlinePolicyName } from '../state/names.ts';
import { unwrapSingle } from '../steps/scope.ts';
import { neutralSid } from './missing-statement.ts';
import type { OwnSetUp } from './own-set-up.ts';
import { placeOf } from './remedy.ts';
import { callAt, type Place, type PolicyOf, type RepairCall, requestTo, type SeenDocument } from './repair.ts';
import type { Scope } from './scope.ts';

/**
 * Writes a policy once, with all the statements that are missing in it: a second write would meet another document than the one that was read.
 * @returns undefined where the policy was not read, or nobody knows where it is.
 */
export function repairPolicy(
  scope: Scope,
  own: OwnSetUp | undefined,
  into: PolicyOf,
  statements: readonly Statement[],
): RepairCall | undefined {
  const found = findPolicy(scope, own, into);
  if (found === undefined || found.is === 'unknown' || !isSound(found.is)) return undefined;
  const { is, call, ...seen } = found;
  const document = statements.reduce<PolicyDocument | null>(addStatement, is);
  return { ...call(JSON.stringify(document)), onlyIf: { ...seen, is } };
}

/** Whether AWS could have taken it: a snapshot may hold anything. */
function isSound(document: PolicyDocument | null): boolean {
  return statementsOf(document).every((one: unknown) => typeof one === 'object' && one !== null);
}

interface FoundPolicy extends Omit<SeenDocument, 'is'> {
  readonly is: Found<PolicyDocument>;
  readonly call: (text: string) => RepairCall;
}

function findPolicy(scope: Scope, own: OwnSetUp | undefined, { kind, of }: PolicyOf): FoundPolicy | undefined {
  switch (kind) {
    case 'bucket':
      return bucketPolicy(scope, of);
    case 'key':
      return keyPolicy(scope, of);
    case 'topic':
      return topicPolicy(scope, of);
    case 'trust':
      return trustPolicyOf(scope, of);
    case 'permissions':
      return permissionsPolicyOf(scope, of, own);
  }
}

function bucketPolicy({ prepared: { snapshot } }: Scope, Bucket: string): FoundPolicy | undefined {
  const { account, value } = findBucket(snapshot, Bucket);
  const place = placeOf(account, settingOf(value, 'region'));
  return (
    place && {
      read: requestTo('S3', 'GetBucketPolicy', { Bucket }),
      member: 'Policy',
      form: 'text',
      is: settingOf(value, 'policy'),
      absent: 'NoSuchBucketPolicy',
      call: (Policy) => callAt(place, 'S3', 'PutBucketPolicy', { Bucket, ExpectedBucketOwner: place.account, Policy }),
    }
  );
}

function keyPolicy({ prepared: { snapshot } }: Scope, KeyId: string): FoundPolicy {
  const named = { KeyId, PolicyName: 'default' };
  const key = findIn(snapshot, accountIn(KeyId), 'keys', KeyId);
  return {
    read: requestTo('KMS', 'GetKeyPolicy', named),
    member: 'Policy',
    form: 'text',
    is: key === null ? 'unknown' : memberOf(key, 'policy'),
    call: (Policy) => callAt(placeIn(KeyId), 'KMS', 'PutKeyPolicy', { ...named, Policy }),
  };
}

function topicPolicy({ prepared: { snapshot } }: Scope, TopicArn: string): FoundPolicy {
  const owner = accountOf(snapshot, accountIn(TopicArn));
  const topics = owner === 'unknown' ? 'unknown' : (owner.topics ?? 'unknown');
  const topic = topics === 'unknown' ? topics : (lookUp(topics, TopicArn) ?? 'unknown');
  return {
    read: requestTo('SNS', 'GetTopicAttributes', { TopicArn }),
    member: 'Attributes.Policy',
    form: 'text',
    is: memberOf<{ readonly policy: Known<PolicyDocument> }, 'policy'>(topic, 'policy'),
    call: (AttributeValue) =>
      callAt(placeIn(TopicArn), 'SNS', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue }),
  };
}

function placeIn(arn: string): Place {
  return { account: accountIn(arn), region: regionOf(arn) };
}

function trustPolicyOf(scope: Scope, arn: string): FoundPolicy | undefined {
  const RoleName = nameIn(arn);
  const place = placeOfRole(scope, arn);
  const role = findIn(scope.prepared.snapshot, accountIn(arn), 'roles', arn);
  return (
    place && {
      read: requestTo('IAM', 'GetRole', { RoleName }),
      member: 'Role.AssumeRolePolicyDocument',
      form: 'structure',
      is: role === null ? 'unknown' : memberOf(role, 'trustPolicy'),
      call: (PolicyDocument) => callAt(place, 'IAM', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument }),
    }
  );
}

/** In the policy of `apply`, or in one for this alone: what others wrote stays apart. */
function permissionsPolicyOf(scope: Scope, arn: string, own: OwnSetUp | undefined): FoundPolicy | undefined {
  const place = placeOfRole(scope, arn);
  const isReplicating = arn === scope.prepared.role.arn;
  const named = {
    RoleName: nameIn(arn),
    PolicyName: own && isReplicating ? inlinePolicyName(own) : `${neutralSid}Access`,
  };
  const policies = memberOf(findIn(scope.prepared.snapshot, accountIn(arn), 'roles', arn), 'inlinePolicies');
  const isRead = policies !== null && policies !== 'unknown';
  return (
    place && {
      read: requestTo('IAM', 'GetRolePolicy', named),
      member: 'PolicyDocument',
      form: 'structure',
      is: isRead ? (lookUp(policies, named.PolicyName) ?? null) : 'unknown',
      absent: 'NoSuchEntity',
      call: (PolicyDocument) => callAt(place, 'IAM', 'PutRolePolicy', { ...named, PolicyDocument }),
    }
  );
}

/** IAM has no Regions: that of the source bucket will do in any partition. */
function placeOfRole({ prepared: { source } }: Scope, arn: string): Place | undefined {
  return placeOf(accountIn(arn), settingOf(source.value, 'region'));
}

/** In place of the one with its Sid, which is broken; a neutral Sid may be anybody's, and gets a number. */
function addStatement(document: PolicyDocument | null, statement: Statement): PolicyDocument {
  const present = statementsOf(document);
  const { Sid = '' } = statement;
  const isThere = (one: Statement) =>
    isSameStatement(one.Sid?.startsWith(neutralSid) ? { ...one, Sid } : one, statement);
  if (document !== null && present.some(isThere)) return document;
  const place = present.findIndex((one) => Sid !== '' && one.Sid === Sid);
  const found = present[place];
  const isNeutral = Sid.startsWith(neutralSid);
  const added =
    found === undefined ? statement : isNeutral ? withNewSid(present, statement) : joinKeys(found, statement);
  const statements = found === undefined || isNeutral ? [...present, added] : present.with(place, added);
  return document === null ? policy(...statements) : { ...document, Statement: statements };
}

function withNewSid(present: readonly Statement[], statement: Statement): Statement {
  const isTaken = (sid: string) => present.some(({ Sid }) => Sid === sid);
  const [sid] = present.map((_, index) => `${statement.Sid}${index + 2}`).filter((one) => !isTaken(one));
  return { ...statement, ...(sid !== undefined && { Sid: sid }) };
}

/** One statement of the role's policy names all keys of source objects. */
function joinKeys(found: Statement, statement: Statement): Statement {
  const { Resource } = statement;
  const isForKeys =
    statement.Sid === 'SourceKey' && Resource !== undefined && isSameStatement({ ...found, Resource }, statement);
  if (!isForKeys) return statement;
  return { ...statement, Resource: unwrapSingle([...new Set([...listOf(found.Resource), ...listOf(Resource)])]) };
}
