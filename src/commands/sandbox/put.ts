import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { HeadObjectOutput } from '@aws-sdk/client-s3';
import { statusOf } from '../../connect/absent.ts';
import type { Result } from '../../events/event.ts';
import { Failure } from '../../events/failure.ts';
import type { ObjectClient } from '../../sandbox/practice/object-client.ts';
import { nextInSandbox } from '../../session/common-options.ts';
import type { Context } from '../../session/context.ts';
import { usualWait } from '../../session/usual-wait.ts';
import { viewFor } from '../../session/view-for.ts';
import { type PollWork, poll } from '../../verify/poll.ts';
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
      const versionId = await client.put(bucket, key, content);
      const work = { surroundings: { ...sandbox.clock, report: ignore }, signal: context.signal, timeoutMs };
      const written = { bucket, key, versionId };
      const head = await readDecided(written, client, work).catch(failUnread(written));
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

const timeoutMs = usualWait * 60_000;
/** Virtual time passes at once: nobody has to be told of it. */
const ignore = () => undefined;

interface Written {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** Its headers once replication is decided, or as they are at the end of the time. */
async function readDecided(
  { bucket, key, versionId }: Written,
  client: Pick<ObjectClient, 'head'>,
  work: PollWork,
): Promise<HeadObjectOutput> {
  const look = async () => {
    const head = await client.head(bucket, key, versionId);
    return head.ReplicationStatus === 'PENDING' ? undefined : head;
  };
  const waiting = { resource: `${bucket}/${key}`, reason: 'its replication', stopped: 'the object was written' };
  return (await poll(waiting, work, work.surroundings.now(), look)) ?? client.head(bucket, key, versionId);
}

function failUnread({ bucket, key, versionId }: Written): (error: unknown) => never {
  return (error) => {
    const status = statusOf(error);
    if (status === undefined) throw error;
    const version = versionId === undefined ? '' : ` (version ${versionId})`;
    throw new Failure(
      'unknown',
      'status-unread',
      `${bucket}/${key}${version} was written, but s3repl cannot read whether it replicated: S3 answered ${status}`,
      'a policy may deny reading it: allow s3:GetObjectVersion for the object and kms:Decrypt for its key',
      { cause: error },
    );
  };
}

function failToRead(file: string): (error: NodeJS.ErrnoException) => never {
  return ({ code }) => {
    throw new Failure('invalid', 'file', `cannot read ${file}: ${code}`);
  };
}
