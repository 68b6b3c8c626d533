import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { statusLine } from '../../src/show/status-text.ts';
import { aStatus } from '../show/status-builders.ts';

const page = readFileSync(new URL('../../docs/status.md', import.meta.url), 'utf8');
const screens = new URL('../show/status-screens/', import.meta.url);

describe('the page about the status', () => {
  it('has the screens as the program prints them', () => {
    const shown = [...page.matchAll(/<!-- screen: ([\w-]+) -->\n```text\n([\s\S]*?)```/g)];
    expect(shown.map(([, name]) => name)).toEqual(['healthy', 'failing']);
    for (const [, name, text] of shown) expect(text).toBe(readFileSync(new URL(`${name}.txt`, screens), 'utf8'));
  });

  it('has the line of a look as the program prints it', () => {
    expect(page).toContain(`\n${statusLine(aStatus(), { ascii: false })}\n`);
  });
});
