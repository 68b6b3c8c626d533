import type { SandboxState } from '../store/state.ts';
import type { Alarm, HistoryItem } from './cloudwatch-state.ts';

/** CloudWatch keeps the history of alarms for 30 days (CloudWatch User Guide, Create-alarms). */
const keptMs = 30 * 24 * 3_600_000;

type Told = Pick<HistoryItem, 'type' | 'summary'> & { readonly data: object };

export function addToHistory(state: SandboxState, alarm: Alarm, { data, ...told }: Told): void {
  const { history } = state.cloudWatch;
  const numbers = Object.keys(history);
  const { account, region, settings } = alarm;
  const item: HistoryItem = {
    account,
    region,
    alarm: settings.AlarmName,
    time: state.now,
    ...told,
    data: JSON.stringify({ version: '1.0', ...data }),
  };
  history[Number(numbers.at(-1) ?? 0) + 1] = item;
  for (const number of numbers) {
    if ((history[number]?.time ?? 0) >= state.now - keptMs) return;
    delete history[number];
  }
}
