/** Times and reports every call; an error remembers which call raised it, where, and as whom. */
import type { HandlerExecutionContext, InitializeHandler } from '@smithy/types';
import type { Env } from '../config/substitute-env.ts';
import type { CallEvent, Report } from '../events/event.ts';
import { type NetworkProblem, networkFix, networkProblem } from './network-problem.ts';
import { callIn, type Output, type Plugin } from './sdk-client.ts';

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
  readonly problem: NetworkProblem | undefined;
  readonly checkNetwork: string;
}

const failedCalls = new WeakMap<Error, FailedCall>();

export function callBehind(error: unknown): FailedCall | undefined {
  return error instanceof Error ? failedCalls.get(error) : undefined;
}

/** An error of the credentials also passes through the call that needed them: the first call counts. */
function remember(error: Error, call: Omit<FailedCall, 'problem' | 'checkNetwork'>, env: Env): void {
  const way = { problem: networkProblem(error, env), checkNetwork: networkFix(env) };
  if (!failedCalls.has(error)) failedCalls.set(error, { ...call, ...way });
}

interface Metadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly attempts?: number;
}

function metadataOf(error: Error): Metadata {
  return '$metadata' in error ? (error.$metadata as Metadata) : {};
}

type Made = Pick<CallEvent, 'service' | 'operation' | 'account' | 'region' | 'ms'>;

function callEvent(made: Made, metadata: Metadata, code: string | undefined): CallEvent {
  const { service, operation, account, region, ms } = made;
  const { httpStatusCode: status, requestId, attempts = 1 } = metadata;
  return {
    type: 'call',
    service,
    operation,
    account,
    region,
    ms,
    attempts,
    write: !/^(Get|List|Head|Describe|AssumeRole)/.test(operation),
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

interface Told {
  readonly report: Report;
  readonly env: Env;
  readonly now: () => number;
}

/** In characters: AWS's message of an error is a few sentences. */
const longest = 2_000;

export function traceCalls(caller: Caller, told: Told): Plugin {
  const trace =
    <I extends object, O extends Output>(
      next: InitializeHandler<I, O>,
      context: HandlerExecutionContext,
    ): InitializeHandler<I, O> =>
    async (args) => {
      const { service, operation } = callIn(context);
      const started = told.now();
      const tell = (metadata: Metadata, code?: string) => {
        const ms = Math.round(told.now() - started);
        told.report(callEvent({ ...caller, service, operation, ms }, metadata, code));
      };
      try {
        const result = await next(args);
        tell(result.output.$metadata);
        return result;
      } catch (error) {
        if (error instanceof Error) {
          if (error.message.length > longest) error.message = `${error.message.slice(0, longest)}…`;
          const metadata = metadataOf(error);
          tell(metadata, error.name);
          const { httpStatusCode: status, requestId } = metadata;
          remember(error, { ...caller, service, operation, status, requestId }, told.env);
        }
        throw error;
      }
    };
  return {
    applyToStack: (stack) =>
      stack.add(trace, { step: 'initialize', name: 's3replTrace', priority: 'high', override: true }),
  };
}
