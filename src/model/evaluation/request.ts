import { nameIn, partitionIn, sessionArn } from '../../aws/arn.ts';
import type { Question } from '../decision.ts';
import type { Truth } from './truth.ts';

export type Asker =
  | {
      readonly kind: 'role';
      readonly roleArn: string;
      readonly sessionNames: readonly string[];
      readonly roleId: string | undefined;
      readonly account: string;
      readonly partition: string;
      readonly hasBoundary: Truth;
    }
  | { readonly kind: 'service'; readonly name: string };

/** A key without values is not in the request. */
export type ContextValues = readonly string[] | 'absent' | 'unknown' | OneOf;

/** Values of which one holds, but we cannot tell which. */
export interface OneOf {
  readonly oneOf: readonly (readonly string[] | 'absent')[];
}

export function isOneOf(values: ContextValues): values is OneOf {
  return typeof values === 'object' && 'oneOf' in values;
}

export interface Request {
  readonly asker: Asker;
  readonly action: string;
  readonly resource: string | undefined;
  readonly valuesOf: (key: string) => ContextValues;
}

type Context = Question['context'];

/** Unknown unless given: AWS documents none of these for requests that S3 sends as a role (IAM User Guide, reference_policies_condition-keys). */
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

/** The caller does not choose them when a service assumes a role (IAM User Guide, reference_policies_condition-keys, reference_policies_iam-condition-keys). */
const ofAssumedRoles = [
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:PrincipalServiceNamesList',
  'sts:RoleSessionName',
];

export function requestOf(question: Question, hasBoundary: Truth): Request {
  const { caller, resourceAccount } = question;
  const { roleId, sessionName } = caller;
  const partition = partitionIn(caller.roleArn);
  const name = nameIn(caller.roleArn);
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
  return {
    asker: {
      kind: 'role',
      roleArn: caller.roleArn,
      sessionNames:
        sessionName === undefined ? [] : [sessionArn(caller.roleArn, sessionName), ...(userId ? [userId] : [])],
      roleId,
      account: caller.account,
      partition,
      hasBoundary,
    },
    action: question.action,
    resource: question.resource,
    valuesOf: lookup(
      [implied, question.context],
      [...dependOnTheWay, ...(question.unknownKeys ?? []), 'aws:userid'],
      question.either,
    ),
  };
}

export interface ServiceQuestion extends Pick<Question, 'action' | 'resource' | 'context'> {
  /** `s3.amazonaws.com`, in every partition. */
  readonly service: string;
}

export function serviceRequest({ service, action, resource, context }: ServiceQuestion): Request {
  return { ...assumeRoleRequest(service, context), action, resource };
}

export function assumeRoleRequest(service: string, context: Context): Request {
  const implied = { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': service };
  return {
    asker: { kind: 'service', name: service },
    action: 'sts:AssumeRole',
    resource: undefined,
    valuesOf: lookup([implied, context], [...dependOnTheWay, ...ofAssumedRoles]),
  };
}

function lookup(
  given: readonly Context[],
  unknownKeys: readonly string[],
  either: Question['either'] = [],
): Request['valuesOf'] {
  // Lazy: most requests are decided by statements without conditions.
  let values: ReadonlyMap<string, readonly string[]> | undefined;
  let possible: ReturnType<typeof possibleValues> | undefined;
  const isUnknown = (key: string) =>
    unknownKeys
      .map((name) => name.toLowerCase())
      .some((name) => (name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name));
  return (key) => {
    possible ??= possibleValues(either);
    const several = possible.get(key.toLowerCase());
    if (several !== undefined) return several;
    values ??= valuesByKey(...given);
    const found = values.get(key.toLowerCase());
    if (found !== undefined) return valuesOrAbsent(found);
    return isUnknown(key.toLowerCase()) ? 'unknown' : 'absent';
  };
}

function valuesOrAbsent(values: readonly string[]): readonly string[] | 'absent' {
  return values.length > 0 ? values : 'absent';
}

/** A context that does not mention a key does not have it. */
function possibleValues(either: NonNullable<Question['either']>): ReadonlyMap<string, OneOf> {
  const all = either.flatMap((contexts) => {
    const maps = contexts.map((context) => valuesByKey(context));
    const keys = new Set(maps.flatMap((map) => [...map.keys()]));
    return [...keys].map((key) => [key, { oneOf: maps.map((map) => valuesOrAbsent(map.get(key) ?? [])) }] as const);
  });
  return new Map(all);
}

/** The question for each case that its `either` leaves open. */
export function casesOf({ either = [], ...question }: Question): readonly Question[] {
  return either.reduce<readonly Question[]>(
    (cases, contexts) =>
      cases.flatMap((one) =>
        contexts.map((context) => ({ ...one, context: { ...one.context, ...addAbsentKeys(context, contexts) } })),
      ),
    [question],
  );
}

function addAbsentKeys(context: Context, likes: readonly Context[]): Context {
  const keys = likes.flatMap((one) => Object.keys(one));
  return { ...Object.fromEntries(keys.map((key) => [key, []])), ...context };
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
