/** The SDK's clients, as far as all of them are alike. */
import type { $ClientProtocol, HandlerExecutionContext, MiddlewareStack } from '@smithy/types';

/** What every call gives back. */
export interface Output {
  readonly $metadata: object;
}

/** The SDK's way to extend a client: of any client, since input and output matter to nothing here. */
export interface Plugin {
  applyToStack<I extends object, O extends Output>(stack: MiddlewareStack<I, O>): void;
}

/** Any of the SDK's clients, as far as it is made ours. */
export interface SdkClient {
  readonly middlewareStack: { use(plugin: Plugin): void };
  /** What of it reads answers. */
  readonly config: {
    readonly streamCollector: (stream: never) => Promise<Uint8Array>;
    readonly protocol: Pick<$ClientProtocol<never, never>, 'getPayloadCodec'>;
  };
  send(...args: never): Promise<unknown>;
  destroy(): void;
}

/** Which call a middleware sees, without the SDK's suffixes: `S3`, `GetBucketPolicy`. */
export function callIn({ clientName, commandName }: HandlerExecutionContext): {
  readonly service: string;
  readonly operation: string;
} {
  return {
    service: String(clientName).replace(/Client$/, ''),
    operation: String(commandName).replace(/Command$/, ''),
  };
}
