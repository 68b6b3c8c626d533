import { Readable } from 'node:stream';
import type { HttpResponse } from '@smithy/core/transport';

export interface SandboxRequest {
  readonly service: string;
  readonly operation: string;
  /** The caller's; empty for unknown credentials. */
  readonly account: string;
  readonly region: string;
  readonly write: boolean;
}

const breaks = ['reset', 'lost-answer', 'timeout', 'truncated'] as const;

/** An error as the answer, or a break: `reset` before execution, `lost-answer` after it, `truncated` mid-answer; `timeout`: no answer, nothing done. */
export type SandboxFault =
  | { readonly code: string; readonly status: number; readonly message?: string }
  | (typeof breaks)[number];

export interface Faults {
  /** Ask once for each request: calls are counted. */
  findFault(request: SandboxRequest): SandboxFault | undefined;
  /** Those that did not happen, as they were written. */
  listUnused(): readonly string[];
}

/** A malformed fault or lag; the message says how to write it. */
export class SandboxSyntaxError extends Error {
  override name = 'SandboxSyntaxError';
}

const syntax = /^(?:([a-z0-9-]+):)?(\*|[A-Z][A-Za-z0-9]*)(?::(\*|[1-9]\d*(?:-[1-9]\d*)?))?=(.*)$/;

/** Like `PutBucketPolicy:2=OperationAborted`. @throws SandboxSyntaxError */
export function parseFaults(texts: readonly string[]): Faults {
  const rules = texts.map((text) => ({ text, ...parseFault(text), calls: 0, happened: false }));
  return {
    findFault(request) {
      const matching = rules.filter((rule) => {
        if (rule.service !== undefined && rule.service !== request.service) return false;
        if (rule.operation !== '*' && rule.operation !== request.operation) return false;
        rule.calls++;
        return rule.calls >= rule.first && rule.calls <= rule.last;
      });
      const [rule] = matching;
      if (rule === undefined) return undefined;
      rule.happened = true;
      if (isBreak(rule.what)) return rule.what;
      const message = `Asked for by the fault ${rule.text}.`;
      return { code: rule.what, status: statusOf(rule.what, request.service), message };
    },
    listUnused: () => rules.filter((rule) => !rule.happened).map((rule) => rule.text),
  };
}

function parseFault(text: string) {
  const [, service, operation, calls = '*', what = ''] = syntax.exec(text) ?? [];
  if (operation === undefined) {
    throw new SandboxSyntaxError(
      `"${text}" is no fault: write OPERATION:CALL=FAULT, like PutBucketPolicy:2=OperationAborted, kms:*:1-3=ThrottlingException or GetObject=truncated`,
    );
  }
  if (!isBreak(what) && !/^[A-Z][A-Za-z0-9.]*$/.test(what)) {
    throw new SandboxSyntaxError(
      `"${what}" in "${text}" is no fault: write an error code of AWS, like AccessDenied or SlowDown, or one of ${breaks.join(', ')}`,
    );
  }
  const [first = 1, last = first] = calls === '*' ? [1, Number.POSITIVE_INFINITY] : calls.split('-').map(Number);
  if (last < first) throw new SandboxSyntaxError(`the calls ${calls} in "${text}" end before they begin`);
  return { service, operation, first, last, what };
}

function isBreak(what: string): what is (typeof breaks)[number] {
  return (breaks as readonly string[]).includes(what);
}

/** For errors of any operation; other codes tell their status by their form, or are 400. */
const statuses: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AuthorizationError: 403,
  ConcurrentModification: 409,
  InternalError: 500,
  InternalFailure: 500,
  InvalidAccessKeyId: 403,
  InvalidClientTokenId: 403,
  KMSInternalException: 500,
  KMSNotFound: 400,
  LimitExceeded: 409,
  MethodNotAllowed: 405,
  NotImplemented: 501,
  OperationAborted: 409,
  PermanentRedirect: 301,
  PreconditionFailed: 412,
  RequestLimitExceeded: 503,
  RequestTimeTooSkewed: 403,
  ServiceFailure: 500,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  Throttled: 429,
  TooManyRequestsException: 429,
};

function statusOf(code: string, service: string): number {
  // ExpiredToken is a 400 of S3, a 403 of the others.
  if (code === 'ExpiredToken') return service === 's3' ? 400 : 403;
  // Those of jobs (API model `s3control 2018-08-20`).
  if (service === 's3-control' && code.endsWith('Exception')) return code === 'InternalServiceException' ? 500 : 400;
  const known = statuses[code];
  if (known !== undefined) return known;
  if (service === 'kms') return 400;
  if (/^NoSuch|NotFound/.test(code)) return 404;
  return /^(BucketAlready|EntityAlready)|Conflict/.test(code) ? 409 : 400;
}

/** As Node reports it. */
export function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' });
}

/** As the SDK reports it. */
export function timeoutError(): Error {
  return Object.assign(new Error('no answer came'), { name: 'TimeoutError' });
}

/** The connection breaks in the middle of the body; without a body, before the answer. */
export async function truncate(response: HttpResponse): Promise<HttpResponse> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  if (whole.length === 0) throw connectionReset();
  response.body = Readable.from(
    (function* () {
      yield whole.subarray(0, Math.floor(whole.length / 2));
      throw connectionReset();
    })(),
  );
  return response;
}
