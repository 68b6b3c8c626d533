import type { $ClientProtocol, HandlerExecutionContext, MiddlewareStack } from '@smithy/types';

export interface Output {
  readonly $metadata: object;
}

export interface Plugin {
  applyToStack<I extends object, O extends Output>(stack: MiddlewareStack<I, O>): void;
}

export interface SdkClient {
  readonly middlewareStack: { use(plugin: Plugin): void };
  readonly config: {
    readonly streamCollector: (stream: never) => Promise<Uint8Array>;
    readonly protocol: Pick<$ClientProtocol<never, never>, 'getPayloadCodec'>;
  };
  send(...args: never): Promise<unknown>;
  destroy(): void;
}

/** Without the SDK's suffixes: `S3`, `GetBucketPolicy`. */
export function callIn({ clientName, commandName }: HandlerExecutionContext): {
  readonly service: string;
  readonly operation: string;
} {
  return {
    service: String(clientName).replace(/Client$/, ''),
    operation: String(commandName).replace(/Command$/, ''),
  };
}
