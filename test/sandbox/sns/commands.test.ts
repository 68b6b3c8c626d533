import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remoteSandbox } from '../../../src/sandbox/practice/remote.ts';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import { aFolder, type Folder } from '../../stories/cli.ts';
import { SOURCE } from '../clients.ts';
import { aServedSandbox } from '../served.ts';
import { makeTopic, snsOf } from './sns-client.ts';

const MAIL = 'storage@example.com';
const TopicArn = `arn:aws:sns:eu-west-1:${SOURCE}:alarms`;

/** What somebody does in the sandbox of a folder between two commands. */
async function inSandbox(folder: Folder, call: string, parameters: Readonly<Record<string, string>>): Promise<void> {
  const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl') });
  await snsOf(sandbox).call(call, parameters);
  await sandbox.close();
}

test('s3repl sandbox confirm and messages play the reader of the mail', async () => {
  const folder = aFolder();
  await inSandbox(folder, 'CreateTopic', { Name: 'alarms' });
  await inSandbox(folder, 'Subscribe', { TopicArn, Protocol: 'email', Endpoint: MAIL });
  await inSandbox(folder, 'Publish', { TopicArn, Message: 'too early' });
  const confirmed = await folder.s3repl(['sandbox', 'confirm', MAIL, '--json']);
  expect(confirmed.lines).toMatchObject([
    { type: 'subscription', topic: TopicArn, email: MAIL },
    { type: 'result', outcome: 'done', changes: 1 },
  ]);
  await inSandbox(folder, 'Publish', { TopicArn, Message: 'one\ntwo', Subject: 'Look' });
  const { lines } = await folder.s3repl(['sandbox', 'messages', 'alarms', '--json']);
  const at = expect.stringMatching(/^\d{4}-.*Z$/);
  const from = `arn:aws:iam::${SOURCE}:user/sandbox-admin`;
  expect(lines).toMatchObject([
    { type: 'message', topic: TopicArn, at, from, subject: null, message: 'too early', deliveries: [] },
    { type: 'message', message: 'one\ntwo', subject: 'Look', deliveries: [{ protocol: 'email', endpoint: MAIL, at }] },
    { type: 'result' },
  ]);
  const { stdout } = await folder.s3repl(['sandbox', 'messages', TopicArn]);
  expect(stdout).toMatch(/ {2}to nobody: no confirmed subscription\n {4}too early\n/);
  expect(stdout).toMatch(/ {2}to email storage@example\.com\n {2}Look\n {4}one\n {4}two\n/);
  expect((await folder.s3repl(['sandbox', 'messages', 'other', '--json'])).lines).toHaveLength(1);
});

test('s3repl sandbox confirm fails where nothing waits', async () => {
  const { code, lines } = await aFolder().s3repl(['sandbox', 'confirm', MAIL, '--json']);
  expect([code, lines]).toMatchObject([1, [{ type: 'result', outcome: 'failed', error: { code: 'no-subscription' } }]]);
});

test('both work while the sandbox is served', async () => {
  const { url, sandbox, errors } = await aServedSandbox();
  await makeTopic(sandbox, 'alarms');
  await snsOf(sandbox).call('Subscribe', { TopicArn, Protocol: 'email', Endpoint: MAIL });
  const remote = await remoteSandbox(url);
  expect(await remote.confirmEmail(MAIL)).toMatchObject([{ topic: TopicArn, endpoint: MAIL }]);
  await snsOf(sandbox).call('Publish', { TopicArn, Message: 'hello' });
  expect(await remote.listMessages()).toMatchObject([{ message: 'hello', deliveries: [{ endpoint: MAIL }] }]);
  expect(errors).toEqual([]);
});
