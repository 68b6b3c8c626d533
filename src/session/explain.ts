import { isSignInError } from '../connect/absent.ts';
import { actionsOf } from '../connect/services.ts';
import { callBehind, type FailedCall } from '../connect/trace.ts';
import { Failure } from '../events/failure.ts';
import { explainNotifications } from './explain-notifications.ts';

/** An error that nobody foresaw is a bug of ours and says so. @param interrupted after Ctrl-C: then a pause that was broken off is no error. */
export function explain(error: unknown, interrupted = false): Failure {
  if (error instanceof Failure) return error;
  if (interrupted)
    return new Failure(
      'cancelled',
      'cancelled',
      'stopped',
      'run the same command again: it continues where it stopped',
    );
  if (!(error instanceof Error)) return bug(new Error(String(error)));
  if (error.name === 'ExitPromptError')
    return new Failure('cancelled', 'cancelled', 'stopped at a question; nothing was changed');
  if (error.name === 'SandboxDiskError')
    return new Failure('failed', 'sandbox-state', error.message, `${room}, or give another folder with --state DIR`, {
      cause: error,
    });
  if (error.name === 'SandboxStateError')
    return new Failure(
      'failed',
      'sandbox-state',
      error.message,
      'to start with an empty sandbox: s3repl sandbox reset, with the same --state',
      {
        cause: error,
      },
    );
  if (error.name === 'SandboxGoneError')
    return new Failure(
      'failed',
      'sandbox-gone',
      error.message,
      'run the same command again: it continues where it stopped, and does not need the server',
      { cause: error },
    );
  const call = callBehind(error);
  if (!call && isOfDisk(error))
    return new Failure('failed', 'disk', `cannot write: ${error.message}`, room, { cause: error });
  if (!call) return bug(error);
  return explainNoAnswer(error, call) ?? explainNotifications(error, call) ?? explainRefusal(error, call);
}

const room = 'free some disk space and run the same command again';

/** Whether the disk is the problem (errno(3)). */
function isOfDisk(error: Error): boolean {
  return 'code' in error && /^(ENOSPC|EDQUOT|EROFS)$/.test(String(error.code));
}

function textOf({ service, operation, account, region, identity }: FailedCall): string {
  return `${service} ${operation} in account ${account}, ${region}, as ${identity}`;
}

function explainNoAnswer(error: Error, call: FailedCall): Failure | undefined {
  const { status, problem, checkNetwork } = call;
  const what = textOf(call);
  if (status === undefined && !/Token|Credential/.test(error.name)) {
    return new Failure(
      'failed',
      error.name,
      `no answer to ${what}: ${problem?.message ?? error.message}`,
      `${problem?.fix ?? checkNetwork}; running again continues where it stopped`,
      { cause: error },
    );
  }
  if (error instanceof SyntaxError || /parse error/i.test(error.message)) {
    return new Failure(
      'failed',
      'not-aws',
      `the answer to ${what} is not from AWS (HTTP ${status ?? 'without status'})`,
      'a proxy or a wrong AWS_ENDPOINT_URL may have answered instead',
      { cause: error },
    );
  }
  if (status === 501) {
    return new Failure(
      'failed',
      'not-implemented',
      `the service that answered ${what} does not have this operation (HTTP 501): ${error.message}`,
      'the sandbox or an emulator may have answered instead of AWS; if it was AWS, the operation does not exist in this Region',
      { cause: error },
    );
  }
  return undefined;
}

function explainRefusal(error: Error, call: FailedCall): Failure {
  const { status, requestId } = call;
  const what = textOf(call);
  const request = requestId ? ` (request ${requestId})` : '';
  const fail = (outcome: 'failed' | 'unauthorized', message: string, fix: string) =>
    new Failure(outcome, error.name, message, fix, { cause: error });
  if (isSignInError(error)) {
    return fail(
      'unauthorized',
      `AWS did not accept the credentials for ${what}: ${error.message}`,
      'sign in again and run the same command: it continues where it stopped',
    );
  }
  if (/^(RequestTimeTooSkewed|RequestExpired)$/.test(error.name)) {
    return fail(
      'failed',
      `${what}: ${error.message}`,
      'the clock of this machine is wrong: set it, and run the same command',
    );
  }
  if (status === 403 || /^(AccessDenied|Unauthorized)/.test(error.name)) {
    const why = /^Unknown(Error)?$/.test(error.message) ? 'HTTP 403, without a reason' : error.message;
    return fail(
      'failed',
      `AWS refused ${what}: ${why}${request}`,
      `${rightsFor(error, call)}, and run the same command: it continues where it stopped`,
    );
  }
  return fail(
    'failed',
    `${what} failed: ${error.name}: ${error.message}${request}`,
    hints[error.name] ?? 'running the same command again continues where it stopped',
  );
}

function rightsFor({ message }: Error, { service, operation, account, identity }: FailedCall): string {
  const named = /not authorized to perform:? ([\w-]+:\w+)/.exec(message)?.[1];
  const actions = (named ? [named] : actionsOf(service, operation)).join(', ');
  const denier = /with an explicit deny in (an? [\w -]+? policy|a permissions boundary)/.exec(message)?.[1];
  return denier
    ? `a Deny in ${denier} forbids it, whatever else allows it: change that policy so that it does not deny ${actions} to ${identity}`
    : `allow ${actions} to ${identity} in account ${account} (also in its boundary and the organization's policies)`;
}

const hints: Readonly<Record<string, string>> = {
  MalformedPolicy:
    'a principal in the bucket policy does not exist: a deleted role stays there as AROA…, and S3 refuses to write it again',
  MalformedPolicyDocumentException:
    'a principal in the key policy does not exist: check newKeys.administrators and newKeys.users, and AROA… entries of deleted roles',
  BucketAlreadyExists: 'bucket names are global: choose another name in repl.yaml',
  LimitExceededException: 'the account has reached a quota: see Service Quotas in the console',
};

function bug(error: Error): Failure {
  return new Failure(
    'failed',
    'bug',
    `unexpected: ${error.name}: ${error.message}`,
    'this is a bug in s3repl: please report it, with the output of --verbose',
    { cause: error },
  );
}
