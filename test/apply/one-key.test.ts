import { describe, expect, it } from 'vitest';
import type { SandboxFault } from '../../src/sandbox/practice/faults.ts';
import { aSpec } from '../builders.ts';
import { aPractice, type Practice } from './in-sandbox.ts';

function keyCount({ sandbox }: Practice): number {
  return Object.keys(sandbox.state.keys).length;
}

/** A practice whose first CreateKey goes wrong. */
async function struckOnce(fault: SandboxFault): Promise<Practice> {
  const practice = await aPractice();
  let times = 0;
  practice.fault = ({ operation }) => (operation === 'CreateKey' && times++ === 0 ? fault : undefined);
  return practice;
}

describe('CreateKey', () => {
  it.each<SandboxFault>([
    'lost-answer',
    'truncated',
    'reset',
    'timeout',
    { code: 'KMSInternalException', status: 500 },
  ])('is not sent again after %j: the run stops, and the next one ends with one key a side', async (fault) => {
    const practice = await struckOnce(fault);
    const failure = await practice.applyFailing(aSpec());
    expect(failure).toMatchObject({ outcome: 'failed', code: 'key-unknown' });
    expect(failure.message).toContain('KMS CreateKey in account');
    expect(failure.fix).toContain('run the same command again');
    await practice.apply(aSpec());
    expect(keyCount(practice)).toBe(2);
    expect(await practice.apply(aSpec())).toEqual([]);
  });

  it.each<SandboxFault>([
    { code: 'ThrottlingException', status: 400 },
    { code: 'TooManyRequestsException', status: 429 },
  ])('is sent again after %j, since no key was made', async (fault) => {
    const practice = await struckOnce(fault);
    await practice.apply(aSpec());
    expect(keyCount(practice)).toBe(2);
  });
});
