import type { Result } from '../events/event.ts';
import type { CommonOptions } from './common-options.ts';
import type { Context } from './context.ts';
import { runByDeadline } from './deadline.ts';
import { openSession, type Session } from './session.ts';
import { viewFor } from './view-for.ts';

export interface SessionAction {
  run(session: Session, options: CommonOptions, context: Context): Promise<Result>;
}

/**
 * @param load called once the session is open, so that a wrong configuration fails fast. @throws Failure `invalid`, `unauthorized`, or `failed` at the
 * deadline.
 */
export function runInSession(
  load: () => Promise<SessionAction>,
  options: CommonOptions,
  context: Context,
): Promise<Result> {
  return runByDeadline(options, context, async (within) => {
    const session = await openSession(options, within, await viewFor(options, within));
    try {
      const { run } = await load();
      return await run(session, options, within);
    } finally {
      await session.close();
    }
  });
}
