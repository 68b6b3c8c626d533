import type { Spec } from '../config/spec.ts';
import type { Offer, Result } from '../events/event.ts';
import { nextCommand } from '../session/common-options.ts';
import type { InitOptions } from './init-options.ts';
import { hasPast, type Planned } from './review.ts';

/** What the review knew, and the end needs. */
export interface Outlook {
  readonly hasAlerts: boolean;
  /** Whether objects may be in the source bucket from before. */
  readonly hasPast: boolean;
  /** Whether everything is on AWS already. */
  readonly isApplied: boolean;
}

export function outlookOf(spec: Spec, made: Planned): Outlook {
  return {
    hasAlerts: spec.alerts !== undefined,
    hasPast: hasPast(spec, made),
    isApplied: made.plan !== undefined && made.plan.changes.length === 0 && made.plan.problems.length === 0,
  };
}

/** A result that worked names the next command, and what else may follow. */
export function addOffers(result: Result, given: InitOptions, { hasAlerts, hasPast, isApplied }: Outlook): Result {
  if (result.error) return result;
  // They are in the file by now.
  const options = { ...given, flagValues: {} };
  const hasApplied = isApplied || result.outcome !== 'done';
  const offers: readonly Offer[] = [
    ...(hasApplied && result.outcome !== 'verified'
      ? [{ aim: 'prove it with a test object', command: nextCommand('verify', options) }]
      : []),
    ...(hasApplied && hasPast
      ? [{ aim: 'replicate the objects from before', command: nextCommand('backfill', options) }]
      : []),
    ...(hasAlerts
      ? []
      : [
          {
            aim: 'get an e-mail when objects fail',
            command: nextCommand('init', options, { flags: [['--alerts-emails', 'you@example.com']] }),
          },
        ]),
    ...(options.sandbox
      ? [{ aim: 'set it up on AWS', command: { command: 'init', on: { configs: options.configs ?? [] } } }]
      : []),
  ];
  const next = result.next ?? nextCommand('doctor', options);
  return { ...result, next, offers: offers.filter(({ command }) => command.command !== next.command) };
}
