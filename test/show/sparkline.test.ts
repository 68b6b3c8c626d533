import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparkline } from '../../src/show/sparkline.ts';

const style = { width: 8, ascii: false, gap: '·' } as const;

describe('a sparkline', () => {
  it('shows the most as a full block, 0 as the lowest, and a part without a value as a gap', () => {
    expect(sparkline([0, 1, null, 50, 100], style)).toBe('▁▂·▅█');
  });

  it('has signs of ASCII where nothing else is taken', () => {
    expect(sparkline([0, 1, null, 50, 100], { ...style, ascii: true })).toBe('_. =#');
  });

  it('never shows something as nothing, however little of the most it is', () => {
    expect(sparkline([1, 1_000_000], style)).toBe('▂█');
  });

  it('never hides the most of neighbors that share a sign, and joins gaps only with gaps', () => {
    expect(sparkline([0, 9, 0, 0, null, 0, null, null], { ...style, width: 4 })).toBe('█▁▁·');
  });

  it('takes no more room than it has, a sign for each part of the period', () => {
    const values = fc.array(fc.option(fc.nat()), { maxLength: 100 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 40 }), fc.boolean(), (line, width, ascii) => {
        const text = sparkline(line, { width, ascii, gap: '·' });
        expect(text).toHaveLength(Math.min(width, line.length));
        if (ascii) expect(text).toMatch(/^[_.\-=*# ]*$/);
        const most = Math.max(...line.map((value) => value ?? 0));
        if (width > 0 && most > 0) expect(text).toContain(ascii ? '#' : '█');
      }),
    );
  });
});
