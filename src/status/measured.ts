import type { Metered, RuleStatus } from './replication-status.ts';

export function isMeasured<T extends object>(metered: Metered<T>): metered is T {
  return typeof metered === 'object' && !('unread' in metered);
}

/** Whether what waits is known as it is now. */
export function isPendingKnown({ pending }: Pick<RuleStatus, 'pending'>): boolean {
  return isMeasured(pending) && !pending.isStale;
}
