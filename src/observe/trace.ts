/** Every call is timed and told, and an error remembers which call raised it, where, and as whom. */
import type { Client } from '@smithy/types';
import type { Report } from '../plan/event.ts';

export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly identity: string;
}

export interface FailedCall extends Caller {
  readonly service: string;
  readonly operation: string;
  readonly requestId: string | undefined;
  readonly status: number | undefined;
}

const failedCalls = new WeakMap<Error, FailedCall>();

/** The call that raised an error, where an SDK client raised it. */
export function callBehind(error: unknown): FailedCall | undefined {
  return error instanceof Error ? failedCalls.get(error) : undefined;
}

interface Metadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly attempts?: number;
}

// The SDK's clients differ in their types of input and output, which matter to nothing here.
type AnyClient = Pick<Client<object, { $metadata: object }, object>, 'middlewareStack'>;

/** Makes a client tell its calls. */
export function traced(
  client: AnyClient,
  caller: Caller,
  told: { readonly report: Report; readonly now: () => number },
): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const service = String(context.clientName).replace(/Client$/, '');
      const operation = String(context.commandName).replace(/Command$/, '');
      const started = told.now();
      const tell = (metadata: Metadata, code?: string) => {
        const { httpStatusCode: status, requestId, attempts = 1 } = metadata;
        told.report({
          type: 'call',
          service,
          operation,
          account: caller.account,
          region: caller.region,
          ms: Math.round(told.now() - started),
          attempts,
          write: !/^(Get|List|Head|Describe|AssumeRole)/.test(operation),
          ...(status === undefined ? {} : { status }),
          ...(code === undefined ? {} : { code }),
          ...(requestId === undefined ? {} : { requestId }),
        });
        return { status, requestId };
      };
      try {
        const result = await next(args);
        tell((result.output as { $metadata?: Metadata }).$metadata ?? {});
        return result;
      } catch (error) {
        if (error instanceof Error) {
          const metadata = '$metadata' in error ? (error.$metadata as Metadata) : {};
          failedCalls.set(error, { ...caller, service, operation, ...tell(metadata, error.name) });
        }
        throw error;
      }
    },
    { step: 'initialize', name: 's3replTrace', priority: 'high', override: true },
  );
}
