import { rootAccountIn } from './arn.ts';
import { canonical } from './json.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}

export type OneOrMany = string | readonly string[];
export type Principal = string | Readonly<Record<string, OneOrMany>>;

export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: Statement | readonly Statement[];
}

export const policyVersion = '2012-10-17';

/** AWS unwraps a list of one statement. */
export function statementsOf(document: PolicyDocument | null): readonly Statement[] {
  if (document === null) return [];
  return Array.isArray(document.Statement) ? document.Statement : [document.Statement as Statement];
}

export function policy(...statements: Statement[]): PolicyDocument {
  return { Version: policyVersion, Statement: statements };
}

/** In place of a caller's own policies, to ask what others deny. */
export const everything: PolicyDocument = policy({ Effect: 'Allow', Action: '*', Resource: '*' });

/**
 * Keeps our statements that mean the same, replaces those that differ in place, appends new ones, and removes the rest with our mark.
 * @returns the document itself where nothing has to change, `null` where no statement is left.
 */
export function withOurStatements(
  document: PolicyDocument | null,
  ours: readonly Statement[],
  isOurs: (sid: string) => boolean,
): PolicyDocument | null {
  const present = statementsOf(document);
  const wanted = new Map(ours.map((statement) => [statement.Sid ?? '', statement]));
  let changed = false;
  const kept = present.flatMap((statement) => {
    if (typeof statement.Sid !== 'string' || !isOurs(statement.Sid)) return [statement];
    const target = wanted.get(statement.Sid);
    wanted.delete(statement.Sid);
    if (target && isSameStatement(statement, target)) return [statement];
    changed = true;
    return target ? [target] : [];
  });
  if (!changed && wanted.size === 0) return document;
  const statements = [...kept, ...wanted.values()];
  if (statements.length === 0) return null;
  return document === null ? policy(...statements) : { ...document, Statement: statements };
}

/** Whether two documents mean the same: AWS unwraps lists of one, reorders lists, and turns an account ID into its root ARN (rules.md 3.1, style.md 6). */
export function isSamePolicy(a: PolicyDocument | null, b: PolicyDocument | null): boolean {
  if (a === null || b === null) return a === b;
  const meaning = (document: PolicyDocument) => {
    const { Version = '2008-10-17', Id: _, Statement: __, ...more } = document;
    return canonical([Version, statementsOf(document).map(meaningOf).sort(), more]);
  };
  return meaning(a) === meaning(b);
}

export function isSameStatement(a: Statement, b: Statement): boolean {
  return meaningOf(a) === meaningOf(b);
}

/** Policies of others may have any shape: what is not of the policy language stays as written. */
function meaningOf(statement: Statement): string {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition, ...rest } = statement;
  const lower = (values: unknown) => sortValues(values, lowerCase);
  return canonical({
    ...rest,
    Principal: principals(Principal),
    NotPrincipal: principals(NotPrincipal),
    Action: lower(Action),
    NotAction: lower(NotAction),
    Resource: sortValues(Resource),
    NotResource: sortValues(NotResource),
    Condition: membersOf(Condition, (keys) => membersOf(keys, (values) => sortValues(values), lowerCase)),
  });
}

function principals(principal: unknown): unknown {
  if (typeof principal === 'string') return { AWS: [principal] };
  return membersOf(principal, (values) => sortValues(values, principalName));
}

function membersOf(
  value: unknown,
  meaning: (member: unknown) => unknown,
  spell: (name: string) => string = (name) => name,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [spell(name), meaning(member)]));
}

function principalName(principal: string): string {
  return rootAccountIn(principal) ?? principal;
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

function sortValues(values: unknown, spell: (value: string) => string = (value) => value): unknown {
  const list = Array.isArray(values) ? values : [values];
  if (!list.every((value) => ['string', 'number', 'boolean'].includes(typeof value))) return values;
  return [...new Set(list.map((value) => spell(String(value))))].sort();
}

/** What is no text in a policy of others names nothing. */
export function listOf(values: OneOrMany | undefined): readonly string[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : [values];
  return list.filter((value) => typeof value === 'string');
}

/**
 * By an unconditional Allow of all KMS actions to the root (KMS Developer Guide, key-policies: "Allows access to the AWS account and enables IAM policies").
 */
export function delegatesToAccount(keyPolicy: PolicyDocument, account: string): boolean {
  return statementsOf(keyPolicy).some(
    (statement) =>
      statement.Effect === 'Allow' &&
      statement.Condition === undefined &&
      listOf(awsOf(statement.Principal)).some((principal) => principalName(principal) === account) &&
      listOf(statement.Action).some((action) => /^(\*|kms:\*)$/i.test(action)) &&
      listOf(statement.Resource).includes('*'),
  );
}

/** Principals that AWS shows in place of deleted roles or users (IAM User Guide, reference_policies_elements_principal). */
export function findDeletedPrincipals(document: PolicyDocument | null): readonly string[] {
  return statementsOf(document).flatMap((statement) =>
    [statement.Principal, statement.NotPrincipal].flatMap((principal) =>
      listOf(awsOf(principal)).filter((name) => /^A(RO|ID)A[A-Z0-9]+$/.test(name)),
    ),
  );
}

export function awsPrincipals(principal: Principal | null | undefined): readonly string[] {
  return listOf(awsOf(principal));
}

export function isSamePrincipal(a: string, b: string): boolean {
  return principalName(a) === principalName(b);
}

export function isUnconditional({ Condition }: Statement): boolean {
  return Object.keys(Condition ?? {}).length === 0;
}

function awsOf(principal: Principal | null | undefined): OneOrMany | undefined {
  return typeof principal === 'object' ? principal?.AWS : undefined;
}

/**
 * A policy first allows both the old and the new, and drops the old after the rule has changed: otherwise objects on their way would fail for good.
 * @param limit in bytes of UTF-8, as AWS counts; where both do not fit, the policy changes at once.
 * @returns what to write before the rule and what after it; undefined where nothing is to be written then.
 */
export function policyChange(
  before: PolicyDocument | null,
  after: PolicyDocument | null,
  limit = Number.POSITIVE_INFINITY,
): { readonly early: PolicyDocument | null | undefined; readonly late: PolicyDocument | null | undefined } {
  const both = withLost(before, after);
  const wide = Buffer.byteLength(JSON.stringify(both)) <= limit ? both : after;
  // Where nothing is added, the late write is enough: a Deny that we remove can wait for it.
  const present = new Set(statementsOf(before).map(meaningOf));
  const early = statementsOf(wide).every((statement) => present.has(meaningOf(statement))) ? undefined : wide;
  return { early, late: isSamePolicy(early ?? before, after) ? undefined : after };
}

function withLost(before: PolicyDocument | null, after: PolicyDocument | null): PolicyDocument | null {
  if (before === null || after === null) return before ?? after;
  const kept = statementsOf(after);
  const sids = new Set(kept.map((statement) => statement.Sid));
  const meanings = new Set(kept.map(meaningOf));
  const lost = statementsOf(before).flatMap((statement) => {
    // A deleted role loses nothing, and AWS refuses to write it again.
    const dead = findDeletedPrincipals(policy(statement)).length > 0;
    if (statement.Effect === 'Deny' || dead || meanings.has(meaningOf(statement))) return [];
    if (statement.Sid === undefined) return [statement];
    const Sid = sids.has(statement.Sid) ? `${statement.Sid}Former` : statement.Sid;
    if (sids.has(Sid)) return [];
    sids.add(Sid);
    return [{ ...statement, Sid }];
  });
  return lost.length === 0 ? after : { ...after, Statement: [...kept, ...lost] };
}
