import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reasons } from '../../src/doctor/catalogue/reasons.ts';
import { type CheckId, catalogue, checks } from '../../src/doctor/catalogue.ts';
import { troubleshootingPage } from '../../src/doctor/troubleshooting.ts';
import { failureCodes, type ModelCheck, silentReasons } from '../../src/model/verdict.ts';

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

/** What `tsc -p test` says is the proof. */
it('the compiler refuses the ID of a check that there is not', () => {
  const known: readonly [CheckId, ModelCheck] = ['C01', 'C01'];
  // @ts-expect-error
  const ofTheDoctor: CheckId = 'C99';
  // @ts-expect-error
  const ofTheModel: ModelCheck = 'C99';
  // @ts-expect-error
  const looked = checks.C99;
  expect([known, ofTheDoctor, ofTheModel, looked]).toHaveLength(4);
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
