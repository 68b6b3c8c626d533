import { describe, expect, it } from 'vitest';
import { Failure, isStop, stopped, worstOf } from '../../src/plan/failure.ts';

const deadline = new Failure('failed', 'deadline', 'the deadline is over', 'give it more time');

function aborted(reason?: unknown): AbortSignal {
  return AbortSignal.abort(reason);
}

describe('the end of a run that was stopped', () => {
  it('is cancelled after Ctrl-C, with how far it came', () => {
    expect(stopped(aborted(), 'before the rule')).toMatchObject({
      outcome: 'cancelled',
      code: 'cancelled',
      message: 'stopped before the rule',
      fix: expect.stringContaining('goes on'),
    });
  });

  it('is that of the deadline, unless where it was says another', () => {
    const message = 'the deadline is over: stopped here';
    expect(stopped(aborted(deadline), 'here')).toMatchObject({ outcome: 'failed', code: 'deadline', message });
    expect(stopped(aborted(deadline), 'here', 'unknown')).toMatchObject({ outcome: 'unknown', code: 'deadline' });
  });
});

describe('an error is only what the signal has led to', () => {
  const named = (name: string) => Object.assign(new Error(), { name });
  it.each([
    ['its reason', deadline, true],
    ['the end that was made of it', stopped(aborted(deadline), 'here'), true],
    ['a request that was broken off', named('AbortError'), true],
    ['a question that was broken off', named('ExitPromptError'), true],
    ['a refusal at the same time', named('AccessDenied'), false],
    ['a stale plan at the same time', new Failure('blocked', 'stale-plan', 'changed'), false],
    ['no error at all', 'AbortError', false],
  ])('%s', (_, error, expected) => {
    expect(isStop(error, aborted(deadline))).toBe(expected);
    expect(isStop(error, new AbortController().signal)).toBe(false);
  });
});

it('the worst of no outcomes is done', () => {
  expect(worstOf([])).toBe('done');
  expect(worstOf(['applied', 'unknown', 'unchanged'])).not.toBe('applied');
});
