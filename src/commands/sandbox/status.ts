import { idIn } from '../../aws/arn.ts';
import type { Result } from '../../events/event.ts';
import type { AccountStatus, BucketStatus, KeyStatus } from '../../sandbox/practice/sandbox-status.ts';
import type { CommonOptions } from '../../session/common-options.ts';
import type { Context } from '../../session/context.ts';
import { reachSandbox } from '../../session/reach-sandbox.ts';
import { viewFor } from '../../session/view-for.ts';

export async function run(options: CommonOptions, context: Context): Promise<Result> {
  const view = await viewFor(options, context);
  const sandbox = await reachSandbox(options.state);
  try {
    const accounts = await sandbox.status();
    for (const account of accounts)
      view.report({ type: 'item', kind: 'account', members: account, text: accountText(account) });
    const where = sandbox.servedAt !== undefined ? `, served at ${sandbox.servedAt}` : '';
    const count = accounts.length === 1 ? '1 account has' : `${accounts.length} accounts have`;
    return { outcome: 'done', changes: 0, summary: `${count} something in ${options.state}${where}` };
  } finally {
    await sandbox.close();
  }
}

function accountText({ account, buckets, keys, roles }: AccountStatus): string {
  return [
    `account ${account}`,
    ...section('buckets', buckets.map(bucketText)),
    ...section('keys', keys.map(keyText)),
    ...section('roles', roles.map(idIn)),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function bucketText({ name, region, versioning, rules, objects, versions }: BucketStatus): string {
  const replication = rules === 0 ? 'no replication' : formatCount(rules, 'rule');
  const content = objects === 0 ? 'empty' : `${formatCount(objects, 'object')} (${formatCount(versions, 'version')})`;
  const kept = { Enabled: 'versioned', Suspended: 'versioning suspended', Disabled: 'not versioned' }[versioning];
  return `${name}\n      ${[region, kept, replication, content].join(' · ')}`;
}

function keyText({ arn, region, state, aliases }: KeyStatus): string {
  const id = idIn(arn);
  return `${id}\n      ${[region, state, ...aliases].join(' · ')}`;
}

function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
