import type { OneOrMany, PolicyDocument, Principal, Statement } from '../../aws/policy.ts';

/** As on disk: every list is a list, and principals are references (principals.ts). */
export interface StoredPolicy {
  readonly version?: string;
  readonly id?: string;
  readonly statements: readonly StoredStatement[];
}

export interface StoredStatement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly principal?: StoredPrincipal;
  readonly notPrincipal?: StoredPrincipal;
  readonly action?: readonly string[];
  readonly notAction?: readonly string[];
  readonly resource?: readonly string[];
  readonly notResource?: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Everyone, or by kind: `AWS`, `Service`, `Federated`, `CanonicalUser`. */
export type StoredPrincipal = '*' | Readonly<Record<string, readonly string[]>>;

/** The message is AWS's. */
export class PolicyFault extends Error {
  readonly reason: 'json' | 'syntax' | 'principal';

  constructor(reason: PolicyFault['reason'], message: string) {
    super(message);
    this.name = 'PolicyFault';
    this.reason = reason;
  }
}

type Json = Readonly<Record<string, unknown>>;

const members = ['Version', 'Id', 'Statement'];
const statementMembers = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

/** @throws PolicyFault for invalid JSON, or without what every policy must have. */
export function parsePolicy(text: string): StoredPolicy {
  const document = parseJson(text);
  refuseUnknown(document, members);
  const { Version: version, Id: id, Statement: statement } = document;
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
    throw new PolicyFault('syntax', 'The policy must contain a valid version string');
  }
  if (statement === undefined) throw new PolicyFault('syntax', 'Missing required field Statement');
  const list = Array.isArray(statement) ? statement : [statement];
  if (list.length === 0) throw new PolicyFault('syntax', 'Could not parse the policy: Statement is empty!');
  return {
    ...(version === undefined ? {} : { version }),
    ...(typeof id === 'string' ? { id } : {}),
    statements: list.map(parseStatement),
  };
}

function parseJson(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (text.startsWith('{') && isObject(value)) return value;
  } catch {
    // Falls through to the same answer as for JSON that is not an object.
  }
  throw new PolicyFault('json', "Policies must be valid JSON and the first byte must be '{'");
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseUnknown(value: Json, members: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined) throw new PolicyFault('syntax', `Unknown field ${unknown}`);
}

function parseStatement(value: unknown): StoredStatement {
  if (!isObject(value)) throw new PolicyFault('syntax', 'Invalid policy syntax.');
  refuseUnknown(value, statementMembers);
  const { Sid: sid, Effect: effect, Principal, NotPrincipal, Condition } = value;
  if (effect === undefined) throw new PolicyFault('syntax', 'Missing required field Effect');
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyFault('syntax', `Invalid effect: ${String(effect)}`);
  if (sid !== undefined && typeof sid !== 'string') throw new PolicyFault('syntax', 'Invalid policy syntax.');
  const action = parseList(value, 'Action');
  const notAction = parseList(value, 'NotAction');
  if ((action === undefined) === (notAction === undefined)) {
    throw new PolicyFault('syntax', 'Missing required field Action');
  }
  const resource = parseList(value, 'Resource');
  const notResource = parseList(value, 'NotResource');
  return {
    ...(sid === undefined ? {} : { sid }),
    effect,
    ...(Principal === undefined ? {} : { principal: parsePrincipal(Principal) }),
    ...(NotPrincipal === undefined ? {} : { notPrincipal: parsePrincipal(NotPrincipal) }),
    ...(action === undefined ? {} : { action }),
    ...(notAction === undefined ? {} : { notAction }),
    ...(resource === undefined ? {} : { resource }),
    ...(notResource === undefined ? {} : { notResource }),
    ...(Condition === undefined ? {} : { condition: parseCondition(Condition) }),
  };
}

function parseList(statement: Json, name: string): readonly string[] | undefined {
  const value = statement[name];
  if (value === undefined) return undefined;
  const list = strings(value);
  if (list.length === 0) throw new PolicyFault('syntax', `Missing required field ${name.replace('Not', '')}`);
  return list;
}

function strings(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== 'string') throw new PolicyFault('syntax', 'Invalid policy syntax.');
    return item;
  });
}

function parsePrincipal(value: unknown): StoredPrincipal {
  if (value === '*') return '*';
  const kinds = isObject(value) ? Object.entries(value).map(([kind, names]) => [kind, strings(names)] as const) : [];
  if (kinds.length === 0 || kinds.some(([, names]) => names.length === 0)) {
    throw new PolicyFault('principal', 'Invalid principal in policy');
  }
  return Object.fromEntries(kinds);
}

function parseCondition(value: unknown): Record<string, Record<string, readonly string[]>> {
  if (!isObject(value)) throw new PolicyFault('syntax', 'Invalid policy syntax.');
  return Object.fromEntries(
    Object.entries(value).map(([operator, keys]) => {
      if (!isObject(keys)) throw new PolicyFault('syntax', 'Invalid policy syntax.');
      return [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, conditionValues(values)])),
      ];
    }),
  );
}

function conditionValues(values: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : [values];
  return list.map((item) =>
    typeof item === 'boolean' || typeof item === 'number' ? String(item) : strings(item).join(),
  );
}

/** Reshaped once each, since documents are replaced and never changed. */
const reshaped = new WeakMap<StoredPolicy, PolicyDocument>();

/** As AWS gives it back: one-element lists unwrapped, members in AWS's order. Roles stay unique IDs: a role made again is another. */
export function reshapePolicy(policy: StoredPolicy): PolicyDocument {
  const known = reshaped.get(policy);
  if (known !== undefined) return known;
  const document: PolicyDocument = {
    ...(policy.version === undefined ? {} : { Version: policy.version }),
    ...(policy.id === undefined ? {} : { Id: policy.id }),
    Statement: policy.statements.map(reshapeStatement),
  };
  reshaped.set(policy, document);
  return document;
}

function reshapeStatement(statement: StoredStatement): Statement {
  const { sid, effect, principal, notPrincipal, action, notAction, resource, notResource, condition } = statement;
  return {
    ...(sid === undefined ? {} : { Sid: sid }),
    Effect: effect,
    ...(principal === undefined ? {} : { Principal: reshapePrincipal(principal) }),
    ...(notPrincipal === undefined ? {} : { NotPrincipal: reshapePrincipal(notPrincipal) }),
    ...(action === undefined ? {} : { Action: unwrap(action) }),
    ...(notAction === undefined ? {} : { NotAction: unwrap(notAction) }),
    ...(resource === undefined ? {} : { Resource: unwrap(resource) }),
    ...(notResource === undefined ? {} : { NotResource: unwrap(notResource) }),
    ...(condition === undefined ? {} : { Condition: mapMembers(condition, (keys) => mapMembers(keys, unwrap)) }),
  };
}

function reshapePrincipal(principal: StoredPrincipal): Principal {
  return principal === '*' ? principal : mapMembers(principal, (names) => unwrap(names.toReversed()));
}

function mapMembers<T, U>(members: Readonly<Record<string, T>>, meaning: (value: T) => U): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, meaning(value)]));
}

function unwrap(list: readonly string[]): OneOrMany {
  const [only, ...others] = list;
  return only !== undefined && others.length === 0 ? only : list;
}
