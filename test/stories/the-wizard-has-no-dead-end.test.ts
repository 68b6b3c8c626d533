import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { enterOnly } from '../wizard/enter-only.ts';
import { aTerminal, controlC, down, enter, type Terminal } from '../wizard/terminal.ts';
import { aFolder, type Folder, invoices } from './cli.ts';

function atTerminal(folder: Folder, ...args: readonly string[]): Terminal {
  const terminal = aTerminal(folder.path, ['init', ...args]);
  onTestFinished(() => terminal.kill('SIGKILL'));
  return terminal;
}

it('Enter alone leads to a proven replica in the sandbox, and the end names what may follow', async () => {
  const terminal = atTerminal(aFolder(), '--sandbox');
  for (const question of enterOnly) {
    await terminal.asks(question);
    terminal.press(enter);
  }
  expect(await terminal.ended).toBe(0);
  const text = terminal.text();
  expect(text).toContain('✔ verified');
  expect(text).toContain('  next: s3repl doctor --sandbox\n');
  expect(text).toContain('when objects fail:\n    s3repl init --alerts-emails you@example.com --sandbox\n');
  expect(text).toContain('on AWS:\n    s3repl init');
  // The source bucket is new: there is nothing from before.
  expect(text).not.toContain('s3repl backfill');
});

it('what is only applied names verify next, and the objects that were in the bucket before', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  await folder.s3repl(['apply', '--sandbox', '--yes']);
  const terminal = atTerminal(folder, '--sandbox', '--alerts-emails', 'me@example.com');
  expect(await terminal.asks('What now?')).toContain(
    'Exists already: bucket acme-invoices, bucket acme-invoices-replica',
  );
  terminal.press(down, enter);
  expect(await terminal.ended).toBe(0);
  const text = terminal.text();
  expect(text).toContain('  next: s3repl verify --sandbox\n');
  expect(text).toContain('from before:\n    s3repl backfill --sandbox\n');
  expect(text).not.toContain('--alerts-emails you@example.com');
});

it('a role to sign in with, which the sandbox does not have yet, is created when the approved plan is applied', async () => {
  const folder = aFolder();
  const role = 'arn:aws:iam::222222222222:role/s3repl-setup';
  const access = `  access: { profile: prod }\n  bucket: acme-invoices\n`;
  folder.write(
    'repl.yaml',
    invoices
      .replace('  bucket: acme-invoices\n', access)
      .replace('    bucket:', `    access: { assumeRole: "${role}" }\n    bucket:`),
  );
  const terminal = atTerminal(folder, '--sandbox', '--alerts-emails', 'me@example.com');
  await terminal.asks('What now?');
  terminal.press(enter);
  expect(await terminal.ended).toBe(0);
  expect(terminal.text().replace(/\s+/g, ' ')).toContain(`created the role ${role} in account 222222222222`);
  expect(terminal.text()).toContain('✔ verified');
});

it('what is set up already can be proven again', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  await folder.s3repl(['apply', '--sandbox', '--yes']);
  const terminal = atTerminal(folder, '--sandbox');
  expect(await terminal.asks('What now?')).toContain('Nothing to change');
  terminal.press(down);
  await terminal.shows('❯ prove with a test object');
  terminal.press(enter);
  expect(await terminal.ended).toBe(0);
  expect(terminal.text()).toContain('✔ verified');
});

it('--advanced asks about a finished file what it does not say, and < does not lead behind the first question', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  const terminal = atTerminal(folder, '--sandbox', '--advanced');
  await terminal.asks('Whether the destination bucket uses an S3 Bucket Key');
  expect(terminal.text()).not.toContain('go back');
  terminal.press(down, down, enter);
  await terminal.asks('Which rule wins');
  terminal.press('<', enter);
  await terminal.asks('Whether the destination bucket uses an S3 Bucket Key');
});

it('a file from the sandbox is said to be one on AWS, where it is begun anew or continued in the sandbox', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  await folder.s3repl(['apply', '--sandbox', '--yes']);
  const onAws = atTerminal(folder);
  await onAws.asks('Which one do you want?');
  expect(onAws.text()).toContain('repl.yaml is from the sandbox: account 111111111111 exists only there.');
  onAws.press(enter);
  await onAws.asks('Which account has the source bucket?');
  expect(onAws.text()).toContain('the current credentials');
  expect(onAws.text()).not.toContain('go back');
  onAws.press(controlC);
  expect(await onAws.ended).toBe(130);

  const inSandbox = atTerminal(folder);
  await inSandbox.asks('Which one do you want?');
  inSandbox.press(down, enter);
  await inSandbox.asks('What now?');
  expect(inSandbox.text()).toContain('[sandbox]');
  inSandbox.press(enter);
  expect(await inSandbox.ended).toBe(0);
  expect(readFileSync(join(folder.path, 'repl.yaml'), 'utf8')).toBe(invoices);
});

it('answers that were saved for the other cloud are not lost without a question', async () => {
  const folder = aFolder();
  const draft = join(folder.path, '.s3repl/draft.yaml');
  const left = atTerminal(folder, '--sandbox');
  await left.asks('Which account has the source bucket?');
  left.press(enter);
  await left.asks('Source bucket');
  left.press(controlC);
  expect(await left.ended).toBe(130);
  expect(left.text()).toMatch(/Your answers are saved; run s3repl init --sandbox to\s+continue\./);

  const onAws = atTerminal(folder);
  await onAws.asks('Which one do you want?');
  expect(onAws.text()).toContain('The saved answers in this folder are for a setup in the sandbox.');
  expect(existsSync(draft)).toBe(true);
  onAws.press(down, enter);
  await onAws.asks('Continue with these answers?');
  onAws.press(enter);
  await onAws.asks('Source bucket');
});

it('Ctrl-C says at each stage how to continue, and ends without an empty line of advice', async () => {
  const folder = aFolder();
  const leaveAt = async (...questions: readonly string[]) => {
    const terminal = atTerminal(folder, '--sandbox');
    for (const [index, question] of questions.entries()) {
      if (index > 0) terminal.press(enter);
      await terminal.asks(question);
    }
    terminal.press(controlC);
    expect(await terminal.ended).toBe(130);
    expect(terminal.text()).not.toMatch(/→\s*$/m);
    return terminal.text().replace(/\s+/g, ' ');
  };
  const account = 'Which account has the source bucket?';
  expect(await leaveAt(account)).toContain('before the first answer; run s3repl init --sandbox to start again.');
  const saved = 'Stopped. Your answers are saved; run s3repl init --sandbox to continue.';
  expect(await leaveAt(account, 'Source bucket')).toContain(saved);
  expect(await leaveAt('Continue with these answers?')).toContain(saved);
});

it('an answer changed in the review starts where it was, and Enter keeps it', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', invoices.replace('eu-central-1', 'eu-north-1'));
  const terminal = atTerminal(folder, '--sandbox');
  await terminal.asks('What now?');
  terminal.press(down, down, down);
  await terminal.shows('❯ change an answer');
  terminal.press(enter);
  await terminal.asks('Which answer?');
  terminal.press(down, down, down, down, down);
  await terminal.shows('❯ Destination Region: eu-north-1');
  terminal.press(enter);
  await terminal.asks('Region of the new destination bucket');
  await terminal.shows('❯ eu-north-1');
  terminal.press(enter);
  await terminal.asks('What now?');
  expect(terminal.text()).not.toContain('What changes in repl.yaml');
});

it('a Region that AWS does not have is asked again in the sandbox, where it could not be made', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', invoices.replace('eu-central-1', 'eu-central-7'));
  const terminal = atTerminal(folder, '--sandbox');
  await terminal.asks('Region of the new destination bucket');
  expect(terminal.text().replace(/\s+/g, ' ')).toContain(
    '"eu-central-7" must change: region eu-central-7 is not a Region',
  );
});
