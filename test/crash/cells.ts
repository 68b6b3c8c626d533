/** The cells of the matrices: what can happen, at which request. */
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import type { Blow, Story, Strike } from './trial.ts';

export interface Cell {
  readonly name: string;
  readonly strike: Strike;
  /** Whether the struck run itself has to succeed: everything that happens in it is mended by asking again. */
  readonly inOneRun: boolean;
}

const kills = ['killed-before', 'killed-after'] as const;

/** The cells of a story whose undisturbed run makes these requests. */
export function* cellsOf({ killsOnly }: Story, requests: readonly SandboxRequest[]): Generator<Cell> {
  for (const [at, request] of requests.entries()) {
    const blows = killsOnly ? Object.fromEntries(kills.map((kill) => [kill, kill])) : blowsTo(request);
    for (const [what, blow] of Object.entries(blows)) {
      const strike: Strike = (_, index) => (index === at ? blow : undefined);
      yield { name: `${what} at ${request.service} ${request.operation} (request ${at})`, strike, inOneRun: false };
    }
  }
  if (killsOnly) return;
  for (const seed of seeds) {
    const anything = aTenth(seed, (request) => Object.values(blowsTo(request)));
    yield { name: `a tenth of all requests, seed ${seed}`, strike: anything, inOneRun: false };
  }
  for (const seed of seeds) {
    const mended = notTooOften(aTenth(seed, retriable));
    yield { name: `a tenth of all requests, to retry, seed ${seed}`, strike: mended, inOneRun: true };
  }
}

/** A seed for each of the runs in which a tenth of all requests is struck. */
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

const error = (code: string, status: number): SandboxFault => ({ code, status });

interface Errors {
  /** AWS could not, or did not want to: asking again helps. */
  readonly busy: readonly SandboxFault[];
  readonly throttled: readonly SandboxFault[];
  /** AWS refuses. */
  readonly refused: readonly SandboxFault[];
}

const tooMany = error('TooManyRequestsException', 429);

const errors: Readonly<Record<string, Errors>> = {
  s3: {
    busy: [error('InternalError', 500)],
    throttled: [error('SlowDown', 503), tooMany],
    refused: [
      error('ExpiredToken', 400),
      error('AccessDenied', 403),
      error('OperationAborted', 409),
      error('NoSuchBucket', 404),
    ],
  },
  kms: {
    busy: [error('KMSInternalException', 500), error('ServiceUnavailable', 503)],
    throttled: [error('ThrottlingException', 400), tooMany],
    refused: [
      error('ExpiredTokenException', 400),
      error('AccessDeniedException', 400),
      error('NotFoundException', 400),
    ],
  },
  iam: {
    busy: [error('ServiceFailure', 500), error('ServiceUnavailable', 503)],
    throttled: [error('Throttling', 400), tooMany],
    refused: [
      error('ExpiredToken', 403),
      error('AccessDenied', 403),
      error('ConcurrentModification', 409),
      error('NoSuchEntity', 404),
    ],
  },
  's3-control': {
    busy: [error('InternalServiceException', 500)],
    throttled: [error('TooManyRequestsException', 400), error('SlowDown', 503)],
    refused: [error('ExpiredToken', 400), error('AccessDenied', 403), error('NoSuchJobException', 400)],
  },
  /** CloudWatch, by its signing name, which the sandbox calls it by. */
  monitoring: {
    busy: [error('InternalServiceFault', 500)],
    throttled: [error('ThrottlingException', 400), error('Throttling', 400)],
    refused: [
      error('ExpiredTokenException', 403),
      error('AccessDeniedException', 403),
      error('LimitExceeded', 400),
      error('ResourceNotFound', 404),
    ],
  },
  sns: {
    busy: [error('InternalError', 500), error('ServiceUnavailable', 503)],
    throttled: [error('Throttled', 429), error('Throttling', 400)],
    refused: [
      error('ExpiredToken', 403),
      error('AuthorizationError', 403),
      error('ConcurrentAccess', 400),
      error('TopicLimitExceeded', 403),
      error('NotFound', 404),
    ],
  },
  sts: {
    busy: [error('InternalFailure', 500), error('ServiceUnavailable', 503)],
    throttled: [error('Throttling', 400), tooMany],
    refused: [error('ExpiredToken', 403), error('AccessDenied', 403)],
  },
};

function errorsOf({ service }: SandboxRequest): Errors {
  return errors[service] ?? { busy: [], throttled: [], refused: [] };
}

/** What can happen at a request, by name. */
function blowsTo(request: SandboxRequest): Readonly<Record<string, Blow>> {
  const { busy, throttled, refused } = errorsOf(request);
  const breaks = [...kills, 'reset', 'lost-answer', 'timeout', 'truncated'] as const;
  return Object.fromEntries([
    ...breaks.map((one) => [one, one] as const),
    ...[...busy, ...throttled, ...refused].map((one) => [typeof one === 'object' ? one.code : one, one] as const),
  ]);
}

/** What the SDK mends by sending again; CreateKey only where KMS has surely made no key (docs/decisions/0007-one-key.md). */
function retriable(request: SandboxRequest): readonly SandboxFault[] {
  const { busy, throttled } = errorsOf(request);
  return request.operation === 'CreateKey' ? throttled.slice(0, 1) : [...busy, ...throttled, 'reset', 'lost-answer'];
}

/** The SDK asks five times (connect/connect.ts): what is struck each time is not mended by that, and is left alone before. */
function notTooOften(strike: Strike): Strike {
  const struck = new Map<string, number>();
  return (request, index) => {
    const blow = strike(request, index);
    const what = `${request.operation} ${request.account} ${request.region}`;
    const times = (struck.get(what) ?? 0) + 1;
    if (blow === undefined || times > 4) return undefined;
    struck.set(what, times);
    return blow;
  };
}

/** Strikes a tenth of all requests by a seed: the same again each time, where they come in the same order. */
function aTenth(seed: number, blowsAt: (request: SandboxRequest) => readonly Blow[]): Strike {
  let state = seed;
  // Mulberry32: small, and good enough to throw dice.
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (request) => {
    const blows = blowsAt(request);
    return random() < 0.1 ? blows[Math.floor(random() * blows.length)] : undefined;
  };
}
