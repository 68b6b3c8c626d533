import type { Result } from '../../events/event.ts';
import type { TopicMessage } from '../../sandbox/sns/sns-state.ts';
import type { CommonOptions } from '../../session/common-options.ts';
import type { Context } from '../../session/context.ts';
import { viewFor } from '../../session/view-for.ts';
import { withSandbox } from './object-work.ts';

interface MessagesOptions extends CommonOptions {
  /** Name or ARN. */
  readonly topic?: string;
}

export async function run(options: MessagesOptions, context: Context): Promise<Result> {
  const { topic } = options;
  return withSandbox(options, async (sandbox) => {
    const view = await viewFor(options, context);
    const all = await sandbox.listMessages();
    const found =
      topic === undefined ? all : all.filter((one) => one.topic === topic || one.topic.endsWith(`:${topic}`));
    for (const message of found)
      view.report({ type: 'item', kind: 'message', members: membersOf(message), text: formatMessage(message) });
    return { outcome: 'done', changes: 0, summary: `${found.length} message${found.length === 1 ? '' : 's'}` };
  });
}

function membersOf({ id, topic, at, from, subject, message, deliveries }: TopicMessage): object {
  const to = deliveries.map(({ at: delivered, ...one }) => ({ ...one, at: new Date(delivered).toISOString() }));
  return { id, topic, at: new Date(at).toISOString(), from, subject: subject ?? null, message, deliveries: to };
}

function formatMessage({ topic, at, from, subject, message, deliveries }: TopicMessage): string {
  const to = deliveries.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`);
  return [
    topic,
    `  ${formatTime(at)} · from ${from}`,
    ...(to.length === 0 ? ['  to nobody: no confirmed subscription'] : to.map((one) => `  to ${one}`)),
    ...(subject === undefined ? [] : [`  ${subject}`]),
    ...message.split('\n').map((line) => `    ${line}`),
  ].join('\n');
}

function formatTime(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}
