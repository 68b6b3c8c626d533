/** The status in each view: once, and look after look. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { humanView } from '../../src/show/human-view.ts';
import { jsonView } from '../../src/show/json-view.ts';
import { LiveScreen } from '../../src/show/live-screen.ts';
import { statusRows } from '../../src/show/status-text.ts';
import { summaryView } from '../../src/show/summary-view.ts';
import { annotationView } from '../../src/show/workflow-commands.ts';
import { Keyboard, Screen } from '../wizard/in-process.ts';
import { ourLines, outsideFences } from './rendered.ts';
import { aPending, aRuleStatus, aStatus, at, now } from './status-builders.ts';

const failedLook = { at: now + 60_000, message: 'no answer to S3 GetBucketReplication' };
const failing = aStatus({ outcome: 'blocked', reasons: [{ kind: 'no-rule' }], rules: [] });
const healthy = { type: 'result', command: 'status', outcome: 'healthy', changes: 0 } as const;
const screen = `${statusRows(aStatus(), { width: 80, ascii: false }).join('\n')}\n`;

function aHumanView({ sandbox = false, ascii = false, isLive = false } = {}) {
  const said: { out: string; err: string } = { out: '', err: '' };
  const terminal = new Screen(80, (text) => {
    said.out += text.replaceAll('\r\n', '\n');
  });
  const live = isLive ? new LiveScreen(terminal, new Keyboard()) : undefined;
  const stdout = isLive ? terminal : { write: (text: string) => (said.out += text) };
  const stderr = { write: (text: string) => (said.err += text) };
  const view = humanView(stdout, stderr, {
    verbose: false,
    sandbox,
    color: false,
    show: 'documents',
    ascii,
    live,
  });
  onTestFinished(() => view.releaseScreen());
  return { view, said };
}

describe('what people read of a status', () => {
  it('is the screen on stdout, and nothing on stderr', () => {
    const { view, said } = aHumanView();
    view.status(aStatus());
    expect(said).toEqual({ out: screen, err: '' });
  });

  it('is marked in the sandbox, and of ASCII where that is asked for', () => {
    const { view, said } = aHumanView({ sandbox: true, ascii: true });
    view.status(aStatus());
    expect(said.out).toMatch(/^\[sandbox\] v Healthy: /);
    expect(said.out).toMatch(/^[ -~\n]*$/);
  });

  it('is a line a look where nothing can be drawn again, also of a look that failed', () => {
    const { view, said } = aHumanView();
    view.round({ status: aStatus() });
    view.round({ status: aStatus(), failedLook });
    view.report(healthy);
    expect(said).toEqual({
      out:
        '2026-11-29 14:32 UTC  ✔ healthy  pending 0, latency 1 s, failed 0\n' +
        '2026-11-29 14:33 UTC  ? not read: no answer t… (2026-11-29 14:32 UTC: ✔ healthy)\n' +
        '✔ healthy\n',
      err: '',
    });
  });

  it('says once that a minute of the sandbox takes a second', () => {
    const { view, said } = aHumanView({ sandbox: true });
    view.round({ status: aStatus() });
    view.round({ status: aStatus() });
    expect(said.err).toBe('[sandbox] In the sandbox, a minute passes each second.\n');
  });
});

describe('a status that is drawn again and again', () => {
  it('keeps messages until the terminal is given back, each once, and prints the last screen before the result', () => {
    const { view, said } = aHumanView({ isLive: true });
    const warning = { type: 'warning', code: 'unread', message: 'the alarms could not be read' } as const;
    view.round({ status: aStatus() });
    for (const _ of [1, 2, 3]) view.report(warning);
    view.report({ type: 'phase', name: 'observe' });
    expect(said.err).toBe('');
    view.round({ status: failing });
    const before = said.out.length;
    view.report({ ...healthy, outcome: 'blocked' });
    expect(said.err).toBe('! the alarms could not be read (unread)\n');
    const after = said.out.slice(before);
    expect(after).toContain('\u001b[?1049l✖ Not healthy: no enabled rule replicates this bucket.\n');
    expect(after).toMatch(/\n✖ blocked\n$/);
  });

  it('says messages at once where nothing is drawn', () => {
    const { view, said } = aHumanView({ isLive: true });
    view.report({ type: 'note', message: 'made the role' });
    expect(said.err).toBe('made the role\n');
  });

  it('says how to leave in the last line, and what does not fit in the one above', () => {
    const { view, said } = aHumanView({ isLive: true });
    const rules = Array.from({ length: 5 }, (_, index) => aRuleStatus({ rule: `rule-${index}` }));
    view.round({ status: aStatus({ rules }) });
    const [, frame = ''] = said.out.split('\u001b[H');
    const rows =
      frame
        .split('\u001b[?2026l')[0]
        ?.split('\n')
        .map((row) => row.replace('\u001b[K', '').trimEnd()) ?? [];
    expect(rows).toHaveLength(24);
    expect(rows.at(-1)).toBe('q ends this. s3repl looks again each minute.');
    expect(rows.at(-2)).toMatch(/^… \d+ more lines: make the window taller$/);
  });

  it('tells the one who watches that the look failed, with the age of the numbers', () => {
    const { view, said } = aHumanView({ isLive: true });
    view.round({ status: aStatus(), failedLook });
    expect(said.out).toContain('! 14:33 UTC: s3repl could not look: no answer to S3 GetBucketReplication. The');
  });
});

describe('what programs read of a status', () => {
  function aJsonView() {
    let written = '';
    const view = jsonView({ write: (text) => (written += text) }, { verbose: false, sandbox: true });
    return {
      view,
      lines: () =>
        written
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Record<string, unknown>),
    };
  }

  it('is a line for each thing, with ISO times, and all that is unknown as unknown', () => {
    const { view, lines } = aJsonView();
    const rule = aRuleStatus({
      pending: aPending({ bytes: 'unknown', gaps: [{ from: at(12, 3), to: at(12, 40) }] }),
      latency: 'none',
      failed: { unread: 'account 111111111111 does not allow cloudwatch:GetMetricData' },
    });
    view.status(aStatus({ rules: [rule], jobs: 'unknown', alarms: 'unknown', sample: 'unknown', kms: [] }));
    expect(lines()).toEqual([
      {
        type: 'configuration',
        source: { account: '111111111111', bucket: 'acme-invoices', region: 'eu-west-1' },
        outcome: 'healthy',
        reasons: [],
        configured: { kind: 'as-configured' },
        bucketKeys: { sampled: 20, without: 0, operations: 1234 },
        unread: [],
        period: { from: '2026-11-28T14:32:00.000Z', to: '2026-11-29T14:32:00.000Z', stepSeconds: 60 },
        sandbox: true,
      },
      {
        ...rule,
        type: 'replication',
        pending: {
          ...(rule.pending as object),
          asOf: '2026-11-29T14:32:00.000Z',
          worstAt: '2026-11-29T09:14:00.000Z',
          gaps: [{ from: '2026-11-29T12:03:00.000Z', to: '2026-11-29T12:40:00.000Z' }],
        },
        sandbox: true,
      },
      { type: 'sample', counts: 'unknown', sandbox: true },
      { type: 'job', status: 'unknown', sandbox: true },
      { type: 'alarm', state: 'unknown', sandbox: true },
    ]);
  });

  it('are the lines of each look, and a warning in the place of one that failed', () => {
    const { view, lines } = aJsonView();
    view.round({ status: aStatus() });
    const { length } = lines();
    view.round({ status: aStatus(), failedLook });
    expect(length).toBe(8);
    expect(lines().slice(length)).toEqual([
      {
        type: 'warning',
        code: 'look-failed',
        message: '14:33 UTC: s3repl could not look: no answer to S3 GetBucketReplication. The numbers are 1 min old.',
        sandbox: true,
      },
    ]);
  });
});

describe('the summary of a status', () => {
  it('has the screen of the last look in a fence, whatever the names are', () => {
    let written = '';
    const out = { room: () => 2 ** 20, write: (markdown: string) => (written += markdown) };
    const view = summaryView(out, { sandbox: false, config: 'repl.yaml' });
    view.round({ status: aStatus() });
    view.status(aStatus({ rules: [aRuleStatus({ rule: '```\n# <img src=x>' })] }));
    view.report(healthy);
    expect(outsideFences(written)).toEqual(['## ✔ s3repl status: healthy', '### How replication is doing']);
    expect(outsideFences(written).every((line) => ourLines.test(line))).toBe(true);
    expect(written).toContain(
      '✔ ```\\u000a# <img src=x> → acme-invoices-replica (eu-central-1)\n  now      0 operations',
    );
    expect(written).toContain('acme-invoices\n');
  });
});

it('annotations say nothing of a status: its result does', () => {
  let written = '';
  const view = annotationView({ write: (text) => (written += text) }, '.');
  view.status(failing);
  view.round({ status: failing });
  expect(written).toBe('');
});
