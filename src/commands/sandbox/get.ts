import type { Result } from '../../events/event.ts';
import { Failure } from '../../events/failure.ts';
import { writeFileAtomically } from '../../files/write-file.ts';
import type { Context } from '../../session/context.ts';
import { viewFor } from '../../session/view-for.ts';
import { type ObjectOptions, splitTarget, withClient, withSandbox } from './object-work.ts';

interface GetOptions extends ObjectOptions {
  readonly target: string;
  readonly file: string;
  readonly versionId?: string;
}

export async function run(options: GetOptions, context: Context): Promise<Result> {
  const { target, file } = options;
  return withSandbox(options, async (sandbox) => {
    // Messages must not get into the object.
    await viewFor({ ...options, json: options.json === true && file !== '-' }, context, 'commands');
    const { bucket, rest: key } = splitTarget(target);
    if (key === '') throw new Failure('invalid', 'key', `${target} names no object`, 'write BUCKET/KEY');
    const content = await withClient({ options, sandbox, bucket }, (client) =>
      client.get(bucket, key, options.versionId),
    );
    const { stdout } = context.streams ?? process;
    if (file === '-') await new Promise<unknown>((resolve) => stdout.write(content, resolve));
    else await writeFileAtomically(file, content);
    return { outcome: 'done', changes: 0, summary: `${content.length} bytes` };
  });
}
