import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reasons } from '../../src/doctor/catalogue/reasons.ts';
import { taskCode, taskCodeNames } from '../../src/doctor/catalogue/task-codes.ts';
import { type CheckId, catalogue, checks } from '../../src/doctor/catalogue.ts';
import { troubleshootingPage } from '../../src/doctor/troubleshooting.ts';
import { failureCodes, type ModelCheck, silentReasons } from '../../src/model/verdict.ts';

const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');

describe('the catalogue', () => {
  it('numbers its checks in order, without a gap', () => {
    const ids = catalogue.map((_, index) => `C${String(index + 1).padStart(2, '0')}`);
    expect(catalogue.map(({ id }) => id)).toEqual(ids);
  });

  it('has all failure codes and all silent reasons', () => {
    expect(Object.keys(reasons).sort()).toEqual([...failureCodes, ...silentReasons].sort());
  });
});

describe('the codes of tasks', () => {
  const readSource = (path: string) => readFileSync(new URL(`../../src/sandbox/${path}`, import.meta.url), 'utf8');
  const ofSandbox = ['jobs/job-task.ts', 'replication/replicator.ts']
    .flatMap((path) => [...readSource(path).matchAll(/'([A-Z][a-z]+[A-Za-z]*)'/g)])
    .map(([, code = '']) => code);

  it.each([...new Set([...failureCodes, ...ofSandbox])])('have %s, which the sandbox may give', (code) => {
    expect(taskCode(code)).toMatchObject({ means: expect.stringMatching(/./), fix: expect.stringMatching(/./) });
  });

  it('have what the sandbox gives besides the failure codes of replication', () => {
    expect(ofSandbox).toEqual(expect.arrayContaining(['InvalidRequest', 'Undecided']));
  });

  it.each(taskCodeNames)('are led by %s to checks that there are', (code) => {
    const ids = taskCode(code)?.checks ?? [];
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) expect(checks).toHaveProperty(id);
  });

  it('are in a table of docs/troubleshooting.md, in order', () => {
    const [, section = ''] = page.split('\n## Task codes of a job\n');
    const [table = ''] = section.split('\n## ');
    const names = [...table.matchAll(/^\| \[?(\w+)/gm)].map(([, name]) => name);
    expect(names).toEqual(['code', ...taskCodeNames]);
    for (const row of table.split('\n').filter((line) => line.startsWith('|'))) expect(row.split('|')).toHaveLength(6);
  });

  it('have no row for what is no code', () => {
    expect(['', 'constructor', 'NoSuchCode', 'existing-object'].map(taskCode)).toEqual(Array(4).fill(undefined));
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
