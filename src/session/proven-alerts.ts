/** Loaded with `--alerts` alone: it brings the packages of SNS and CloudWatch. */
import { Failure } from '../events/failure.ts';
import type { State } from '../state/state.ts';
import type { Verification } from '../verify/verify.ts';
import { verifyAlerts } from '../verify/verify-alerts.ts';
import type { Session } from './session.ts';
import { proveUntilStopped } from './until-stopped.ts';
import { usualWait } from './usual-wait.ts';

/** The history of an alarm shows its actions within seconds, and CloudWatch evaluates it again within minutes (API: SetAlarmState). */
const longestMs = 120_000;

/** @throws Failure `invalid` where the configuration has no alerts. */
export function assertAlerts({ spec, file }: Session): void {
  if (spec.alerts !== undefined) return;
  throw new Failure(
    'invalid',
    'no-alerts',
    `${spec.name} has no alerts to test`,
    `write alerts: in ${file} (docs/alerts.md), then run s3repl apply`,
  );
}

/** @param options `timeout` in minutes. */
export async function proveAlerts(
  { spec, connections, surroundings, signal, view }: Session,
  state: State,
  options: { readonly timeout?: number },
): Promise<Verification> {
  const timeoutMs = Math.min((options.timeout ?? usualWait) * 60_000, longestMs);
  view.report({ type: 'phase', name: 'verify-alerts', limitMs: timeoutMs });
  const work = { spec, state, connections, surroundings, signal, timeoutMs };
  return proveUntilStopped(signal, 'before an alarm was set', () => verifyAlerts(work));
}
