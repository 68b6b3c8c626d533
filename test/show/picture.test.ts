import { describe, expect, it } from 'vitest';
import { asciiOf, takesUtf8 } from '../../src/show/ascii.ts';
import { pictureLines } from '../../src/show/picture.ts';
import { aDestination, aRule, aSpec } from '../builders.ts';

describe('the picture of a setup', () => {
  it('stands side by side in 80 columns', () => {
    expect(pictureLines(aSpec(), 80).join('\n')).toBe(
      [
        '┌─ source 111111111111 ─────────────┐     ┌─ destination 222222222222 ────────┐',
        '│ bucket acme-invoices              │     │ bucket acme-invoices-replica      │',
        '│ Region eu-west-1                  │ ──▶ │ Region eu-central-1               │',
        '│ key    its own, made by s3repl    │     │ key    its own, made by s3repl    │',
        '│ role   s3repl-invoices-dr         │     └───────────────────────────────────┘',
        '└───────────────────────────────────┘',
        '  every new object, with delete markers, S3 RTC',
      ].join('\n'),
    );
  });

  it.each([60, 76, 80, 200])('fits %i columns, with several destinations and long names', (columns) => {
    const long = aDestination({
      bucket: 'b'.repeat(63),
      rules: [aRule({ prefix: 'p/'.repeat(100), tags: { team: 'x' } })],
    });
    for (const destinations of [[long], [aDestination(), long]]) {
      for (const line of pictureLines(aSpec({ destinations }), columns))
        expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it('is drawn in ASCII where there is no UTF-8', () => {
    expect(asciiOf(pictureLines(aSpec(), 60).join('\n'))).not.toMatch(/[^\u0020-\u007e\n]/);
  });
});

it.each([
  [{ LANG: 'en_GB.UTF-8' }, true],
  [{ LANG: 'C.utf8' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, false],
  [{}, false],
])('%o takes UTF-8: %s', (env, expected) => {
  expect(takesUtf8(env, 'linux')).toBe(expected);
});
