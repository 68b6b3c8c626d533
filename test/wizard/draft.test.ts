import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { beginInterview, nextQuestion } from '../../src/config/interview.ts';
import { draftFile, forgetDraft, keepDraft, readDraft } from '../../src/wizard/draft.ts';

const home = process.cwd();
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3repl-draft-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const interview = beginInterview({
  answers: {
    'source.account': '011111111111',
    'source.access.assumeRole': 'arn:aws:iam::011111111111:role/setup',
    'source.access.externalId': 'very-secret',
    'source.bucket': 'acme-invoices',
    'destinations[0].account': '222222222222',
    'destinations[0].rules[0].tags': { team: 'x' },
  },
  asked: ['source.account', 'source.bucket', 'destinations[0].account', 'destinations[0].selection'],
});

it('keeps what was answered, for its owner only, and gives it back', async () => {
  await keepDraft(
    { ...interview, answers: { 'source.bucket': 'acme-invoices', 'source.account': '011111111111' } },
    'aws',
  );
  expect(statSync(draftFile).mode & 0o777).toBe(0o600);
  expect(statSync('.s3repl').mode & 0o777).toBe(0o700);
  expect((await readDraft())?.answers).toEqual({
    'source.bucket': 'acme-invoices',
    'source.account': '011111111111',
  });
  await forgetDraft();
  expect(await readDraft()).toBeUndefined();
});

it('keeps no external ID: the sign-in that had one is asked again', async () => {
  await keepDraft({ ...interview, flags: { name: 'given' } }, 'aws');
  expect(readFileSync(draftFile, 'utf8')).not.toContain('very-secret');
  const draft = await readDraft();
  expect(nextQuestion(beginInterview({ ...draft }))?.id).toBe('source.account');
  expect(draft?.answers).toMatchObject({
    'source.bucket': 'acme-invoices',
    'destinations[0].rules[0].tags': { team: 'x' },
  });
});

it('says which cloud the answers are for, and is no draft where the file is something else', async () => {
  await keepDraft(interview, 'sandbox');
  expect((await readDraft())?.cloud).toBe('sandbox');
  for (const text of ['a: [', 'version: 2', '', 'version: 1\ncloud: aws\nanswers: { __proto__: x }\nasked: no']) {
    writeFileSync(draftFile, text);
    expect(await readDraft()).toBeUndefined();
  }
});
