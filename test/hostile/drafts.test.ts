import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { beginInterview, missingFlags, nextQuestion, treeOf } from '../../src/config/interview.ts';
import { parseConfigTree } from '../../src/config/parse-config.ts';
import { printable } from '../../src/show/printable.ts';
import { draftFile, forgetDraft, keepDraft, readDraft } from '../../src/wizard/draft.ts';
import { nastyTexts, patience, runs, steering } from './runs.ts';

const home = process.cwd();
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3repl-drafts-'));
  process.chdir(folder);
  mkdirSync('.s3repl');
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const valid = {
  version: 1,
  cloud: 'aws',
  answers: {
    'source.account': '111111111111',
    'source.bucket': 'acme',
    'destinations[0].rules[0].tags': { team: 'x' },
  },
  asked: ['source.account', 'source.bucket'],
};

/** What the wizard does with a draft before it asks; what it says. */
async function taken(): Promise<readonly string[]> {
  const said: string[] = [];
  const found = await readDraft((text) => said.push(text));
  const interview = beginInterview({ ...found });
  nextQuestion(interview);
  missingFlags(interview);
  const parsed = parseConfigTree(treeOf(interview), { file: 'repl.yaml', env: {} });
  if (!parsed.ok) for (const { message } of parsed.problems) expect(message).not.toMatch(steering);
  expect(said.length).toBe(found ? 0 : said.length);
  for (const text of said)
    expect(printable(text)).toMatch(/^! s3repl cannot use \.s3repl\/draft\.yaml, so the questions start over: [^\n]*$/);
  return said;
}

it('a draft that is no file of ours is told, not waited for, and nothing behind a link is touched', async () => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'draft.yaml'), stringify(valid));
  const bad: (() => void)[] = [
    () => mkdirSync(draftFile),
    () => execFileSync('mkfifo', [draftFile]),
    () => symlinkSync('/dev/zero', draftFile),
    () => symlinkSync(join(elsewhere, 'draft.yaml'), draftFile),
    () => {
      writeFileSync(draftFile, 'x');
      truncateSync(draftFile, 10 * 2 ** 30);
    },
    () => writeFileSync(draftFile, Buffer.from([0xff, 0, 0xfe])),
    () => writeFileSync(draftFile, '[['.repeat(100_000)),
    () => writeFileSync(draftFile, stringify({ ...valid, asked: 'x'.repeat(3) })),
    () => writeFileSync(draftFile, stringify({ ...valid, asked: Array(100).fill('another[0]=yes') })),
    () => {
      rmSync('.s3repl', { recursive: true });
      symlinkSync(elsewhere, '.s3repl');
    },
  ];
  for (const make of bad) {
    rmSync('.s3repl', { recursive: true });
    mkdirSync('.s3repl');
    make();
    expect(await taken(), String(make)).toHaveLength(1);
  }
  await forgetDraft();
  await expect(keepDraft(beginInterview({}), 'aws')).rejects.toMatchObject({ code: 'write-file' });
  expect(existsSync(join(elsewhere, 'draft.yaml'))).toBe(true);
});

it('the largest drafts that are taken are looked at within seconds', async () => {
  const many = (count: number, path: (index: number) => string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [path(index), 'x']));
  for (const draft of [
    { ...valid, asked: Array.from({ length: 99 }, (_, index) => `another[${index}]=yes`) },
    {
      ...valid,
      answers: many(500, (index) => `destinations[${index % 100}].rules[${Math.floor(index / 100)}].prefix`),
    },
    { ...valid, answers: { 'destinations[99].rules[99].destinations[99].a': 1 } },
  ]) {
    writeFileSync(draftFile, stringify(draft));
    const before = process.cpuUsage();
    await taken();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(4);
  }
});

it('whatever stands in a draft, it is taken or told in a line', { timeout: patience }, async () => {
  const text = stringify(valid);
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom<unknown>(...nastyTexts, 1e300, -1, null));
  const path = fc.constantFrom(
    ...['name', 'source', 'source.account', 'source.access', 'source.access.profile', 'destinations', 'version'],
    ...['destinations[0]', 'destinations[7].bucket', 'destinations[0].rules', 'destinations[0].rules[0].tags', 'role'],
    ...['__proto__', 'constructor', 'source.constructor.prototype', 'toString', 'tags', ''],
  );
  const asked = fc.constantFrom('source.account', 'another[0]=yes', 'another[9]=yes', 'role', '=yes', ...nastyTexts);
  const draft = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.nat(text.length).map((length) => text.slice(0, length)),
    fc
      .tuple(fc.nat(text.length), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([at, one]) => text.slice(0, at) + one + text.slice(at + 1)),
    fc
      .tuple(fc.array(fc.tuple(path, value), { maxLength: 4 }), fc.array(asked, { maxLength: 4 }))
      .map(([answers, ids]) => stringify({ ...valid, answers: Object.fromEntries(answers), asked: ids })),
    fc
      .tuple(fc.constantFrom('version', 'cloud', 'answers', 'asked'), value)
      .map(([member, other]) => stringify({ ...valid, [member]: other })),
  );
  await fc.assert(
    fc.asyncProperty(draft, async (one) => {
      writeFileSync(draftFile, one);
      await taken();
    }),
    { numRuns: runs(40) },
  );
});
