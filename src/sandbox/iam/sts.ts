import { randomBytes } from 'node:crypto';
import { accountIn, arnParts, sessionArn } from '../../aws/arn.ts';
import type { Role } from '../store/state.ts';
import { type Answer, queryAnswer } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { authorize } from './authorize-call.ts';
import { malformedPolicyDocument, withIamWords } from './iam-request.ts';
import { newUniqueId } from './new-ids.ts';
import { tagKeys } from './request-keys.ts';
import { iamDate } from './roles.ts';
import { parsePolicy } from './stored-policy.ts';

const chainedLimit = 3600;
const sessionPolicyLimit = 2048;

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
  const policy = sessionPolicy(params);
  if (caller.session !== undefined && seconds > chainedLimit) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds > role.maxSessionDuration) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const accessKeyId = newUniqueId('ASIASANDBOX', 9);
  const token = `SANDBOXTOKEN${randomBytes(48).toString('base64')}`;
  const expires = now + seconds * 1000;
  for (const [key, session] of Object.entries(state.sessions)) if (session.expires <= now) delete state.sessions[key];
  state.sessions[accessKeyId] = {
    account: accountIn(role.arn),
    role: role.arn,
    roleId: role.id,
    name,
    token,
    issued: now,
    expires,
    ...(policy === undefined ? {} : { policy }),
  };
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      // Recognizable in a log, to people and to the test that looks for secrets there.
      SecretAccessKey: `SANDBOXSECRET${randomBytes(20).toString('base64')}`,
      SessionToken: token,
      Expiration: iamDate(expires),
    },
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${name}`, Arn: sessionArn(role.arn, name) },
  };
}

function checkParameters(arn: string, name: string, seconds: number): void {
  const parsed = arnParts(arn);
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

/** As in AWS, a missing role and one that does not trust the caller get the same answer. */
function assumableRole(operation: Operation, arn: string, externalId: string | null, sessionName: string): Role {
  const { state, caller } = operation;
  const account = arnParts(arn)?.account ?? '';
  const role = Object.values(state.accounts[account]?.roles ?? {}).find((candidate) => candidate.arn === arn);
  if (role === undefined) {
    const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
    throw new AwsError('AccessDenied', 403, message);
  }
  authorize(operation, {
    action: 'sts:AssumeRole',
    resource: arn,
    account,
    policy: role.trust,
    context: {
      ...(externalId === null ? {} : { 'sts:ExternalId': externalId }),
      'sts:RoleSessionName': sessionName,
      ...tagKeys('aws:ResourceTag/', role.tags),
    },
  });
  return role;
}

/** The session policy; the sandbox has nothing else that limits or widens a session. */
function sessionPolicy(params: URLSearchParams): string | undefined {
  for (const [parameter, what] of [
    ['PolicyArns.member.1.arn', 'managed session policies'],
    ['Tags.member.1.Key', 'session tags'],
  ] as const) {
    if (params.has(parameter)) throw new AwsError('NotImplemented', 501, `The sandbox does not have ${what}.`);
  }
  const text = params.get('Policy');
  if (text === null) return undefined;
  if (text.length > sessionPolicyLimit) {
    throw validationError(
      `1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${sessionPolicyLimit}`,
    );
  }
  const { statements } = withIamWords(() => parsePolicy(text));
  if (statements.some(({ principal, notPrincipal }) => principal !== undefined || notPrincipal !== undefined)) {
    throw malformedPolicyDocument('Policy document should not specify a principal.');
  }
  return text;
}

function validationError(message: string): AwsError {
  return new AwsError('ValidationError', 400, message);
}
