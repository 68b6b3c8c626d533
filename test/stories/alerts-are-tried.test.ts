import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteBucketReplicationCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, SOURCE } from './by-hand.ts';
import { aFolder, invoices } from './cli.ts';

const email = 'storage@example.com';
const topic = 'arn:aws:sns:eu-west-1:111111111111:s3repl-invoices-dr-alerts';
const alerted = `${invoices}alerts:\n  emails: [${email}]\n  latency: off\n`;
const verify = ['verify', '--alerts', '--sandbox'];

it('nobody hears of an alarm until the address is confirmed; then a test proves it', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', alerted);
  expect((await folder.s3repl(['apply', '--sandbox', '--yes'])).code).toBe(0);

  const unheard = await folder.s3repl([...verify, '--json']);
  expect(unheard.code).toBe(5);
  expect(unheard.lines.at(-1)).toMatchObject({ outcome: 'blocked', error: { code: 'nobody-subscribed' } });

  expect((await folder.s3repl(['sandbox', 'confirm', email])).code).toBe(0);
  const proven = await folder.s3repl([...verify, '--json', '--summary', 'summary.md']);
  expect(proven.code).toBe(0);
  expect(proven.lines.filter(({ type }) => type !== 'pending')).toEqual([
    {
      type: 'alert',
      topic,
      region: 'eu-west-1',
      alarm: 's3repl.invoices-dr.all.failures',
      outcome: 'published',
      seconds: expect.any(Number),
      subscribers: 1,
      sandbox: true,
    },
    {
      type: 'result',
      command: 'verify',
      outcome: 'verified',
      changes: 0,
      summary: 'CloudWatch published a test to a topic with 1 confirmed subscriber; the alarm is set back',
      notTried: expect.arrayContaining([expect.stringMatching(/^that the message arrives/)]),
      sandbox: true,
    },
  ]);
  const summary = readFileSync(join(folder.path, 'summary.md'), 'utf8');
  expect(summary).toMatch(/^## ✔ s3repl verify: verified \(sandbox\)/);
  expect(summary).toContain('✔ CloudWatch published alarm s3repl.invoices-dr.all.failures to');
  const { stdout } = await folder.s3repl(['sandbox', 'messages', '--json']);
  expect(stdout).toMatch(/test by s3repl \([0-9a-f]{8}\): nothing has failed/);
  expect(stdout).toContain(email);
});

it('is told to a person with a fix, and of several configurations one that has no alerts is wrong', async () => {
  const folder = aFolder();
  folder.write('a.yaml', alerted);
  folder.write('b.yaml', invoices.replaceAll('invoices', 'orders'));
  await folder.s3repl(['apply', '--config', '.', '--sandbox', '--yes']);

  const unheard = await folder.s3repl([...verify, '--config', 'a.yaml']);
  expect(unheard.code).toBe(5);
  expect(unheard.stderr).toContain('Testing one alarm for each topic');
  expect(unheard.stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /✖ CloudWatch published alarm s3repl\.invoices-dr\.all\.failures to arn:\S+ after \d s; 0 confirmed subscribers nobody gets the alarms: .* → click the link/,
  );

  await folder.s3repl(['sandbox', 'confirm', email]);
  const both = await folder.s3repl([...verify, '--config', '.', '--json']);
  expect(both.code).toBe(3);
  expect(both.lines.at(-1)).toMatchObject({
    configurations: [
      { name: 'invoices-dr', outcome: 'verified' },
      {
        name: 'orders-dr',
        outcome: 'invalid',
        error: { code: 'no-alerts', fix: expect.stringContaining('write alerts: in b.yaml') },
      },
    ],
  });
});

it('looks for drift first: what apply would put right is not tried', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', alerted);
  const nothing = await folder.s3repl([...verify, '--json']);
  expect(nothing.code).toBe(2);
  expect(nothing.lines.at(-1)).toMatchObject({ outcome: 'differs', next: expect.stringContaining('s3repl apply') });
  const both = await folder.s3repl([...verify, '--canary-prefix', 'a/']);
  expect(both.code).toBe(3);
});

it('tries the alerts of a replication that differs, and not those that differ themselves', async () => {
  const { s3repl, byHand, folder } = aSetUp(alerted);
  await s3repl('apply', '--yes');
  await folder.s3repl(['sandbox', 'confirm', email]);
  await byHand(({ source }) => source.send(new DeleteBucketReplicationCommand({ Bucket: SOURCE })));
  const tried = await folder.s3repl(verify);
  expect(tried.code).toBe(0);
  expect(tried.stderr).toContain('s3repl plan has 1 change that is not about alerts');
  expect(ending(await s3repl('verify'))).toMatchObject({ code: 2, outcome: 'differs' });

  folder.write('repl.yaml', alerted.replace(email, 'others@example.com'));
  expect(ending(await s3repl('verify', '--alerts'))).toMatchObject({ code: 2, outcome: 'differs' });
});

it('is no proof while one of two topics has no alarm yet; once objects have replicated, both are tried', async () => {
  const { s3repl, byHand, folder } = aSetUp(alerted.replace('latency: off', 'latency: 15m'));
  await s3repl('apply', '--yes');
  await folder.s3repl(['sandbox', 'confirm', email]);
  expect(ending(await s3repl('verify', '--alerts'))).toMatchObject({
    code: 6,
    outcome: 'unknown',
    error: { code: 'alert-not-tried', message: expect.stringContaining(':eu-central-1:') },
  });
  await byHand(async (people) => {
    await people.put('first');
    await people.sandbox.clock.sleep(5 * 60_000);
  });
  await s3repl('apply', '--yes');
  expect(ending(await s3repl('verify', '--alerts'))).toMatchObject({
    code: 0,
    summary: expect.stringContaining('2 topics with 2 confirmed subscribers'),
  });
});

it('sets the alarm back also when the deadline passes while AWS does not answer', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', alerted);
  await folder.s3repl(['apply', '--sandbox', '--yes']);
  await folder.s3repl(['sandbox', 'confirm', email]);
  const silence = ['--sandbox-fault', 'DescribeAlarmHistory:2-9=timeout'];
  const stopped = await folder.s3repl([...verify, '--deadline', '10s', '--json', '--verbose', ...silence]);
  expect(stopped.code).toBe(6);
  expect(stopped.lines.at(-1)).toMatchObject({
    outcome: 'unknown',
    error: { code: 'deadline', message: expect.stringContaining('the alarms are as they were') },
  });
  const last = stopped.lines.filter(({ type }) => type === 'call').at(-1);
  expect(last).toMatchObject({ operation: 'SetAlarmState', status: 200 });
  expect((await folder.s3repl(verify)).code).toBe(0);
});
