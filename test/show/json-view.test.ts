import { describe, expect, it } from 'vitest';
import type { CallEvent, Event } from '../../src/events/event.ts';
import { planApply } from '../../src/plan/plan.ts';
import { jsonView } from '../../src/show/json-view.ts';
import { aSpec, nothing } from '../builders.ts';

function aView(options: { readonly verbose?: boolean; readonly sandbox?: boolean } = {}) {
  let written = '';
  const view = jsonView(
    {
      write: (text) => {
        written += text;
      },
    },
    { verbose: false, sandbox: false, ...options },
  );
  return {
    view,
    text: () => written,
    lines: () =>
      written
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const call: CallEvent = {
  type: 'call',
  service: 'S3',
  operation: 'PutBucketPolicy',
  account: '111111111111',
  region: 'eu-west-1',
  status: 200,
  ms: 3,
  attempts: 1,
  write: true,
};

const events: readonly Event[] = [
  { type: 'problem', code: 'key-missing', message: 'two\nlines', fix: 'that' },
  { type: 'warning', code: 'bucket-becomes-kms', message: 'm', step: 'bucket', side: 'source' },
  { type: 'step', step: 'bucket', resource: 'bucket b', account: '1', status: 'done' },
  { type: 'pending', step: 'bucket-policy', resource: 'bucket b', reason: 'the role', seconds: 3 },
  { type: 'result', command: 'apply', outcome: 'failed', changes: 2, error: { code: 'x', message: 'm' } },
];

describe('what programs read', () => {
  it('is one JSON object a line, each with its type', () => {
    const { view, text, lines } = aView();
    for (const event of events) view.report(event);
    expect(lines()).toEqual(events);
    expect(text().split('\n')).toHaveLength(events.length + 1);
    expect(text().endsWith('}\n')).toBe(true);
  });

  it('is marked in every line in the sandbox, and nowhere else', async () => {
    const practice = aView({ sandbox: true });
    const real = aView();
    for (const { view } of [practice, real]) {
      for (const event of events) view.report(event);
      await view.plan(planApply(nothing, aSpec()), aSpec());
    }
    expect(practice.lines().every((line) => line.sandbox === true)).toBe(true);
    expect(practice.lines().length).toBeGreaterThan(events.length);
    expect(real.text()).not.toContain('sandbox');
  });

  it('has the calls with verbose only', () => {
    const quiet = aView();
    quiet.view.report(call);
    expect(quiet.text()).toBe('');
    const verbose = aView({ verbose: true });
    verbose.view.report(call);
    expect(verbose.lines()).toEqual([call]);
  });

  it('has nothing of what is only for people', () => {
    const { view, text } = aView({ verbose: true });
    for (const name of ['observe', 'apply', 'read-back', 'done'] as const) view.report({ type: 'phase', name });
    view.report({ type: 'note', message: 'made the role' });
    view.releaseScreen();
    expect(text()).toBe('');
  });

  it('has a line for each change of a plan, with its calls, and without what only the engine needs', async () => {
    const { view, text, lines } = aView();
    const { desired } = planApply(nothing, aSpec());
    const plan = planApply(desired, aSpec({ tags: { team: 'platform' } }));
    await view.plan(plan, aSpec());
    expect(plan.changes.some(({ calls }) => calls.some(({ onlyIf }) => onlyIf))).toBe(true);
    expect(
      lines().map(({ type, step, side, account, region, action, resource, before, after }) => ({
        type,
        step,
        side,
        account,
        region,
        action,
        resource,
        before,
        after,
      })),
    ).toEqual(
      plan.changes.map(({ step, side, account, region, action, resource, before, after }) => ({
        type: 'change',
        step,
        side,
        account,
        region,
        action,
        resource,
        before,
        after,
      })),
    );
    const told = lines().map(({ calls }) => calls as readonly object[]);
    expect(told).toMatchObject(
      plan.changes.map(({ calls }) =>
        calls.map(({ side, service, operation, input }) => ({ side, service, operation, input })),
      ),
    );
    expect(text()).not.toMatch(/"(lock|waitsFor|onlyIf)"/);
  });

  it('has no control characters of AWS, neither in texts nor in the names of members', () => {
    const { view, text } = aView();
    view.report({ type: 'problem', code: 'x', message: '\u001b[31m\u202e\u009b' });
    const [change] = planApply(nothing, aSpec()).changes;
    if (!change) throw new Error('a fresh setup has changes');
    view.report({ type: 'change', change: { ...change, after: { Tags: { 'k\u202e\u009b': 'v\u2066' } } } });
    expect(text()).not.toMatch(/[^\P{Cc}\n]|[\u202e\u2066]/u);
  });
});
