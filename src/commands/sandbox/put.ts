import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Result } from '../../events/event.ts';
import { Failure } from '../../events/failure.ts';
import { nextInSandbox } from '../../session/common-options.ts';
import type { Context } from '../../session/context.ts';
import { viewFor } from '../../session/view-for.ts';
import { objectMembers, objectText } from './object-text.ts';
import { type ObjectOptions, splitTarget, withClient, withSandbox } from './object-work.ts';

interface PutOptions extends ObjectOptions {
  readonly target: string;
  readonly file: string;
}

export async function run(options: PutOptions, context: Context): Promise<Result> {
  const { target, file } = options;
  return withSandbox(options, async (sandbox) => {
    const view = await viewFor(options, context);
    const { bucket, rest } = splitTarget(target);
    const key = rest === '' || rest.endsWith('/') ? `${rest}${file === '-' ? '' : basename(file)}` : rest;
    if (key === '') throw new Failure('invalid', 'key', `${target} names no object`, 'write BUCKET/KEY');
    const { stdin } = context.streams ?? process;
    const content = file === '-' ? await buffer(stdin) : await readFile(file).catch(failToRead(file));
    return withClient({ options, sandbox, bucket }, async (client) => {
      const head = await client.put(bucket, key, content);
      view.report({
        type: 'item',
        kind: 'object',
        members: { bucket, key, ...objectMembers(head) },
        text: objectText(`${bucket}/${key}`, head),
      });
      return {
        outcome: 'done',
        changes: 1,
        next: nextInSandbox('ls', options, { operands: [bucket], flags: [['--versions']] }),
      };
    });
  });
}

function failToRead(file: string): (error: NodeJS.ErrnoException) => never {
  return ({ code }) => {
    throw new Failure('invalid', 'file', `cannot read ${file}: ${code}`);
  };
}
