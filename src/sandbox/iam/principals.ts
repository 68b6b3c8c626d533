import { arnParts, iamArn, idIn, isAccountId, rootArn, sessionArn, sessionIn } from '../../aws/arn.ts';
import { type AccountId, type Arn, brand } from '../../aws/brand.ts';
import type { Role, SandboxState, User } from '../store/state.ts';
import type { Partition } from '../wire/partition.ts';
import { PolicyFault, type StoredPolicy, type StoredPrincipal, type StoredStatement } from './stored-policy.ts';

export interface PrincipalView {
  readonly partition: Partition;
  readonly now: number;
  readonly seesNewRoles: boolean;
  /** Whether CloudFront's origin access identities are principals: to S3 only. */
  readonly seesOriginAccess?: boolean;
}

/** Stores unique IDs (IAM User Guide, "AWS JSON policy elements: Principal"). @throws PolicyFault for one that does not exist or is not visible yet. */
export function bindPrincipals(policy: StoredPolicy, state: SandboxState, view: PrincipalView): StoredPolicy {
  return mapPrincipals(policy, (kind, name) => {
    const bound = bindPrincipal(kind, name, state, view);
    if (bound === undefined) throw new PolicyFault('principal', `"${kind}":"${name}"`);
    return bound;
  });
}

/** Turns unique IDs back into ARNs, but not those of deleted roles and users. */
export function showPrincipals(policy: StoredPolicy, state: SandboxState, partition: Partition): StoredPolicy {
  return mapPrincipals(policy, (kind, name) => (kind === 'AWS' ? showPrincipal(name, state, partition) : name));
}

type Rename = (kind: string, name: string) => string;

function mapPrincipals(policy: StoredPolicy, rename: Rename): StoredPolicy {
  return { ...policy, statements: policy.statements.map((statement) => mapStatement(statement, rename)) };
}

function mapStatement(statement: StoredStatement, rename: Rename): StoredStatement {
  const { principal, notPrincipal } = statement;
  return {
    ...statement,
    ...(principal === undefined ? {} : { principal: mapPrincipal(principal, rename) }),
    ...(notPrincipal === undefined ? {} : { notPrincipal: mapPrincipal(notPrincipal, rename) }),
  };
}

function mapPrincipal(principal: StoredPrincipal, rename: Rename): StoredPrincipal {
  if (principal === '*') return principal;
  return Object.fromEntries(
    Object.entries(principal).map(([kind, names]) => [kind, names.map((name) => rename(kind, name))]),
  );
}

function bindPrincipal(kind: string, name: string, state: SandboxState, view: PrincipalView): string | undefined {
  if (kind === 'AWS') return bindAwsPrincipal(name, state, view);
  if (kind === 'Service') return /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name) ? name : undefined;
  return (kind === 'Federated' || kind === 'CanonicalUser') && name !== '' ? name : undefined;
}

/** Of a session, with its name; undefined: no such principal, or not visible yet. */
export function bindAwsPrincipal(name: string, state: SandboxState, view: PrincipalView): string | undefined {
  if (name === '*') return name;
  if (isAccountId(name)) return rootArn({ ...view, account: name });
  if (uniqueId.test(name)) return arnOf(name, holders(state, view), view.partition) === undefined ? undefined : name;
  if (view.seesOriginAccess === true && isOriginAccess(name)) return name;
  const arn = arnParts(name);
  if (arn?.partition !== view.partition || !isAccountId(arn.account)) return undefined;
  if (arn.service === 'iam' && arn.resource === 'root') return name;
  if (arn.service === 'iam')
    return holders(state, view).find((holder) => holder.arn === name)?.id ?? idOfAdministrator(name);
  return bindSession(name, state, view);
}

function bindSession(name: string, state: SandboxState, view: PrincipalView): string | undefined {
  const { account = '', role = '', session } = sessionIn(name) ?? {};
  const holder = state.accounts[account]?.roles[role];
  return holder !== undefined && isVisible(holder, view) ? `${holder.id}:${session}` : undefined;
}

function isVisible(holder: Role | User, view: PrincipalView): boolean {
  return view.seesNewRoles || !('visibleAt' in holder) || holder.visibleAt <= view.now;
}

function holders(state: SandboxState, view?: PrincipalView): readonly (Role | User)[] {
  return Object.values(state.accounts)
    .flatMap((account) => [...Object.values(account.roles), ...Object.values(account.users)])
    .filter((holder) => view === undefined || isVisible(holder, view));
}

function arnOf(id: string, among: readonly (Role | User)[], partition: Partition): string | undefined {
  const administered = administratorPattern.exec(id)?.[1];
  if (administered !== undefined) return administratorArn(partition, brand(administered));
  return among.find((holder) => holder.id === id)?.arn;
}

/** The ARN of a unique ID that still exists; anything else as it is. */
export function showPrincipal(name: string, state: SandboxState, partition: Partition): string {
  const [id = '', session] = name.split(':');
  const arn = uniqueId.test(id) ? arnOf(id, holders(state), partition) : undefined;
  if (arn === undefined) return name;
  return session === undefined ? arn : sessionArn(arn, session);
}

/** Every account has this user; its access key is the account's sandbox key. */
export const administrator = 'sandbox-admin';
const administratorPattern = /^AIDAADMIN(\d{12})$/;
/** CloudFront Developer Guide, "Use an origin access identity". */
const originAccess = /^CloudFront Origin Access Identity [A-Z0-9]+$/;
const uniqueId = /^(AROA|AIDA)[A-Z0-9]+$/;

export function administratorArn(partition: string, account: AccountId): Arn {
  return iamArn({ partition, account }, `user/${administrator}`);
}

export function administratorId(account: string): string {
  return `AIDAADMIN${account}`;
}

function isOriginAccess(name: string): boolean {
  const id = idIn(name);
  return originAccess.test(id) && name === iamArn({ partition: 'aws', account: 'cloudfront' }, `user/${id}`);
}

function idOfAdministrator(arn: string): string | undefined {
  const parsed = arnParts(arn);
  return parsed?.resource === `user/${administrator}` ? administratorId(parsed.account) : undefined;
}
