import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reasons } from '../../src/doctor/catalogue/reasons.ts';
import { catalogue } from '../../src/doctor/catalogue.ts';
import { troubleshootingPage } from '../../src/doctor/troubleshooting.ts';
import { failureCodes, silentReasons } from '../../src/model/verdict.ts';

const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');

describe('the catalogue', () => {
  it('has every check from C01 to C38 once, in order', () => {
    const ids = Array.from({ length: 38 }, (_, index) => `C${String(index + 1).padStart(2, '0')}`);
    expect(catalogue.map(({ id }) => id)).toEqual(ids);
  });

  it('has all 34 failure codes and all silent reasons', () => {
    expect(failureCodes).toHaveLength(34);
    expect(Object.keys(reasons).sort()).toEqual([...failureCodes, ...silentReasons].sort());
  });
});

describe('docs/troubleshooting.md', () => {
  it('is what npm run troubleshooting writes', () => {
    expect(page).toBe(troubleshootingPage());
  });

  it.each([...failureCodes, ...silentReasons])('explains %s', (reason) => {
    const section = page.split(/^### /m).find((one) => one.startsWith(`${reason}\n`));
    for (const part of ['**Causes:**', '**Fix:**', '**Checks:** [C', '**AWS:** <https://docs.aws.amazon.com/'])
      expect(section).toContain(part);
  });

  it('has no link to a heading that is not there', () => {
    const anchors = [...page.matchAll(/^##+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });
});
