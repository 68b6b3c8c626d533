import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import { summaryView } from '../../src/show/summary-view.ts';
import { aDestination, aSource, aSpec, nothing } from '../builders.ts';
import { branded } from '../plain.ts';
import { ourLines, outsideFences } from './rendered.ts';

function aSummary(room = 2 ** 20) {
  let written = '';
  const out = { room: () => room, write: (markdown: string) => (written += markdown) };
  return { view: summaryView(out, { sandbox: false, config: 'repl.yaml' }), text: () => written };
}

const bucket = { step: 'bucket', resource: 'bucket acme-invoices', account: '111111111111' } as const;
const applied: Event = { type: 'result', command: 'apply', outcome: 'applied', changes: 8, summary: '8 created' };
const spec = aSpec();

/** Whatever somebody could write into a policy, a tag or a name. */
const hostile = [
  '```\n\n![x](https://evil.example/x.png)\n<img src=x onerror=alert(1)>\n````text\n# heading\n',
  '\n\n</code></summary></details>\n\n<script>alert(1)</script> @everyone [here](https://evil.example) <!--',
  '~~~\n\u001b[31mred\u001b[0m\r\n\u202egnp.exe\u202c `code` | a | b |\n|---|---|\n$x$ :tada: #1 https://evil.example',
];

describe('the summary', () => {
  it('says outcome, findings, what was done, what the model says and the plan with its documents', async () => {
    const { view, text } = aSummary();
    view.report({ type: 'warning', code: 'bucket-becomes-kms', message: 'it changes', fix: 'tell the writers' });
    view.report({ type: 'problem', code: 'key-missing', message: 'there is no key', fix: 'make one' });
    await view.plan(planApply(nothing, spec), spec);
    view.report({ type: 'step', ...bucket, status: 'started' });
    view.report({ type: 'step', ...bucket, status: 'done' });
    view.report({ type: 'step', ...bucket, resource: 'role r', status: 'failed' });
    view.report({ type: 'step', ...bucket, resource: 'the rule', status: 'skipped' });
    view.report({ type: 'canary', rule: 'all', destination: 'b', key: 'k', outcome: 'replicated', seconds: 3 });
    expect(text()).toBe('');
    view.report(applied);
    const headings = outsideFences(text()).filter((line) => /^(#|\*\*)/.test(line));
    expect(headings).toEqual([
      '## ✔ s3repl apply: applied',
      '### 1 problem, 1 warning',
      '### What was done',
      '### Plan: 9 to create, 0 to change, 0 to remove',
      '**1 KMS keys**',
      '**2 Versioned buckets with default encryption SSE-KMS**',
      '**3 Replication role**',
      '**4 Bucket policies and key policies**',
      '**5 Replication rules**',
    ]);
    for (const part of [
      'invoices-dr\n  source      111111111111',
      '8 created',
      '✖ there is no key (key-missing)\n  → make one',
      '✔ bucket acme-invoices\n✖ role r\n- the rule (not done)\n✔ rule all → b: the canary arrived after 3 s',
      '```diff\n+ Version: 2012-10-17\n',
      'SSEAlgorithm: aws:kms\n+         KMSMasterKeyID: (new key s3repl-invoices-dr)',
    ])
      expect(text()).toContain(part);
  });

  it('says what the model said last, once', () => {
    const { view, text } = aSummary();
    const verdict = {
      type: 'verdict',
      probe: 'new-object',
      object: 'x',
      versionId: null,
      rule: 'all',
      destination: 'arn:aws:s3:::b',
      reason: null,
      causes: [],
      warnings: [],
      replica: null,
    } as const;
    view.report({ ...verdict, outcome: 'unknown' });
    view.report({ ...verdict, outcome: 'replicates' });
    view.report(applied);
    expect(text()).toContain('```text\n✔ new objects under rule all to arn:aws:s3:::b replicates\n```');
  });

  it('says what went wrong and what to do where there is no plan, and names the configuration', () => {
    const { view, text } = aSummary();
    const error = { code: 'wrong-account', message: 'signed in elsewhere', fix: 'sign in' };
    view.report({ type: 'result', command: 'plan', outcome: 'unauthorized', changes: 0, error });
    expect(text()).toBe(
      '## ✖ s3repl plan: unauthorized\n\n```text\nrepl.yaml\n\nsigned in elsewhere\n→ sign in\n```\n\n',
    );
  });

  it('of several configurations says how each of them ended', () => {
    const { view, text } = aSummary();
    const one = { config: 'a.yaml', name: 'a', outcome: 'applied', changes: 8 } as const;
    const configurations = [one, { ...one, config: 'b.yaml', name: 'b' }];
    view.report({ ...applied, configurations });
    expect(outsideFences(text()).filter((line) => line.startsWith('#'))).toEqual([
      '## ✔ s3repl apply: applied',
      '### Configurations',
    ]);
    expect(text()).toMatch(/^NAME +OUTCOME +CHANGES\na +applied +8\nb +applied +8$/m);
  });

  it('says what stays after a destroy', async () => {
    const { view, text } = aSummary();
    const there = planApply(nothing, spec).desired;
    await view.plan(planDestroy(there, spec), spec);
    view.report({ ...applied, command: 'destroy', outcome: 'destroyed' });
    expect(outsideFences(text())).toContain('### Stays');
  });

  it('says of verify which canaries arrived, and what was not tried', () => {
    const { view, text } = aSummary();
    const canary = {
      type: 'canary',
      rule: 'all',
      destination: 'b',
      key: 'k',
      outcome: 'replicated',
      seconds: 3,
    } as const;
    view.report(canary);
    view.report({ ...canary, tags: { s3repl: 'x' } });
    view.report({
      type: 'result',
      command: 'verify',
      outcome: 'verified',
      changes: 0,
      notTried: ['large objects', 'other tags'],
    });
    expect(text()).toContain('the canary arrived after 3 s\n✔ rule all → b: the tagged canary arrived after 3 s');
    expect(text()).toContain('not tried: large objects; other tags');
  });

  it.for(hostile)('renders nothing that others wrote as more than text: %j', async (text) => {
    const { view, text: written } = aSummary();
    const there = aSpec({ name: text, source: aSource({ bucket: text }), destinations: [aDestination()] });
    const plan = planApply(nothing, spec);
    const changes = plan.changes.map((change) => ({
      ...change,
      resource: `bucket ${text}`,
      after: { [text]: [text, { Sid: text }] },
    }));
    await view.plan({ ...plan, changes, stays: [text] }, there);
    view.report({ type: 'problem', code: text, message: text, fix: text, where: text });
    view.report({ type: 'warning', code: text, message: text });
    view.report({ type: 'step', ...bucket, resource: text, status: 'done' });
    view.report({
      type: 'canary',
      rule: text,
      destination: text,
      key: text,
      outcome: 'failed',
      seconds: 1,
      faults: [text],
    });
    view.diagnosis({
      source: branded({ account: text, bucket: text }),
      takenAt: text,
      outcome: 'blocked',
      checks: [{ check: 'C01', title: text, status: 'failed', why: text }],
      verdicts: [],
      causes: [],
    });
    const error = { code: text, message: text, fix: text };
    view.report({
      type: 'result',
      command: 'apply',
      outcome: 'failed',
      changes: 1,
      error,
      summary: text,
      next: { command: text, on: {} },
    });
    for (const line of outsideFences(written())) expect(line).toMatch(ourLines);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
    expect(written()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it.for([20_000, 5_000, 1_000])('stays within %i bytes, whole parts at a time, and says so', async (room) => {
    const { view, text } = aSummary(room);
    await view.plan(planApply(nothing, spec), spec);
    for (let n = 0; n < 100; n++)
      view.report({ type: 'warning', code: 'c', message: `warning ${n}: ${'ä'.repeat(80)}` });
    view.report(applied);
    expect(Buffer.byteLength(text())).toBeLessThanOrEqual(room);
    for (const line of outsideFences(text())) expect(line).toMatch(ourLines);
    expect(text()).toMatch(/\*\*\d+ parts are left out/);
    expect(text()).toContain('8 created');
  });

  it('writes nothing where there is no room for what matters most', () => {
    const { view, text } = aSummary(200);
    view.report(applied);
    expect(text()).toBe('');
  });
});
