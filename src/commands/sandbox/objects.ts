/** `s3repl sandbox put`, `get` and `ls`: objects, without another tool. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Command } from 'commander';
import type { Result } from '../../events/event.ts';
import { Failure } from '../../events/failure.ts';
import { writeFileAtomically } from '../../files/write-file.ts';
import type { ObjectClient } from '../../sandbox/object-client.ts';
import { type CommonOptions, nextInSandbox, withOutputOptions, withStateOption } from '../../session/common-options.ts';
import type { Context, Runner } from '../../session/context.ts';
import { type ReachedSandbox, reachSandbox } from '../../session/reach-sandbox.ts';
import { commandLine } from '../../show/command-line.ts';
import { listingText, objectMembers, objectText } from './object-text.ts';

interface ObjectOptions extends CommonOptions {
  readonly as?: string;
  readonly versionId?: string;
  readonly versions?: boolean;
}

/** `s3repl sandbox put`. */
export function putCommand(run: Runner): Command {
  return objectCommand('put', 'put an object; shows what became of it')
    .argument('<bucket/key>', 'where to; a key that ends in / goes on with the name of the file')
    .argument('[file]', 'what; -: standard input', '-')
    .action((target: string, file: string, _, command: Command) => perform(run, command, putObject, target, file));
}

/** `s3repl sandbox get`. */
export function getCommand(run: Runner): Command {
  return objectCommand('get', 'get an object')
    .argument('<bucket/key>')
    .argument('[file]', 'where to; -: standard output', '-')
    .option('--version-id <id>', 'this version (default: the current one)')
    .action((target: string, file: string, _, command: Command) => perform(run, command, getObject, target, file));
}

/** `s3repl sandbox ls`. */
export function lsCommand(run: Runner): Command {
  return objectCommand('ls', 'list buckets, or the objects of one with replication status and key')
    .argument('[bucket/prefix]')
    .option('--versions', 'all versions and delete markers')
    .action((target: string | undefined, _, command: Command) => perform(run, command, list, target ?? '', ''));
}

function objectCommand(name: string, description: string): Command {
  return withStateOption(withOutputOptions(new Command(name).description(description))).option(
    '--as <account>',
    "whose administrator to be (default: the bucket's owner)",
  );
}

/** What a command works with. */
interface Work {
  readonly options: ObjectOptions;
  readonly context: Context;
  readonly sandbox: ReachedSandbox;
  readonly target: string;
  readonly file: string;
}

function perform(
  run: Runner,
  command: Command,
  act: (work: Work) => Promise<Result>,
  target: string,
  file: string,
): Promise<void> {
  return run(`sandbox ${command.name()}`, async (context) => {
    const options = { ...command.opts<ObjectOptions>(), sandbox: true, flagValues: {} };
    const sandbox = await reachSandbox(options.state);
    try {
      return await act({ options, context, sandbox, target, file });
    } finally {
      await sandbox.close();
    }
  });
}

async function putObject({ options, context, sandbox, target, file }: Work): Promise<Result> {
  const { viewFor } = await import('../../session/view-for.ts');
  const view = await viewFor(options, context);
  const { bucket, rest } = parted(target);
  const key = rest === '' || rest.endsWith('/') ? `${rest}${file === '-' ? '' : basename(file)}` : rest;
  if (key === '') throw new Failure('invalid', 'key', `${target} names no object`, 'write BUCKET/KEY');
  const content = file === '-' ? await buffer(process.stdin) : await readFile(file).catch(unreadable(file));
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
}

async function getObject({ options, context, sandbox, target, file }: Work): Promise<Result> {
  const { viewFor } = await import('../../session/view-for.ts');
  // What is said of the object must not get into it.
  await viewFor({ ...options, json: options.json === true && file !== '-' }, context, 'commands');
  const { bucket, rest: key } = parted(target);
  if (key === '') throw new Failure('invalid', 'key', `${target} names no object`, 'write BUCKET/KEY');
  const content = await withClient({ options, sandbox, bucket }, (client) =>
    client.get(bucket, key, options.versionId),
  );
  if (file === '-') await new Promise((resolve) => process.stdout.write(content, resolve));
  else await writeFileAtomically(file, content);
  return { outcome: 'done', changes: 0, summary: `${content.length} bytes` };
}

async function list({ options, context, sandbox, target }: Work): Promise<Result> {
  const { viewFor } = await import('../../session/view-for.ts');
  const view = await viewFor(options, context);
  if (target === '') {
    const accounts = await sandbox.status();
    for (const { account, buckets } of accounts) {
      if (options.as !== undefined && options.as !== account) continue;
      for (const { name, region } of buckets) {
        const text = `${account}  ${region.padEnd(15)} ${name}`;
        view.report({ type: 'item', kind: 'bucket', members: { account, region, bucket: name }, text });
      }
    }
    return { outcome: 'done', changes: 0 };
  }
  const { bucket, rest: prefix } = parted(target);
  return withClient({ options, sandbox, bucket }, async (client) => {
    let count = 0;
    for await (const one of options.versions ? client.listVersions(bucket, prefix) : client.list(bucket, prefix)) {
      const head = one.deleteMarker ? undefined : await client.head(bucket, one.key, one.versionId).catch(untold);
      const { key, versionId, modified, size, latest, deleteMarker } = one;
      view.report({
        type: 'item',
        kind: 'object',
        members: { bucket, key, versionId, modified, size, latest, deleteMarker, ...(head && objectMembers(head)) },
        text: listingText(one, head),
      });
      count++;
    }
    const what = options.versions ? 'version' : 'object';
    return { outcome: 'done', changes: 0, summary: `${count} ${what}${count === 1 ? '' : 's'}` };
  });
}

function parted(target: string): { readonly bucket: string; readonly rest: string } {
  const [, bucket = '', rest = ''] = /^(?:s3:\/\/)?([^/]*)\/?(.*)$/s.exec(target) ?? [];
  return { bucket, rest };
}

/** Works as the administrator of the bucket's owner, or of whom `--as` says, in the bucket's Region. */
async function withClient<T>(
  { options, sandbox, bucket }: { options: ObjectOptions; sandbox: ReachedSandbox; bucket: string },
  work: (client: ObjectClient) => Promise<T>,
): Promise<T> {
  if (options.as !== undefined && !/^\d{12}$/.test(options.as))
    throw new Failure('invalid', 'account', `${options.as} is no account ID`, 'give 12 digits');
  const owner = (await sandbox.status())
    .flatMap(({ account, buckets }) => buckets.map((one) => ({ ...one, account })))
    .find(({ name }) => name === bucket);
  if (owner === undefined) {
    const fix = `${commandLine(nextInSandbox('ls', options))} shows the buckets`;
    throw new Failure('failed', 'NoSuchBucket', `there is no bucket ${bucket} in the sandbox`, fix);
  }
  const { objectClient } = await import('../../sandbox/object-client.ts');
  const client = objectClient(sandbox.requestHandler, options.as ?? owner.account, owner.region);
  try {
    return await work(client);
  } catch (error) {
    throw refused(error, options.as ?? owner.account);
  } finally {
    client.close();
  }
}

function refused(error: unknown, account: string): unknown {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  if ($metadata === undefined) return error;
  const why = message === 'UnknownError' || message === name ? '' : `: ${message}`;
  return new Failure('failed', name, `the sandbox's S3 answered account ${account} with ${name}${why}`, undefined, {
    cause: error,
  });
}

/** Who may list may not be able to read: an object under a customer's key, or an account without the right. */
function untold(error: unknown): undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode !== 400 && $metadata?.httpStatusCode !== 403) throw error;
}

function unreadable(file: string): (error: NodeJS.ErrnoException) => never {
  return ({ code }) => {
    throw new Failure('invalid', 'file', `cannot read ${file}: ${code}`);
  };
}
