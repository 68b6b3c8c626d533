import { describe, expect, it } from 'vitest';
import type { CallEvent, Event } from '../../src/events/event.ts';
import { planApply } from '../../src/plan/plan.ts';
import { type HumanOptions, humanView } from '../../src/show/human-view.ts';
import type { Call } from '../../src/state/change.ts';
import { aDestination, aSpec, nothing } from '../builders.ts';

function anOutput() {
  let written = '';
  return {
    write: (text: string) => {
      written += text;
    },
    text: () => written,
  };
}

/** A view that writes to a pipe or a log: nothing moves there. */
function aView(options: Partial<HumanOptions> = {}) {
  const [stdout, stderr] = [anOutput(), anOutput()];
  const view = humanView(stdout, stderr, {
    verbose: false,
    sandbox: false,
    color: false,
    show: 'documents',
    ...options,
  });
  return { view, stdout: stdout.text, stderr: stderr.text, both: () => stdout.text() + stderr.text() };
}

const bucket = { step: 'bucket', resource: 'bucket acme-invoices', account: '111111111111' } as const;
const call: CallEvent = {
  type: 'call',
  service: 'S3',
  operation: 'PutBucketPolicy',
  account: '111111111111',
  region: 'eu-west-1',
  status: 503,
  code: 'SlowDown',
  ms: 12,
  attempts: 3,
  requestId: 'REQ1',
  write: true,
};

const one: readonly Event[] = [
  { type: 'phase', name: 'observe' },
  { type: 'note', message: 'made the role x' },
  call,
  { type: 'problem', code: 'key-missing', message: 'there is no key', fix: 'make one' },
  { type: 'warning', code: 'bucket-becomes-kms', message: 'changes', fix: 'tell the writers' },
  { type: 'step', ...bucket, status: 'started' },
  { type: 'pending', step: 'bucket', resource: bucket.resource, reason: 'the bucket', seconds: 0 },
  { type: 'step', ...bucket, status: 'done' },
  { type: 'step', ...bucket, status: 'failed' },
  { type: 'step', ...bucket, status: 'skipped' },
  { type: 'phase', name: 'done' },
  {
    type: 'result',
    command: 'apply',
    outcome: 'applied',
    changes: 1,
    summary: 'all',
    next: { command: 'plan', on: {} },
  },
  {
    type: 'result',
    command: 'apply',
    outcome: 'failed',
    changes: 1,
    error: { code: 'x', message: 'refused', fix: 'allow' },
  },
];

describe('what people read, where there is no terminal', () => {
  it('has findings on stderr with sign, code and what to do', () => {
    const { view, stdout, stderr } = aView();
    view.report({ type: 'problem', code: 'key-missing', message: 'there is no key', fix: 'make one' });
    view.report({ type: 'warning', code: 'bucket-becomes-kms', message: 'it changes' });
    expect(stderr()).toBe('✖ there is no key (key-missing)\n  → make one\n! it changes (bucket-becomes-kms)\n');
    expect(stdout()).toBe('');
  });

  const command = `aws kms enable-key --key-id arn:aws:kms:eu-west-1:111111111111:key/${'1'.repeat(36)} --region eu-west-1`;

  it('has each command of a finding, and of an error, on one line, however long', () => {
    const { view, stderr } = aView();
    view.report({ type: 'warning', code: 'key-state', message: 'off', fix: 'run:', paste: `${command}\n${command}` });
    const error = { code: 'key-state', message: 'off', fix: 'run:', paste: command };
    view.report({ type: 'result', command: 'verify', outcome: 'blocked', changes: 0, error });
    expect(stderr()).toBe(
      `! off (key-state)\n  → run:\n    ${command}\n    ${command}\n\n✖ off\n  → run:\n    ${command}\n`,
    );
  });

  it('has the place in the file before a problem of the configuration, in place of a code', () => {
    const { view, stderr } = aView();
    view.report({ type: 'problem', code: 'config', where: 'repl.yaml:2:7', message: 'must be lower case' });
    expect(stderr()).toBe('✖ repl.yaml:2:7 must be lower case\n');
  });

  it('tells the first 50 problems of a configuration, and how many more there are', () => {
    const { view, stderr } = aView();
    for (let index = 1; index <= 53; index += 1)
      view.report({ type: 'problem', code: 'config', where: `repl.yaml:${index}:1`, message: 'is wrong' });
    view.report({ type: 'problem', code: 'conflict', where: 'b.yaml', message: 'another kind' });
    const error = { code: 'config', message: '53 problems in the configuration' };
    view.report({ type: 'result', command: 'plan', outcome: 'invalid', changes: 0, error });
    const lines = stderr().split('\n');
    expect(lines.filter((line) => line.includes('is wrong'))).toHaveLength(50);
    expect(stderr()).toContain('repl.yaml:50:1');
    expect(stderr()).toContain('another kind');
    expect(lines).toContain('… and 3 more problems: --json has them all');
    expect(stderr()).toContain('53 problems in the configuration');
  });

  it('has a line for each change that ends, and none for one that begins', () => {
    const { view, stderr } = aView();
    for (const status of ['started', 'done', 'failed', 'skipped'] as const)
      view.report({ type: 'step', ...bucket, status });
    expect(stderr()).toBe('  ✔ bucket acme-invoices\n  ✖ bucket acme-invoices\n  - bucket acme-invoices (not done)\n');
  });

  it.each(['bucket acme-invoices', 'bucket acme-waiting-room'])(
    'says once that %s waits, however often it is told',
    (resource) => {
      const { view, stderr } = aView();
      view.report({ type: 'step', ...bucket, resource, status: 'started' });
      for (const seconds of [0, 1, 3, 7]) {
        view.report({ type: 'pending', step: 'bucket', resource, reason: 'the role to become visible to S3', seconds });
      }
      expect(stderr().replaceAll(/\s+/g, ' ').trim()).toBe(
        `… ${resource}: waiting for the role to become visible to S3`,
      );
    },
  );

  it('says again that another resource waits', () => {
    const { view, stderr } = aView();
    for (const resource of ['a', 'b', 'a'])
      view.report({ type: 'pending', step: 'bucket', resource, reason: 'r', seconds: 1 });
    expect(stderr()).toBe('  … a: waiting for r\n  … b: waiting for r\n');
  });

  it('has the phases as lines, and nothing for the last', () => {
    const { view, stderr } = aView();
    for (const name of ['observe', 'apply', 'read-back', 'done'] as const) view.report({ type: 'phase', name });
    expect(stderr()).toBe('Looking at what is there …\nApplying …\nReading everything back …\n');
  });

  it.each([
    [1_200_000, '20 minutes'],
    [60_000, '1 minute'],
    [90_000, '90 seconds'],
    [5_400_000, '90 minutes'],
    [7_200_000, '2 hours'],
    [0, '0 seconds'],
  ])('says in words how long it waits: %d ms', (limitMs, words) => {
    const { view, stderr } = aView();
    view.report({ type: 'phase', name: 'verify', limitMs });
    view.report({ type: 'phase', name: 'verify-alerts', limitMs });
    expect(stderr()).toBe(
      `Writing test objects, and waiting up to ${words} for them …\nTesting one alarm for each topic, and waiting up to ${words} …\n`,
    );
  });

  it('has the result on stdout, with what to run next', () => {
    const { view, stdout, stderr } = aView();
    view.report({
      type: 'result',
      command: 'apply',
      outcome: 'applied',
      changes: 8,
      summary: '8 created',
      next: { command: 'plan', on: {} },
    });
    expect(stdout()).toBe('✔ applied\n  8 created\n  next: s3repl plan\n');
    expect(stderr()).toBe('');
  });

  it('has what verify did not try in a line of the result', () => {
    const { view, stdout } = aView();
    const notTried = ['large objects', 'other tags'];
    view.report({
      type: 'result',
      command: 'verify',
      outcome: 'verified',
      changes: 0,
      summary: 'all arrived',
      notTried,
    });
    expect(stdout()).toBe('✔ verified\n  all arrived\n  not tried: large objects; other tags\n');
  });

  it('has an error on stderr, with what to do, and nothing on stdout', () => {
    const { view, stdout, stderr } = aView();
    const error = { code: 'AccessDenied', message: 'AWS refused', fix: 'allow it' };
    view.report({
      type: 'result',
      command: 'apply',
      outcome: 'failed',
      changes: 0,
      summary: 'x',
      next: { command: 'y', on: {} },
      error,
    });
    expect(stderr()).toBe('\n✖ AWS refused\n  → allow it\n');
    expect(stdout()).toBe('');
  });

  it('has the calls with verbose only, on stderr, with attempts and AWS’s request ID', () => {
    const quiet = aView();
    quiet.view.report(call);
    expect(quiet.both()).toBe('');
    const { view, stdout, stderr } = aView({ verbose: true });
    view.report(call);
    const { status: _status, code: _code, requestId: _id, ...lost } = call;
    view.report({ ...lost, attempts: 1 });
    expect(stderr()).toBe(
      '    S3 PutBucketPolicy 111111111111 eu-west-1 503 SlowDown 12 ms after 3 attempts REQ1\n' +
        '    S3 PutBucketPolicy 111111111111 eu-west-1 no answer 12 ms\n',
    );
    expect(stdout()).toBe('');
  });

  it('is marked in the sandbox: phases, notes, the plan, the result and an error', async () => {
    const { view, stdout, stderr } = aView({ sandbox: true });
    view.report({ type: 'phase', name: 'observe' });
    view.report({ type: 'note', message: 'made the role' });
    await view.plan(planApply(nothing, aSpec()), aSpec());
    view.report({ type: 'result', command: 'apply', outcome: 'applied', changes: 1 });
    expect(stderr()).toBe('[sandbox] Looking at what is there …\n[sandbox] made the role\n');
    expect(stdout()).toMatch(/^\[sandbox\] invoices-dr\n/);
    expect(stdout()).toContain('\n[sandbox] ✔ applied\n');
    const failing = aView({ sandbox: true });
    failing.view.report({
      type: 'result',
      command: 'x',
      outcome: 'failed',
      changes: 0,
      error: { code: 'x', message: 'm' },
    });
    expect(failing.stderr()).toBe('\n[sandbox] ✖ m\n');
    const real = aView();
    for (const event of one) real.view.report(event);
    expect(real.both()).not.toContain('sandbox');
  });

  it('shows the plan on stdout: the sides, then the changes', async () => {
    const { view, stdout, stderr } = aView();
    const spec = aSpec({ destinations: [aDestination(), aDestination({ id: 'destinations[1]', bucket: 'audit' })] });
    await view.plan(planApply(nothing, spec), spec);
    expect(stdout().split('\n').slice(0, 5)).toEqual([
      'invoices-dr',
      '  source      111111111111  eu-west-1      acme-invoices',
      '  destination 222222222222  eu-central-1   acme-invoices-replica',
      '  destination 222222222222  eu-central-1   audit',
      '',
    ]);
    expect(stdout()).toMatch(/\nPlan: \d+ to create, 0 to change, 0 to remove\.\n$/);
    expect(stderr()).toBe('');
  });

  it('shows commands as a script: what is said of it goes to stderr', async () => {
    const { view, stdout, stderr } = aView({ show: 'commands', sandbox: true });
    await view.plan(planApply(nothing, aSpec()), aSpec());
    view.report({
      type: 'result',
      command: 'plan',
      outcome: 'planned',
      changes: 8,
      next: { command: 'apply', on: {} },
    });
    for (const line of stdout().split('\n'))
      expect(line).toMatch(
        /^(# \[sandbox\]|\(|\)|set -eu|export AWS_PAGER=''|note .*|note\(\).*|in_account.*| {2}(wanted|found|\[|note).*|\}|sleep 15|)$/,
      );
    expect(stdout().startsWith('# [sandbox]\n')).toBe(true);
    expect(stderr()).toBe('[sandbox] ✔ planned\n  next: s3repl apply\n');
  });

  it('has the same commands without the mark where it is not the sandbox', async () => {
    const { view, stdout } = aView({ show: 'commands' });
    await view.plan(planApply(nothing, aSpec()), aSpec());
    expect(stdout().startsWith('(\nset -eu\n')).toBe(true);
  });

  it('has no colour without color, whatever it shows', async () => {
    const { view, both } = aView({ verbose: true });
    for (const event of one) view.report(event);
    await view.plan(planApply(nothing, aSpec()), aSpec());
    expect(both()).not.toContain('\u001b');
    expect(both().length).toBeGreaterThan(1000);
  });

  it('keeps every line of its own words within 80 columns', () => {
    const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
    for (const sandbox of [true, false]) {
      const { view, both } = aView({ sandbox });
      view.report({ type: 'note', message: words });
      view.report({ type: 'problem', code: 'x', message: words, fix: words });
      view.report({ type: 'pending', step: 'bucket', resource: 'b', reason: words, seconds: 0 });
      view.report({
        type: 'result',
        command: 'x',
        outcome: 'failed',
        changes: 0,
        error: { code: 'x', message: words, fix: words },
      });
      view.report({ type: 'result', command: 'x', outcome: 'applied', changes: 0, summary: words, notTried: [words] });
      expect(
        Math.max(
          ...both()
            .split('\n')
            .map((line) => line.length),
        ),
      ).toBeLessThanOrEqual(80);
    }
  });

  it('never passes a control character of AWS on', async () => {
    const evil = 'a\u001b[2Jb\u202ec\u009bd\re';
    const { view, both } = aView({ verbose: true });
    view.report({ type: 'note', message: evil });
    view.report({ ...call, code: evil, requestId: evil });
    view.report({ type: 'problem', code: evil, message: evil, fix: evil, where: evil });
    view.report({ type: 'step', ...bucket, resource: evil, status: 'done' });
    view.report({ type: 'pending', step: 'bucket', resource: evil, reason: evil, seconds: 0 });
    view.report({
      type: 'result',
      command: 'x',
      outcome: 'failed',
      changes: 0,
      error: { code: evil, message: evil, fix: evil },
    });
    view.report({
      type: 'result',
      command: 'x',
      outcome: 'applied',
      changes: 0,
      summary: evil,
      next: { command: evil, on: {} },
    });
    const { changes, ...plan } = planApply(nothing, aSpec());
    const [change] = changes;
    if (!change) throw new Error('a fresh setup has changes');
    const evilChange = {
      ...change,
      resource: evil,
      before: { [evil]: evil },
      after: { [evil]: [evil] },
      calls: change.calls.map((one) => ({ ...one, input: { [evil]: evil } }) as unknown as Call),
    };
    await view.plan({ ...plan, changes: [evilChange] }, aSpec());
    const commands = aView({ show: 'commands' });
    await commands.view.plan({ ...plan, changes: [evilChange] }, aSpec());
    for (const text of [both(), commands.both()]) expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  });
});
