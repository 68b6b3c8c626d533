import { keyArn } from '../../aws/arn.ts';
import type { Decision, Question } from '../../model/decision.ts';
import { type Asking, authorize, type Demand, decide } from '../iam/authorize-call.ts';
import { administratorPolicies } from '../iam/identity-policy.ts';
import { requestTagKeys, tagKeys } from '../iam/request-keys.ts';
import type { StoredPolicy } from '../iam/stored-policy.ts';
import type { Grant, Key, SandboxState } from '../store/state.ts';

type Context = Question['context'];
type EncryptionContext = Readonly<Record<string, string>>;

interface AskingKms extends Asking {
  readonly input: Readonly<Record<string, unknown>>;
}

/** By key policy and caller's policies (KMS Developer Guide, key-policies). @param more keys that the input lacks. @throws AwsError `AccessDeniedException` */
export function authorizeKey(request: AskingKms, key: Key, action: string, more: Context = {}): void {
  askKey(request, key, action, { ...inputKeys(request), ...more });
}

/**
 * The caller's policies and the key policy count alike; S3 adds `kms:ViaService` and the encryption context (rules.md 1.5).
 * @param viaService `s3.<Region of the bucket>.amazonaws.com`; absent: the caller itself.
 * @throws AwsError `AccessDeniedException`, in a call to S3 `AccessDenied`.
 */
export function authorizeKeyUse(
  asking: Asking,
  key: Key,
  action: string,
  encryption: EncryptionContext,
  viaService?: string,
): void {
  const via = viaService === undefined ? {} : { 'aws:ViaAWSService': 'true', 'kms:ViaService': viaService };
  // AWS does not say whether S3 is among the services that set this key.
  const unknownKeys = viaService === undefined ? [] : ['aws:CalledVia*'];
  askKey(asking, key, action, { ...encryptionKeys(encryption), ...via }, { unknownKeys, encryption });
}

/** For what a caller does in its own account: no resource policy is asked. */
export function authorizeOwn(request: AskingKms, action: string, resource: string, more: Context = {}): void {
  authorize(request, {
    action,
    resource,
    account: request.caller.account,
    context: { ...inputKeys(request), ...more },
  });
}

/** Whether the caller may change the key policy later, as far as the policy itself decides. */
export function consentsToChange(asking: Asking, policy: StoredPolicy): boolean {
  const { account } = asking.caller;
  const resource = keyArn({ ...asking.call, account }, 'new');
  const demand = { action: 'kms:PutKeyPolicy', resource, account, policy };
  return decide(asking, demand, administratorPolicies).effect === 'allowed';
}

function askKey(
  asking: Asking,
  key: Key,
  action: string,
  context: Context,
  { unknownKeys = [], encryption = {} }: { unknownKeys?: readonly string[]; encryption?: EncryptionContext } = {},
): void {
  const demand: Demand = {
    action,
    resource: key.arn,
    account: key.account,
    policy: key.policy,
    context: { ...keyKeys(asking.state, key), ...context },
    unknownKeys,
  };
  const isGranted = key.grants?.some((grant) => grantTakes(asking, grant, action, encryption)) === true;
  if (isGranted && lacksOnlyAnAllow(decide(asking, demand))) return;
  authorize(asking, demand);
}

/** A grant is an Allow that needs no policy beside it; a Deny still wins (KMS Developer Guide, grants and key-policy evaluation). */
function lacksOnlyAnAllow(decision: Decision): boolean {
  return decision.effect === 'denied' && decision.kind === 'implicit' && decision.mayDeny === undefined;
}

export function grantTakes(
  { caller }: Pick<Asking, 'caller'>,
  { grantee, operations, constraints = {} }: Grant,
  action: string,
  encryption: EncryptionContext,
): boolean {
  const operation = action.replace(/^kms:/, '');
  if (!operations.includes(operation) || !isGrantee(caller, grantee)) return false;
  // Constraints concern operations with an encryption context (API: GrantConstraints).
  if (['DescribeKey', 'RetireGrant'].includes(operation)) return true;
  const { EncryptionContextEquals: equal, EncryptionContextSubset: subset } = constraints;
  const has = (pairs: EncryptionContext) => Object.entries(pairs).every(([name, value]) => encryption[name] === value);
  const isEqual = equal === undefined || (has(equal) && Object.keys(encryption).every((name) => name in equal));
  return isEqual && (subset === undefined || has(subset));
}

/** The principal is the caller, its role or its session. A grant to a whole account applies to nobody here. */
export function isGrantee({ userId, session }: Asking['caller'], principal: string): boolean {
  return principal === userId || principal === session?.role.id;
}

function keyKeys(state: SandboxState, key: Key): Context {
  const aliases = Object.values(state.aliases).filter((alias) => alias.keyId === key.id);
  return {
    'kms:KeyOrigin': 'AWS_KMS',
    'kms:KeySpec': key.spec,
    'kms:KeyUsage': key.usage,
    'kms:MultiRegion': String(key.multiRegion),
    'kms:ResourceAliases': aliases.map(({ name }) => name),
    ...tagKeys('aws:ResourceTag/', key.tags),
  };
}

function encryptionKeys(context: EncryptionContext): Context {
  return {
    'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
    'kms:EncryptionContextKeys': Object.keys(context),
    ...Object.fromEntries(Object.entries(context).map(([key, value]) => [`kms:EncryptionContext:${key}`, value])),
  };
}

function inputKeys({ input }: AskingKms): Context {
  const tags: readonly unknown[] = Array.isArray(input.Tags) ? input.Tags : [];
  const bypass = input.BypassPolicyLockoutSafetyCheck;
  return {
    ...requestTagKeys(tags.map((tag) => ({ Key: String(Object(tag).TagKey), Value: String(Object(tag).TagValue) }))),
    ...(typeof bypass === 'boolean' ? { 'kms:BypassPolicyLockoutSafetyCheck': String(bypass) } : {}),
    ...grantKeys(input),
  };
}

/** KMS Developer Guide, conditions-kms. */
function grantKeys({ GranteePrincipal, RetiringPrincipal, Operations, Constraints }: AskingKms['input']): Context {
  return {
    ...(typeof GranteePrincipal === 'string' ? { 'kms:GranteePrincipal': GranteePrincipal } : {}),
    ...(typeof RetiringPrincipal === 'string' ? { 'kms:RetiringPrincipal': RetiringPrincipal } : {}),
    ...(Array.isArray(Operations) ? { 'kms:GrantOperations': Operations.map(String) } : {}),
    ...(typeof Constraints === 'object' ? { 'kms:GrantConstraintType': Object.keys(Object(Constraints)) } : {}),
  };
}
