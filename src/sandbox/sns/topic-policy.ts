import { bindPrincipals, showPrincipals } from '../iam/principals.ts';
import { PolicyFault, parsePolicy, reshapePolicy, type StoredPolicy } from '../iam/stored-policy.ts';
import type { SandboxState } from '../store/state.ts';
import { invalidParameter, type SnsRequest } from './sns-request.ts';
import type { Topic } from './sns-state.ts';

/** In bytes (API: SetTopicAttributes; General Reference, sns quotas). */
const mostBytes = 30_720;

/** Those on a topic (Service Authorization Reference, Amazon SNS). SNS refuses all others, and wildcards. */
const topicActions: ReadonlySet<string> = new Set(
  `AddPermission ConfirmSubscription DeleteTopic GetDataProtectionPolicy GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource Publish
  PutDataProtectionPolicy Receive RemovePermission SetTopicAttributes Subscribe TagResource UntagResource`
    .split(/\s+/)
    .map((name) => `sns:${name.toLowerCase()}`),
);

/** @throws AwsError `InvalidParameter` */
export function newTopicPolicy(request: SnsRequest, text: string): StoredPolicy {
  if (Buffer.byteLength(text) > mostBytes) throw invalidParameter('Policy too long');
  const policy = runInSnsWords(() => {
    const parsed = parsePolicy(text);
    for (const { principal, notPrincipal, resource, notResource } of parsed.statements)
      if ((principal ?? notPrincipal) === undefined || (resource ?? notResource) === undefined)
        throw new PolicyFault('syntax', 'an element is missing');
    const { partition } = request.call;
    return bindPrincipals(parsed, request.state, { partition, now: request.now, seesNewRoles: false });
  });
  const actions = policy.statements.flatMap(({ action, notAction }) => action ?? notAction ?? []);
  if (!actions.every((action) => topicActions.has(action.toLowerCase())))
    throw invalidParameter('Policy statement action out of service scope!');
  return policy;
}

/** As `GetTopicAttributes` gives it. */
export function showTopicPolicy(state: SandboxState, { policy, partition }: Topic): string {
  return JSON.stringify(reshapePolicy(showPrincipals(policy, state, partition)));
}

function runInSnsWords<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    throw invalidParameter(`Policy Error: ${error.reason === 'principal' ? 'PrincipalNotFound' : 'null'}`);
  }
}
