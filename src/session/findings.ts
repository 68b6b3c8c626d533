import { findingEvent } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import type { Plan } from '../plan/plan.ts';
import { commandLine } from '../show/command-line.ts';
import type { Finding } from '../state/change.ts';
import type { Session } from './session.ts';

/** @throws Failure `blocked` where a person must fix something first. */
export function tellFindings({ view, on }: Pick<Session, 'view' | 'on'>, plan: Plan): void {
  for (const finding of [...plan.warnings, ...plan.problems]) view.report(findingEvent(withCommand(finding, on)));
  const [first, ...more] = plan.problems;
  if (first === undefined) return;
  if (more.length === 0) {
    const { code, fix, paste } = withCommand(first, on);
    const message = 'one problem has to be fixed first; nothing was changed';
    throw new Failure('blocked', code, message, fix, paste === undefined ? {} : { paste });
  }
  const message = `${plan.problems.length} problems have to be fixed first; nothing was changed`;
  throw new Failure('blocked', first.code, message, 'see the problems above, each with its fix');
}

/** A command of s3repl in full, with the configuration and all else that was given. */
function withCommand({ run, ...finding }: Finding, on: Session['on']): Finding {
  return run === undefined ? finding : { ...finding, paste: commandLine({ ...run, on }) };
}
