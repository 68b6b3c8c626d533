import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';

describe('the exit code', () => {
  it.each([
    ['unchanged', 0],
    ['applied', 0],
    ['planned', 0],
    ['done', 0],
    ['started', 0],
    ['failed', 1],
    ['differs', 2],
    ['invalid', 3],
    ['unauthorized', 4],
    ['blocked', 5],
    ['unknown', 6],
    ['cancelled', 130],
  ] as const)('of %s is %d', (outcome, code) => {
    expect(exitCodes[outcome]).toBe(code);
  });

  it('of every other end is that of a success: verified, healthy, destroyed', () => {
    const others = Object.entries(exitCodes).filter(([, code]) => code === 0);
    for (const [outcome] of others) {
      expect(['unchanged', 'applied', 'verified', 'healthy', 'destroyed', 'planned', 'done', 'started']).toContain(
        outcome,
      );
    }
  });
});
