/** The one function that writes to AWS. No other file makes a write command (test/lint/boundaries.js). */

import type { Command, MetadataBearer } from '@smithy/types';
import { required } from '../aws/required.ts';
import { unknownElements } from '../aws/unknown-elements.ts';
import { statusOf } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { Failure } from '../events/failure.ts';
import { type Operation, type Output, operations, type Request, type Service } from '../state/change.ts';
import { factsOf } from '../steps/steps.ts';

type WriteCommand<Answer extends MetadataBearer> = Command<object, object, MetadataBearer, Answer, unknown>;

interface Sender {
  readonly client: (at: Connection) => {
    send<Answer extends MetadataBearer>(
      command: WriteCommand<Answer>,
      options: { readonly abortSignal?: AbortSignal },
    ): Promise<Answer>;
  };
  /** Loads the package of the service. */
  readonly commands: () => Readonly<Record<string, unknown>>;
}

const senders: { readonly [S in Service]: Sender } = {
  S3: { client: (at) => at.s3, commands: () => required('@aws-sdk/client-s3') },
  KMS: { client: (at) => at.kms, commands: () => required('@aws-sdk/client-kms') },
  IAM: { client: (at) => at.iam, commands: () => required('@aws-sdk/client-iam') },
  SNS: { client: (at) => at.sns, commands: () => required('@aws-sdk/client-sns') },
  CloudWatch: { client: (at) => at.cloudWatch, commands: () => required('@aws-sdk/client-cloudwatch') },
  S3Control: { client: (at) => at.s3Control, commands: () => required('@aws-sdk/client-s3-control') },
};

/**
 * @param on `before` is awaited before each attempt, also the SDK's own: what it throws ends the call. `abortSignal` replaces the deadline of the run.
 * @throws AWS's errors untouched; Failure `key-unknown` where no answer says whether a key was made (docs/decisions/0007-one-key.md).
 */
export async function send<O extends Operation>(
  at: Connection,
  request: Request<O>,
  {
    before,
    abortSignal,
  }: { readonly before?: (() => Promise<void>) | undefined; readonly abortSignal?: AbortSignal | undefined } = {},
): Promise<Output<O>> {
  const command = commandOf(request);
  if (before) callBeforeEachAttempt(before, command);
  if (factsOf(request.operation)?.once) sendOnce(command, at);
  return senders[request.service].client(at).send(command, abortSignal ? { abortSignal } : {});
}

/** The SDK names its commands after the operations, and so do the types (state/change.ts). */
function commandOf<O extends Operation>({ service, operation, input }: Request<O>): WriteCommand<Output<O>> {
  const known: readonly Operation[] = operations[service];
  if (!known.includes(operation)) throw new Error(`${service} ${operation} is not a write that s3repl does`);
  const [lost] = unknownElements(input);
  if (lost) throw new Error(`${operation} would be sent without ${lost.element}`);
  const MatchingCommand = senders[service].commands()[`${operation}Command`] as new (
    given: typeof input,
  ) => WriteCommand<Output<O>>;
  return new MatchingCommand(input);
}

/** Inside the SDK's retries and after signing: as close to the request as possible. */
function callBeforeEachAttempt<Answer extends MetadataBearer>(
  before: () => Promise<void>,
  command: WriteCommand<Answer>,
): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      await before();
      return next(args);
    },
    { step: 'deserialize', priority: 'high', name: 's3replGuard' },
  );
}

/**
 * The SDK retries a call without an answer, and KMS would make a second key: CreateKey takes no idempotency token (API: CreateKey).
 * A refused call, such as a throttled one, made no key, so the SDK may retry it.
 */
function sendOnce<Answer extends MetadataBearer>(
  command: WriteCommand<Answer>,
  { account, region, identity }: Connection,
): void {
  command.middlewareStack.add(
    (next) => (args) =>
      next(args).catch((error: unknown) => {
        const { message } = error as Error;
        const status = statusOf(error) ?? 0;
        if (status >= 400 && status < 500) throw error;
        // Without a cause: the SDK would look into it and find a reason to try again.
        throw new Failure(
          'failed',
          'key-unknown',
          `KMS CreateKey in account ${account}, ${region}, as ${identity}: AWS did not answer, so s3repl cannot tell whether the key was created: ${message}`,
          'run the same command again: it looks for the key by its tag, and creates one only if there is none',
        );
      }),
    { step: 'deserialize', priority: 'high', name: 's3replSendOnce' },
  );
}
