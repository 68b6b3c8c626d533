import type { Decision, PoliciesInPlay, Question } from '../../model/decision.ts';
import { evaluate } from '../../model/evaluate.ts';
import { joinPhrases, textOf } from '../../model/evaluation/phrase.ts';
import type { SandboxState } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import type { Call } from '../wire/route.ts';
import { speechOf } from '../wire/services.ts';
import { identityPolicies } from './identity-policy.ts';
import { globalKeys } from './request-keys.ts';
import { reshapePolicy, type StoredPolicy } from './stored-policy.ts';

export type Asking = Pick<Operation, 'state' | 'caller' | 'call' | 'now'>;

export interface Demand {
  /** With its prefix: `s3:GetObjectVersion`. */
  readonly action: string;
  /** ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  /** The resource's account ID. */
  readonly account: string;
  /** The resource's: a bucket, key or trust policy. */
  readonly policy?: StoredPolicy | undefined;
  /** Without the condition keys that every request has. */
  readonly context?: Question['context'];
  readonly unknownKeys?: readonly string[];
  /** What the refusal says in place of the ARN. */
  readonly shownAs?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const asked = new WeakSet<Call>();

/** No call is answered without asking the policies. */
export function wasAuthorized(call: Call): boolean {
  return asked.has(call);
}

/** @throws AwsError `AccessDenied` (KMS: `AccessDeniedException`), as AWS words it (IAM User Guide, troubleshoot_access-denied); also where nobody can say. */
export function authorize(asking: Asking, demand: Demand): void {
  const decision = decide(asking, demand);
  if (decision.effect !== 'allowed') throw refusal(asking, demand, decision);
}

/** @param identity in place of the caller's own policies. */
export function decide(
  asking: Asking,
  demand: Demand,
  identity: Pick<PoliciesInPlay, 'identity' | 'boundary' | 'session'> = identityPolicies(asking.state, asking.caller),
): Decision {
  const { caller, call } = asking;
  const { action, resource, account, policy, context, unknownKeys = [] } = demand;
  asked.add(call);
  const question: Question = {
    caller: {
      account: caller.account,
      roleArn: caller.principalArn,
      roleId: caller.session?.role.id ?? caller.userId,
      ...(caller.session && { sessionName: caller.session.name }),
    },
    action,
    resource,
    resourceAccount: account,
    context: { ...globalKeys(asking), ...organizationKeys(asking.state, caller.account, account), ...context },
    unknownKeys,
  };
  return evaluate(question, {
    ...identity,
    serviceControl: [],
    resourceControl: [],
    resource: policy === undefined ? null : { name: `the policy of ${resource}`, document: reshapePolicy(policy) },
  });
}

export function organizationKeys(state: SandboxState, account: string, owner: string): NonNullable<Demand['context']> {
  const organizationOf = (account: string) => state.accounts[account]?.organization?.id ?? [];
  return { 'aws:PrincipalOrgID': organizationOf(account), 'aws:ResourceOrgID': organizationOf(owner) };
}

type Refusal = Exclude<Decision, { effect: 'allowed' }>;

/** KMS tells another account neither whether the key exists nor what its policy says. */
export const acrossAccountsText =
  'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access';

function refusal({ caller, call }: Asking, demand: Demand, decision: Refusal): AwsError {
  const { action, resource, account, shownAs = resource, headers } = demand;
  const cross = account !== caller.account;
  if (call.service === 's3' && cross && action.startsWith('s3:') && decision.effect === 'denied') {
    return accessDeniedError(call, 'Access Denied', headers);
  }
  const why = reason(demand, decision, cross);
  const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${shownAs}${why}`;
  return accessDeniedError(call, message, headers);
}

function accessDeniedError({ service }: Call, message: string, headers: Demand['headers']): AwsError {
  return speechOf(service)?.protocol === 'json'
    ? new AwsError('AccessDeniedException', 400, message)
    : new AwsError('AccessDenied', 403, message, {}, headers);
}

const policyPlaces = {
  identity: ['identity-based policy', 'an'],
  boundary: ['permissions boundary', 'a'],
  session: ['session policy', 'a'],
  'service-control': ['service control policy', 'a'],
  'resource-control': ['resource control policy', 'a'],
  resource: ['resource-based policy', 'a'],
} as const;

function reason({ action }: Demand, decision: Refusal, cross: boolean): string {
  if (decision.effect === 'unknown') {
    return ` because the sandbox cannot say what the policies mean: ${textOf(joinPhrases(decision.why))}`;
  }
  const { side, kind } = decision;
  if (side === 'resource' && action.startsWith('kms:') && cross) return ` ${acrossAccountsText}`;
  const trust = side === 'resource' && action === 'sts:AssumeRole';
  const [name, article] = trust ? (['role trust policy', 'the'] as const) : policyPlaces[side];
  if (kind === 'explicit') return ` with an explicit deny in ${article} ${name}`;
  // STS does not tell whether the role exists.
  return action === 'sts:AssumeRole' ? '' : ` because no ${name} allows the ${action} action`;
}
