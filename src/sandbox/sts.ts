import { randomBytes } from 'node:crypto';
import { type Answer, queryAnswer } from './answer.ts';
import { parseArn } from './arn.ts';
import { AwsError } from './errors.ts';
import { iamDate } from './iam-roles.ts';
import { newUniqueId } from './new-ids.ts';
import { notImplemented } from './not-implemented.ts';
import type { Operation } from './operation.ts';
import { policyAllows } from './policy-match.ts';
import { sessionArn } from './principals.ts';
import type { Role } from './state.ts';

const CHAINED_LIMIT = 3600;

/** Answers an STS request. */
export function answerSts(operation: Operation): Answer {
  const { call, caller } = operation;
  if (call.operation === 'GetCallerIdentity') {
    return queryAnswer('sts', call.operation, { Arn: caller.arn, UserId: caller.userId, Account: caller.account });
  }
  if (call.operation !== 'AssumeRole') throw notImplemented(call);
  return queryAnswer('sts', call.operation, assumeRole(operation, new URLSearchParams(call.body)));
}

function assumeRole(operation: Operation, params: URLSearchParams): unknown {
  const { state, caller, now } = operation;
  const arn = params.get('RoleArn') ?? '';
  const name = params.get('RoleSessionName') ?? '';
  const seconds = Number(params.get('DurationSeconds') ?? 3600);
  checkParameters(arn, name, seconds);
  const role = assumableRole(operation, arn, params.get('ExternalId'), name);
  if (caller.roleId !== undefined && seconds > CHAINED_LIMIT) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds > role.maxSessionDuration) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const account = parseArn(role.arn)?.account ?? '';
  const accessKeyId = newUniqueId('ASIASANDBOX', 9);
  const token = randomBytes(48).toString('base64');
  const expires = now + seconds * 1000;
  for (const [key, session] of Object.entries(state.sessions)) if (session.expires <= now) delete state.sessions[key];
  state.sessions[accessKeyId] = { account, role: role.arn, roleId: role.id, name, token, expires };
  operation.changed();
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: randomBytes(30).toString('base64'),
      SessionToken: token,
      Expiration: iamDate(expires),
    },
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${name}`, Arn: sessionArn(role.arn, name) },
  };
}

function checkParameters(arn: string, name: string, seconds: number): void {
  const parsed = parseArn(arn);
  if (parsed === undefined || parsed.account === '') throw validationError(`${arn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  }
  if (!(seconds >= 900 && seconds <= 43200)) {
    throw validationError(
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200`,
    );
  }
}

/** A missing role and one that does not trust the caller get the same answer, as in AWS. */
function assumableRole(operation: Operation, arn: string, externalId: string | null, sessionName: string): Role {
  const { state, caller } = operation;
  const account = parseArn(arn)?.account ?? '';
  const role = Object.values(state.accounts[account]?.roles ?? {}).find((candidate) => candidate.arn === arn);
  const context = {
    ...(externalId === null ? {} : { 'sts:ExternalId': externalId }),
    'sts:RoleSessionName': sessionName,
    'aws:PrincipalAccount': caller.account,
    'aws:PrincipalArn': caller.principalArn,
  };
  if (role === undefined || !policyAllows(role.trust, { caller, action: 'sts:AssumeRole', context })) {
    throw new AwsError(
      'AccessDenied',
      403,
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    );
  }
  return role;
}

function validationError(message: string): AwsError {
  return new AwsError('ValidationError', 400, message);
}
