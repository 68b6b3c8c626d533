/** A request as the policies see it. */
import type { Question } from '../decision.ts';
import type { Truth } from './truth.ts';

/** Who asks: a session of a role or a user, or an AWS service on its own behalf. */
export type Asker =
  | {
      readonly kind: 'role';
      readonly roleArn: string;
      /** How a policy names the session, as ARN and as unique id; none for a user. */
      readonly sessionNames: readonly string[];
      readonly roleId: string | undefined;
      readonly account: string;
      readonly partition: string;
      readonly hasBoundary: Truth;
    }
  | { readonly kind: 'service'; readonly name: string };

/** The values of a condition key; a key without values is not in the request. */
export type ContextValues = readonly string[] | 'absent' | 'unknown';

export interface Request {
  readonly asker: Asker;
  readonly action: string;
  /** Undefined for a trust policy, which has no resources. */
  readonly resource: string | undefined;
  readonly valuesOf: (key: string) => ContextValues;
}

type Context = Question['context'];

/**
 * Global condition keys that depend on the way a request takes, its time or its sender. AWS documents none of them for requests
 * that S3 sends as a role, so that they are unknown where the asker says nothing (IAM User Guide, reference_policies_condition-keys).
 */
const dependOnTheWay = [
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:Referer',
  'aws:SourceIp',
  'aws:SourceVpc',
  'aws:SourceVpcArn',
  'aws:SourceVpce',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:VpcSourceIp',
  'aws:VpceAccount',
  'aws:VpceOrgID',
  'aws:VpceOrgPaths',
];

/**
 * What the caller does not choose when a service assumes a role: the organization of the account for which it does, how the service is
 * called elsewhere, and the name that it gives the session (IAM User Guide, reference_policies_condition-keys and
 * reference_policies_iam-condition-keys).
 */
const ofAssumedRoles = [
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:PrincipalServiceNamesList',
  'sts:RoleSessionName',
];

/** The request that a question is about, with the condition keys that follow from the question itself. */
export function requestOf(question: Question, hasBoundary: Truth): Request {
  const { caller, resourceAccount } = question;
  const { roleId, sessionName } = caller;
  const [, partition = ''] = caller.roleArn.split(':');
  const name = caller.roleArn.slice(caller.roleArn.lastIndexOf('/') + 1);
  const userId = sessionName === undefined ? roleId : roleId && `${roleId}:${sessionName}`;
  const implied: Context = {
    'aws:PrincipalAccount': caller.account,
    'aws:PrincipalArn': caller.roleArn,
    'aws:PrincipalIsAWSService': 'false',
    'aws:PrincipalType': sessionName === undefined ? 'User' : 'AssumedRole',
    'aws:ResourceAccount': resourceAccount,
    'kms:CallerAccount': caller.account,
    's3:ResourceAccount': resourceAccount,
    ...(sessionName === undefined && { 'aws:username': name }),
    ...(userId && { 'aws:userid': userId }),
  };
  const sessionArn = `arn:${partition}:sts::${caller.account}:assumed-role/${name}/${sessionName}`;
  return {
    asker: {
      kind: 'role',
      roleArn: caller.roleArn,
      sessionNames: sessionName === undefined ? [] : userId ? [sessionArn, userId] : [sessionArn],
      roleId,
      account: caller.account,
      partition,
      hasBoundary,
    },
    action: question.action,
    resource: question.resource,
    valuesOf: lookup(implied, question.context, [...dependOnTheWay, ...(question.unknownKeys ?? []), 'aws:userid']),
  };
}

/** The request of a service that assumes a role. */
export function assumeRoleRequest(service: string, context: Context): Request {
  const implied = { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': service };
  return {
    asker: { kind: 'service', name: service },
    action: 'sts:AssumeRole',
    resource: undefined,
    valuesOf: lookup(implied, context, [...dependOnTheWay, ...ofAssumedRoles]),
  };
}

function lookup(implied: Context, given: Context, unknownKeys: readonly string[]): Request['valuesOf'] {
  // Most requests are decided by statements without conditions.
  let values: ReadonlyMap<string, readonly string[]> | undefined;
  const isUnknown = (key: string) =>
    unknownKeys
      .map((name) => name.toLowerCase())
      .some((name) => (name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name));
  return (key) => {
    values ??= valuesByKey(implied, given);
    const found = values.get(key.toLowerCase());
    if (found !== undefined) return found.length > 0 ? found : 'absent';
    return isUnknown(key.toLowerCase()) ? 'unknown' : 'absent';
  };
}

function valuesByKey(...contexts: readonly Context[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const context of contexts) {
    for (const [key, value] of Object.entries(context)) {
      values.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
    }
  }
  return values;
}
