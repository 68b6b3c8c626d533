import { describe, expect, it } from 'vitest';
import { endOf, Failure, isStop, stopFailure, worstOf } from '../../src/events/failure.ts';

const abortedWith = (reason?: unknown) => AbortSignal.abort(reason);
const deadline = new Failure('failed', 'deadline', 'the deadline of 5 minutes has passed', 'give it more time');

describe('the end of a run that was stopped', () => {
  it('is cancelled by whoever pressed Ctrl-C, and says how to go on', () => {
    const { outcome, code, message, fix } = stopFailure(abortedWith(), 'before the first change', 'unknown');
    expect({ outcome, code, message }).toEqual({
      outcome: 'cancelled',
      code: 'cancelled',
      message: 'stopped before the first change',
    });
    expect(fix).toMatch(/run the same command again/);
  });

  it('is that of its deadline, with how far it came', () => {
    const failure = stopFailure(abortedWith(deadline), 'after 3 changes');
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ name: 'Failure', outcome: 'failed', code: 'deadline', fix: 'give it more time' });
    expect(failure.message).toBe('the deadline of 5 minutes has passed: stopped after 3 changes');
    expect(stopFailure(abortedWith(deadline), 'after 3 changes', 'unknown').outcome).toBe('unknown');
  });
});

describe('an error of a stopped run', () => {
  const named = (name: string) => Object.assign(new Error('Aborted'), { name });
  const reason = new Error('the reason');

  it.each([
    ['its reason', reason, true],
    ['the end of a stopped step', new Failure('cancelled', 'cancelled', 'stopped'), true],
    ['the end of its deadline', deadline, true],
    ['what the SDK throws', named('AbortError'), true],
    ['what a prompt throws', named('AbortPromptError'), true],
    ['what a prompt that is left throws', named('ExitPromptError'), true],
    ['another failure', new Failure('failed', 'wrong-account', 'another account'), false],
    ['a failure that has to do with a deadline', new Failure('failed', 'no-deadline', 'none'), false],
    ['a failure that was nearly cancelled', new Failure('failed', 'cancelled-late', 'late'), false],
    ['another error', named('TypeError'), false],
    ['an error that sounds like it', named('AbortErrors'), false],
    ['an error that ends like it', named('NoAbortError'), false],
    ['no error', { name: 'AbortError', code: 'cancelled' }, false],
  ])('%s', (_, error, expected) => {
    expect(isStop(error, abortedWith(reason))).toBe(expected);
    expect(isStop(error, new AbortController().signal)).toBe(false);
  });
});

it('the worst of several ends is how all of them ended', () => {
  expect(worstOf([])).toBe('done');
  expect(worstOf(['unchanged', 'applied', 'unknown', 'blocked'])).toBe('blocked');
  expect(worstOf(['unchanged'])).toBe('unchanged');
});

it('a command that fails ends with what the failure says, and with a fix only where there is one', () => {
  expect(endOf(deadline)).toEqual({
    outcome: 'failed',
    error: { code: 'deadline', message: 'the deadline of 5 minutes has passed', fix: 'give it more time' },
  });
  const { error } = endOf(new Failure('blocked', 'code', 'says'));
  expect(Object.entries(error)).toEqual([
    ['code', 'code'],
    ['message', 'says'],
  ]);
});
