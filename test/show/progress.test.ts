import { describe, expect, it } from 'vitest';
import type { JobProgress } from '../../src/events/event.ts';
import { durationText } from '../../src/show/duration.ts';
import { progressText } from '../../src/show/event-text.ts';

const aLook = (given: Partial<JobProgress>): JobProgress => {
  const job = { type: 'progress', job: 'job-1', status: 'Active', succeeded: 0, failed: 0, seconds: 90 } as const;
  return { ...job, total: 1000, ...given };
};

describe('how far a job has come', () => {
  it.each([
    [{ status: 'New', total: 0 }, 'the job is registered (2 min)'],
    [{ status: 'Preparing', total: 0, seconds: 30 }, 'AWS makes the list of objects (30 s)'],
    [{ status: 'Suspended' }, 'the list is ready; the job waits to be confirmed, 1,000 objects (2 min)'],
    [{ status: 'Ready' }, 'the job waits for its turn, 1,000 objects (2 min)'],
    [{ succeeded: 250 }, '██████░░░░░░░░░░░░░░░░░░ 25 %  250 of 1,000 · 0 failed'],
    [
      { succeeded: 499, failed: 1, perSecond: 2.4, secondsLeft: 208 },
      '████████████░░░░░░░░░░░░ 50 %  500 of 1,000 · 1 failed · 2/s · 3 min left',
    ],
    [
      { status: 'Paused', succeeded: 250 },
      '██░░░░░░░ 25 %  250 of 1,000 · 0 failed · AWS has paused the job: others run first',
    ],
    [{ status: 'Complete', succeeded: 1000 }, '████████████████████████ 100 %  1,000 of 1,000 · 0 failed'],
  ] as const)('%j', (given, text) => {
    expect(progressText(aLook(given), 85)).toBe(text);
  });

  it('fits the width as long as its words do; then there is no bar', () => {
    expect(progressText(aLook({ succeeded: 250 }), 50)).toHaveLength(50);
    expect(progressText(aLook({ succeeded: 250 }), 36)).toBe('25 %  250 of 1,000 · 0 failed');
  });
});

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [3540, '59 min'],
    [3600, '1 h'],
    [12_000, '3 h 20 min'],
    [200_000, '2 days'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
