import type { Result } from '../../events/event.ts';
import type { Context } from '../../session/context.ts';
import type { ReachedSandbox } from '../../session/reach-sandbox.ts';
import { viewFor } from '../../session/view-for.ts';
import type { View } from '../../show/view.ts';
import { listingText, objectMembers } from './object-text.ts';
import { type ObjectOptions, splitTarget, withClient, withSandbox } from './object-work.ts';

interface ListOptions extends ObjectOptions {
  readonly target?: string;
  readonly versions?: boolean;
}

export async function run(options: ListOptions, context: Context): Promise<Result> {
  return withSandbox(options, async (sandbox) => {
    const view = await viewFor(options, context);
    return options.target ? listObjects(options.target, options, sandbox, view) : listBuckets(options, sandbox, view);
  });
}

async function listBuckets({ as }: ListOptions, sandbox: ReachedSandbox, view: View): Promise<Result> {
  const accounts = (await sandbox.status()).filter(({ account }) => as === undefined || as === account);
  for (const { account, buckets } of accounts) {
    for (const { name, region } of buckets) {
      const text = `${account}  ${region.padEnd(15)} ${name}`;
      view.report({ type: 'item', kind: 'bucket', members: { account, region, bucket: name }, text });
    }
  }
  return { outcome: 'done', changes: 0 };
}

async function listObjects(target: string, options: ListOptions, sandbox: ReachedSandbox, view: View): Promise<Result> {
  const { bucket, rest: prefix } = splitTarget(target);
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

/** A caller who may list may still not read: a customer's key, or a missing right. */
function untold(error: unknown): undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode !== 400 && $metadata?.httpStatusCode !== 403) throw error;
}
