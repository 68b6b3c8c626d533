import type { PolicyDocument } from '../../aws/policy.ts';
import type { ControlDoubt, Decision, NamedPolicy, PoliciesInPlay, Question } from '../decision.ts';
import { evaluate } from '../evaluate.ts';
import { withTexts } from '../evaluation/phrase.ts';
import type { Found, Known, ObjectSnapshot } from '../snapshot.ts';
import { controls, ownersControls } from './control-policies.ts';
import { type KeySide, memberOf } from './find.ts';
import { areGrantsRead, grantsPolicy } from './key-grants.ts';
import type { Path } from './path.ts';
import type { BucketSide, Prepared } from './prepare.ts';
import { kmsKeys, type RequestKeys, s3Keys } from './request-keys.ts';

/** The name of S3's sessions of the replication role (recorded/replication.md 57). */
export const sessionName = 's3-replication';

/** `bucket` is the ARN of the accessed bucket, `object` the one by which policies tell objects apart. */
export interface Answer {
  readonly action: string;
  readonly resource: string;
  readonly bucket: string;
  readonly object: string;
  readonly decision: Decision;
  readonly resourcePolicy: { readonly name: string; readonly arn: string; readonly path: Path };
  readonly remarks: readonly ControlDoubt[];
  /** Whether grants that were not read may still allow it. */
  readonly grantsUnread?: true;
}

export type OwnedBucket = BucketSide & { readonly account: string };

export function askS3(
  prepared: Prepared,
  action: string,
  bucket: OwnedBucket,
  object: ObjectSnapshot | null,
  more: Partial<RequestKeys> = {},
): Answer {
  return askOnce(prepared, s3Request(prepared, action, bucket, object, more));
}

/** Only a Deny counts: `unknown` where we cannot tell whether there is one. */
export function askForDeny(
  prepared: Prepared,
  action: string,
  bucket: OwnedBucket,
  object: ObjectSnapshot,
  more: Partial<RequestKeys> = {},
): Answer {
  const answer = askS3(prepared, action, bucket, object, more);
  const { decision } = answer;
  return decision.effect === 'denied' && decision.mayDeny
    ? { ...answer, decision: { effect: 'unknown', why: decision.mayDeny } }
    : answer;
}

/** A request to KMS that S3 makes for an object of a bucket; `encryptionContext` is an ARN. */
export function askKms(
  prepared: Prepared,
  action: string,
  key: KeySide,
  bucket: OwnedBucket,
  encryptionContext: string,
): Answer {
  const request: Request = {
    action,
    resource: key.arn,
    bucket: bucket.arn,
    owner: key.account,
    object: encryptionContext,
    variant: `${key.byAlias} ${prepared.hostSuffix}`,
    keys: () => kmsKeys(prepared, { action, owner: key.account, region: regionOf(bucket) }, encryptionContext, key),
    document: memberOf(key.value, 'policy'),
    grants: prepared.answerOnce(`grants of ${key.account} ${key.arn}`, () => grantsPolicy(key)),
    ...(!areGrantsRead(key) && { grantsUnread: true }),
    resourcePolicy: prepared.answerOnce(`place of key policy ${key.account} ${key.arn}`, () => ({
      name: `key policy of ${key.arn}`,
      arn: key.arn,
      path: [...key.path, 'policy'],
    })),
  };
  return askOnce(prepared, request);
}

interface Request extends Omit<Answer, 'decision' | 'remarks'> {
  readonly owner: string;
  /** What else differs between requests for one class of objects. */
  readonly variant: string;
  readonly keys: () => RequestKeys;
  readonly document: Found<PolicyDocument>;
  readonly grants?: NamedPolicy | null;
}

function s3Request(
  prepared: Prepared,
  action: string,
  bucket: OwnedBucket,
  version: ObjectSnapshot | null,
  more: Partial<RequestKeys>,
): Request {
  const resource = version === null ? bucket.arn : `${bucket.arn}/${version.key}`;
  return {
    action,
    resource,
    bucket: bucket.arn,
    owner: bucket.account,
    object: resource,
    // Without version IDs: where a policy asks for them, objects have no classes.
    variant: JSON.stringify(prepared.namesTags ? [more, version?.tags] : more),
    keys: () => s3Keys(prepared, { action, owner: bucket.account, region: regionOf(bucket) }, version, more),
    document: memberOf(bucket.value, 'policy'),
    resourcePolicy: prepared.answerOnce(`place of bucket policy ${bucket.account} ${bucket.name}`, () => ({
      name: `bucket policy of ${bucket.name}`,
      arn: bucket.arn,
      path: [...bucket.path, 'policy'],
    })),
  };
}

function regionOf({ value }: OwnedBucket): Known<string> {
  return memberOf(value, 'region') ?? 'unknown';
}

/** Works out one answer per class of objects; only its texts name the object. */
function askOnce(prepared: Prepared, request: Request): Answer {
  const name = prepared.classOf(request.object);
  if (name === undefined) return ask(prepared, request);
  const question = `${request.action} ${request.owner} ${request.resourcePolicy.name} ${request.bucket} ${request.variant} ${name}`;
  const known = prepared.answerOnce(question, () => ask(prepared, request));
  const { resource, object } = request;
  return { ...known, resource, object, decision: rewordDecision(object, known.object, known.decision) };
}

function rewordDecision(object: string, before: string, decision: Decision): Decision {
  // Names no object; and remarks find it by its identity, so it must not be copied.
  if (decision.effect === 'allowed') return decision;
  return withTexts(decision, (text) => (text === before ? object : text));
}

function ask(prepared: Prepared, request: Request): Answer {
  const { role, identity, boundary } = prepared;
  const { action, resource, bucket, object, document, owner: resourceAccount, resourcePolicy, grants } = request;
  const roleId = memberOf(role.value, 'roleId');
  const known = roleId && roleId !== 'unknown' ? { roleId } : {};
  const caller = { roleArn: role.arn, sessionName, account: role.account, ...known };
  const question: Question = { caller, action, resource, resourceAccount, ...request.keys() };
  const policies: PoliciesInPlay = {
    identity,
    boundary,
    serviceControl: controls(prepared, role.account, 'service'),
    resourceControl: controls(prepared, resourceAccount, 'resource'),
    resource:
      document === null || document === 'unknown' ? document : nameResourcePolicy(prepared, document, resourcePolicy),
    ...(grants && { grants }),
  };
  const decision = evaluate(question, policies);
  const remarks = decision.effect === 'allowed' ? ownersControls(prepared, question, policies) : [];
  const unread = request.grantsUnread && { grantsUnread: request.grantsUnread };
  return { action, resource, bucket, object, decision, resourcePolicy, remarks, ...unread };
}

function nameResourcePolicy(
  prepared: Prepared,
  document: PolicyDocument,
  place: Answer['resourcePolicy'],
): NamedPolicy {
  return prepared.answerOnce(`resource policy ${place.path}`, () => prepared.namePolicy(document, place.name, place));
}
