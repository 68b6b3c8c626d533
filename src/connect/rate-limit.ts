/** No more writes a second than AWS takes from one account, however many configurations are worked on at once. */
import type { FinalizeRequestMiddleware, MiddlewareStack } from '@smithy/types';

/**
 * Requests a second and Region that KMS takes from an account by default (KMS Developer Guide, requests-per-second: "Request quotas
 * for each AWS KMS API operation"), as far as we send them in numbers. What may be sent 500 times a second and more is not held back.
 */
const kms: Readonly<Record<string, number>> = {
  CreateKey: 5,
  CreateAlias: 5,
  UpdateAlias: 5,
  TagResource: 10,
  EnableKeyRotation: 15,
  PutKeyPolicy: 15,
  DeleteAlias: 15,
  ScheduleKeyDeletion: 15,
};

/**
 * Writes a second that we send to IAM of one account. AWS publishes no rate: it says that every API has token buckets of its own,
 * that all callers of the account share them, and that they cannot be raised (AWS Security Blog, "How to monitor and query IAM
 * resources at scale – Part 2"; re:Post, iam-sts-throttling-error). So this is a choice: two for each key, as a set-up needs them. The
 * SDK's adaptive retries do the rest.
 */
const iamWrites = 10;

/** What a rate is counted in: a tenth more than a second, since requests do not travel evenly. */
const windowMs = 1_100;

interface Clock {
  readonly now: () => number;
  /** Milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** The SDK's way to extend a client: of any client, since input and output matter to nothing here. */
interface Plugin {
  applyToStack(stack: MiddlewareStack<object, { $metadata: object }>): void;
}

/** Counts what is sent to each account. */
export class RateLimits {
  readonly #clock: Clock;
  /** When the latest requests were sent, or will be, by what they count as. */
  readonly #sent = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Ends when the request may be sent; those of one kind go in the order in which they came.
   *
   * @param where `ACCOUNT` for services that are the same in all Regions, else `ACCOUNT REGION`.
   */
  async turn(service: string, operation: string, where: { account: string; region: string }): Promise<void> {
    const limit = limitOf(service, operation);
    if (limit === undefined) return;
    const kind = service === 'IAM' ? `IAM ${where.account}` : `${operation} ${where.account} ${where.region}`;
    const sent = this.#sent.get(kind) ?? [];
    this.#sent.set(kind, sent);
    const now = this.#clock.now();
    const before = sent.length < limit ? undefined : sent.shift();
    const at = before === undefined ? now : Math.max(now, before + windowMs);
    sent.push(at);
    if (at > now) await this.#clock.sleep(at - now);
  }

  /** Makes a client keep to the limits, each attempt of a call for itself: for `client.middlewareStack.use`. */
  plugin(where: { readonly account: string; readonly region: string }): Plugin {
    const wait: FinalizeRequestMiddleware<object, { $metadata: object }> = (next, context) => async (args) => {
      const service = String(context.clientName).replace(/Client$/, '');
      await this.turn(service, String(context.commandName).replace(/Command$/, ''), where);
      return next(args);
    };
    return {
      applyToStack: (stack) =>
        stack.addRelativeTo(wait, {
          relation: 'after',
          toMiddleware: 'retryMiddleware',
          name: 's3replRateLimit',
          override: true,
        }),
    };
  }
}

function limitOf(service: string, operation: string): number | undefined {
  if (service === 'KMS') return kms[operation];
  return service === 'IAM' && !/^(Get|List)/.test(operation) ? iamWrites : undefined;
}
