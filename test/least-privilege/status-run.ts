/** What `status` reads, as it is, without a screen. */
import type { Event, Result } from '../../src/events/event.ts';
import type { Context } from '../../src/session/context.ts';
import { inAccounts } from '../../src/session/in-accounts.ts';
import { readStatusNow } from '../../src/session/status-live.ts';
import { usualSince } from '../../src/session/status-options.ts';
import type { View } from '../../src/show/view.ts';
import type { Options } from './set-up-roles.ts';

export async function runStatus(options: Options, context: Context): Promise<Result> {
  const report = (event: Event) => {
    if (event.type === 'warning') context.stdout.write(`${JSON.stringify(event)}\n`);
  };
  const view = { report } as unknown as View;
  const status = await inAccounts(options, context, view, 'status', (inside) =>
    readStatusNow(inside, usualSince, view),
  );
  // Times differ from run to run.
  context.stdout.write(JSON.stringify(status, null, 1).replace(/\b\d{13}\b/g, 'TIME'));
  return { outcome: status.outcome, changes: 0 };
}
