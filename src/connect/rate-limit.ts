/** Sends no more writes a second than AWS takes from one account, however many configurations run at once. */
import type { FinalizeHandler, HandlerExecutionContext } from '@smithy/types';
import { callIn, type Output, type Plugin } from './sdk-client.ts';
import { operationOf, serviceNamed } from './services.ts';

/** A tenth more than a second, since requests do not travel evenly. */
const windowMs = 1_100;

export interface Clock {
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export class RateLimits {
  readonly #clock: Clock;
  /** When the latest requests were sent, or will be, by what counts together. */
  readonly #sent = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the request may be sent; requests of one kind keep their order. */
  async turn(service: string, operation: string, where: { account: string; region: string }): Promise<void> {
    const { limit, kind } = limitOf(service, operation, where) ?? {};
    if (limit === undefined || kind === undefined) return;
    const sent = this.#sent.get(kind) ?? [];
    this.#sent.set(kind, sent);
    const now = this.#clock.now();
    const before = sent.length < limit ? undefined : sent.shift();
    const at = before === undefined ? now : Math.max(now, before + windowMs);
    sent.push(at);
    if (at > now) await this.#clock.sleep(at - now);
  }

  /** Each attempt of a call counts. */
  plugin(where: { readonly account: string; readonly region: string }): Plugin {
    const wait =
      <I extends object, O extends Output>(
        next: FinalizeHandler<I, O>,
        context: HandlerExecutionContext,
      ): FinalizeHandler<I, O> =>
      async (args) => {
        const { service, operation } = callIn(context);
        await this.turn(service, operation, where);
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

function limitOf(service: string, operation: string, { account, region }: { account: string; region: string }) {
  const { perSecond } = operationOf(service, operation);
  if (perSecond !== undefined) return { limit: perSecond, kind: `${operation} ${account} ${region}` };
  const { writesPerSecond } = serviceNamed(service) ?? {};
  if (writesPerSecond === undefined || /^(Get|List)/.test(operation)) return undefined;
  return { limit: writesPerSecond, kind: `${service} ${account}` };
}
