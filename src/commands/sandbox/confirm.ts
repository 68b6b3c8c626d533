import type { Result } from '../../events/event.ts';
import { Failure } from '../../events/failure.ts';
import type { CommonOptions } from '../../session/common-options.ts';
import type { Context } from '../../session/context.ts';
import { viewFor } from '../../session/view-for.ts';
import { withSandbox } from './object-work.ts';

interface ConfirmOptions extends CommonOptions {
  readonly email: string;
}

/** Plays the person who reads the mail and follows the link in it. */
export async function run(options: ConfirmOptions, context: Context): Promise<Result> {
  const { email } = options;
  return withSandbox(options, async (sandbox) => {
    const view = await viewFor(options, context);
    const confirmed = await sandbox.confirmEmail(email);
    if (confirmed.length === 0)
      throw new Failure(
        'failed',
        'no-subscription',
        `no subscription of ${email} waits for confirmation`,
        'subscribe it (again): what nobody confirms is forgotten after 48 hours of the virtual clock',
      );
    for (const { topic, arn } of confirmed)
      view.report({ type: 'item', kind: 'subscription', members: { topic, arn, email }, text: `${email}  ${topic}` });
    const count = confirmed.length === 1 ? '1 subscription' : `${confirmed.length} subscriptions`;
    return { outcome: 'done', changes: confirmed.length, summary: `${count} confirmed` };
  });
}
