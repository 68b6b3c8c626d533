import { describe, expect, it } from 'vitest';
import type { Lag } from '../../src/sandbox/practice/lag.ts';
import { aSpec } from '../builders.ts';
import { anApplied, aPractice, withoutIds } from './in-sandbox.ts';

const undisturbed = await anApplied(aSpec());
const end = withoutIds(await undisturbed.state(aSpec()));

const lags: readonly Partial<Lag>[] = [
  { role: 20_000 },
  { role: { requests: 3 } },
  { keyPolicy: 5_000 },
  { keyPolicy: { requests: 3 } },
  { bucketPolicy: 5_000 },
  { bucketPolicy: { requests: 3 } },
  { replication: 5_000 },
  { replication: { requests: 3 } },
  { roleVisible: 60_000, role: 90_000, keyPolicy: 30_000, bucketPolicy: 20_000, replication: 100_000 },
];

describe('apply, where AWS shows late what it wrote', () => {
  it.each(lags)('waits until it is shown, and writes nothing twice: %j', async (lag) => {
    const practice = await aPractice(lag);
    await practice.apply(aSpec());
    expect(withoutIds(await practice.state(aSpec()))).toEqual(end);
    expect(practice.events.some((event) => event.type === 'pending' && event.resource === 'read back')).toBe(true);

    const writes = practice.requests.filter(({ write }) => write).length;
    expect(await practice.apply(aSpec())).toEqual([]);
    expect(practice.requests.filter(({ write }) => write)).toHaveLength(writes);
  });

  it.each([
    { times: 1, told: [] },
    // The second look is had at once, and a third one waits.
    { times: 2, told: ['AWS to show all of what was written'] },
  ])('looks again where one answer names what the next does not know, $times times', async ({ times, told }) => {
    const practice = await aPractice();
    let left = 0;
    practice.fault = ({ operation }) => {
      if (operation === 'PutBucketReplication') left = times;
      return operation === 'ListAttachedRolePolicies' && left-- > 0 ? { code: 'NoSuchEntity', status: 404 } : undefined;
    };
    await practice.apply(aSpec());
    const pending = practice.events.flatMap((event) =>
      event.type === 'pending' && event.resource === 'read back' ? [event.reason] : [],
    );
    expect(pending).toEqual(told);
  });

  it('does not wait for a read that is refused', async () => {
    const practice = await aPractice();
    let written = false;
    practice.fault = ({ operation }) => {
      written ||= operation === 'PutBucketReplication';
      return written && operation === 'ListAttachedRolePolicies' ? { code: 'AccessDenied', status: 403 } : undefined;
    };
    const failure = await practice.applyFailing(aSpec());
    expect(failure.message).toContain('ListAttachedRolePolicies');
    expect(practice.events.some((event) => event.type === 'pending' && event.resource === 'read back')).toBe(false);
  });

  it('ends with what is not shown yet, where it is not shown for minutes', async () => {
    const practice = await aPractice({ replication: 1_000_000 });
    const failure = await practice.applyFailing(aSpec());
    expect(failure).toMatchObject({ outcome: 'failed', code: 'read-back-differs' });
    expect(failure.message).toContain('replication configuration');
  });
});
