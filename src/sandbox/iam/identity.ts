import { isAccountId, nameIn, sessionArn } from '../../aws/arn.ts';
import type { AccountId, Arn } from '../../aws/brand.ts';
import type { Role, SandboxState } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { homeRegion, type Partition } from '../wire/partition.ts';
import { speechOf } from '../wire/services.ts';
import { administratorArn, administratorId } from './principals.ts';

export interface Caller {
  readonly account: AccountId;
  readonly arn: Arn;
  /** `AIDA…` of a user, `AROA…:session` of a role's session. */
  readonly userId: string;
  /** Absent: a user. */
  readonly session?: RoleSession;
  /** As in `aws:PrincipalArn`: of a session, its role. */
  readonly principalArn: string;
}

export interface RoleSession {
  readonly role: Role;
  readonly name: string;
  readonly issued: number | undefined;
  readonly policy: string | undefined;
}

export interface Credentials {
  readonly accessKeyId: string | undefined;
  readonly sessionToken: string | undefined;
  readonly partition: Partition;
}

/** An administrator's access key ID is this and the account ID. */
export const administratorKey = 'SANDBOX';

type Refusal = 'missing' | 'unknown' | 'expired';
type Words = Readonly<Record<Refusal, readonly [code: string, status: number, message: string]>>;

const invalidToken = 'The security token included in the request is invalid.';
const expiredToken = 'The security token included in the request is expired';

const queryWords: Words = {
  missing: ['MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
  unknown: ['InvalidClientTokenId', 403, invalidToken],
  expired: ['ExpiredToken', 403, expiredToken],
};

const s3Words: Words = {
  missing: ['AccessDenied', 403, 'Access Denied'],
  unknown: ['InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'],
  expired: ['ExpiredToken', 400, 'The provided token has expired.'],
};

const jsonWords: Words = {
  missing: ['MissingAuthenticationTokenException', 400, 'Missing Authentication Token'],
  unknown: ['UnrecognizedClientException', 400, invalidToken],
  expired: ['ExpiredTokenException', 400, expiredToken],
};

const words = { rest: s3Words, query: queryWords, json: jsonWords } as const;

/** @throws AwsError the service's own, for unknown and expired credentials. */
export function identify(state: SandboxState, service: string, credentials: Credentials): Caller {
  const found = findCaller(state, credentials);
  if (typeof found !== 'string') return found;
  const [code, status, message] = words[speechOf(service)?.protocol ?? 'query'][found];
  throw new AwsError(code, status, message);
}

function findCaller(state: SandboxState, { accessKeyId, sessionToken, partition }: Credentials): Caller | Refusal {
  if (accessKeyId === undefined) return 'missing';
  const account = accessKeyId.startsWith(administratorKey) ? accessKeyId.slice(administratorKey.length) : '';
  if (isAccountId(account)) {
    const arn = administratorArn(partition, account);
    return { account, arn, userId: administratorId(account), principalArn: arn };
  }
  const session = state.sessions[accessKeyId];
  if (session === undefined || session.token !== sessionToken) return 'unknown';
  if (session.expires <= state.now) return 'expired';
  const role = state.accounts[session.account]?.roles[nameIn(session.role)];
  if (role?.id !== session.roleId) return 'unknown';
  return {
    account: session.account,
    arn: sessionArn(role.arn, session.name),
    userId: `${session.roleId}:${session.name}`,
    session: { role, name: session.name, issued: session.issued, policy: session.policy },
    principalArn: role.arn,
  };
}

/** The account as far as the access key itself tells it. */
export function accountOfKey(state: SandboxState, accessKeyId: string | undefined): string {
  if (accessKeyId?.startsWith(administratorKey) === true) return accessKeyId.slice(administratorKey.length);
  return state.sessions[accessKeyId ?? '']?.account ?? '';
}

/** For a request without a credential scope. */
export const unsignedRegion = homeRegion('aws');
