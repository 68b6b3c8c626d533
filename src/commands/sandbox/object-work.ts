import { isAccountId } from '../../aws/arn.ts';
import type { Result } from '../../events/event.ts';
import { Failure } from '../../events/failure.ts';
import type { ObjectClient } from '../../sandbox/practice/object-client.ts';
import { type CommonOptions, nextInSandbox } from '../../session/common-options.ts';
import { type ReachedSandbox, reachSandbox } from '../../session/reach-sandbox.ts';
import { commandLine } from '../../show/command-line.ts';

export interface ObjectOptions extends CommonOptions {
  readonly as?: string;
}

export async function withSandbox(
  { state }: ObjectOptions,
  work: (sandbox: ReachedSandbox) => Promise<Result>,
): Promise<Result> {
  const sandbox = await reachSandbox(state);
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

/** `s3://BUCKET/KEY`, or without the scheme. */
export function splitTarget(target: string): { readonly bucket: string; readonly rest: string } {
  const [, bucket = '', rest = ''] = /^(?:s3:\/\/)?([^/]*)\/?(.*)$/s.exec(target) ?? [];
  return { bucket, rest };
}

/** Acts as the administrator of the bucket's owner, or of `--as`, in the bucket's Region. */
export async function withClient<T>(
  { options, sandbox, bucket }: { options: ObjectOptions; sandbox: ReachedSandbox; bucket: string },
  work: (client: ObjectClient) => Promise<T>,
): Promise<T> {
  if (options.as !== undefined && !isAccountId(options.as))
    throw new Failure('invalid', 'account', `${options.as} is no account ID`, 'give 12 digits');
  const owner = (await sandbox.status())
    .flatMap(({ account, buckets }) => buckets.map((one) => ({ ...one, account })))
    .find(({ name }) => name === bucket);
  if (owner === undefined) {
    const fix = `${commandLine(nextInSandbox('ls', options))} shows the buckets`;
    throw new Failure('failed', 'NoSuchBucket', `there is no bucket ${bucket} in the sandbox`, fix);
  }
  const { objectClient } = await import('../../sandbox/practice/object-client.ts');
  const client = objectClient(sandbox.requestHandler, options.as ?? owner.account, owner.region);
  try {
    return await work(client);
  } catch (error) {
    throw explainRefusal(error, options.as ?? owner.account);
  } finally {
    client.close();
  }
}

function explainRefusal(error: unknown, account: string): unknown {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  if ($metadata === undefined) return error;
  const why = message === 'UnknownError' || message === name ? '' : `: ${message}`;
  return new Failure('failed', name, `the sandbox's S3 answered account ${account} with ${name}${why}`, undefined, {
    cause: error,
  });
}
