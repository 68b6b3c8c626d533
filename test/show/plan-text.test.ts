import { describe, expect, it } from 'vitest';
import { planApply } from '../../src/plan/plan.ts';
import { phaseTitles, planLines } from '../../src/show/plan-text.ts';
import { nameNewKeys } from '../../src/show/readable.ts';
import type { Change } from '../../src/state/change.ts';
import { aRole, aSpec, nothing, SOURCE } from '../builders.ts';

function aChange(change: Partial<Change> = {}): Change {
  const [, , bucket] = planApply(nothing, aSpec()).changes;
  if (!bucket) throw new Error('a fresh setup has changes');
  return { ...bucket, action: 'change', before: null, after: null, calls: [], ...change };
}

function textOf(...changes: readonly Change[]): string {
  return planLines(changes)
    .map(({ text }) => text)
    .join('\n');
}

const fresh = planLines(planApply(nothing, aSpec()).changes);

describe('a plan for people', () => {
  it('has the five steps of the article as headings, in their order, and the sums last', () => {
    const headings = fresh.filter(({ sign }) => sign === '#').map(({ text }) => text);
    expect(headings).toEqual([
      '1  KMS keys',
      '2  Versioned buckets with default encryption SSE-KMS',
      '3  Replication role',
      '4  Bucket policies and key policies',
      '5  Replication rules',
      'Plan: 9 to create, 0 to change, 0 to remove.',
    ]);
    expect(fresh.at(-1)?.sign).toBe('#');
  });

  it('shows a step under its number, whatever the order of the changes, and no empty step', () => {
    const late = aChange({ step: 'replication-rule', phase: 5 });
    const text = textOf(late, aChange());
    expect(text.indexOf(phaseTitles[2])).toBeLessThan(text.indexOf(phaseTitles[5]));
    expect(text).not.toContain(phaseTitles[1]);
  });

  it.each([
    ['create', '+'],
    ['change', '~'],
    ['remove', '-'],
  ] as const)('marks a resource to %s with %s, in the text as well', (action, sign) => {
    const [, line] = planLines([aChange({ action })]);
    expect(line).toEqual({ sign, text: `  ${sign} bucket acme-invoices  ${SOURCE} eu-west-1` });
  });

  it('has every sign in the text, so that nothing is lost without colour', () => {
    for (const { sign, text } of fresh) {
      if (sign === '#' || sign === ' ') continue;
      expect(text.trimStart().charAt(0)).toBe(sign);
    }
    expect(fresh.some(({ sign }) => sign === '+')).toBe(true);
  });

  it('shows the lines that differ with their sign, the others around them without', () => {
    const before = { Versioning: 'Suspended', Region: 'eu-west-1', Tags: { a: '1' } };
    const [, , ...lines] = planLines([aChange({ before, after: { ...before, Versioning: 'Enabled' } })]);
    expect(lines.slice(0, 5)).toEqual([
      { sign: '-', text: '    - Versioning: Suspended' },
      { sign: '+', text: '    + Versioning: Enabled' },
      { sign: ' ', text: '      Region: eu-west-1' },
      { sign: ' ', text: '      Tags:' },
      { sign: ' ', text: '        a: "1"' },
    ]);
  });

  it('shows a removed document with every line gone, a created one with every line new', () => {
    expect(textOf(aChange({ action: 'remove', before: { A: 1, B: [2] } }))).toContain(
      '    - A: 1\n    - B:\n    -   - 2\n',
    );
    expect(textOf(aChange({ action: 'create', after: { A: 1, B: [2] } }))).toContain(
      '    + A: 1\n    + B:\n    +   - 2\n',
    );
  });

  it('separates places that are far apart by …', () => {
    const members = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`m${index}`, index]));
    const lines = planLines([aChange({ before: members, after: { ...members, m0: 'x', m19: 'y' } })]);
    expect(lines.map(({ text }) => text)).toContain('      …');
    expect(lines.map(({ text }) => text).join()).not.toContain('m10');
  });

  it('shows no difference where only the order of members is another one', () => {
    const before = { A: 1, B: { C: 2, D: [{ E: 3, F: 4 }] } };
    const after = { B: { D: [{ F: 4, E: 3 }], C: 2 }, A: 1 };
    const lines = planLines([aChange({ before, after })]);
    expect(lines.filter(({ text }) => /^ {4}[+-]/.test(text))).toEqual([]);
  });

  it('shows the order of a list, which means something', () => {
    const lines = planLines([aChange({ before: { A: ['x', 'y'] }, after: { A: ['y', 'x'] } })]);
    expect(lines.filter(({ text }) => /^ {4}[+-]/.test(text))).toHaveLength(2);
  });

  it('shows one changed member only, also where the others changed their order', () => {
    const before = { A: 1, B: 2, C: 3 };
    const lines = planLines([aChange({ before, after: { C: 3, B: 9, A: 1 } })]);
    const signed = lines.filter(({ text }) => /^ {4}[+-]/.test(text)).map(({ text }) => text.trim());
    expect(signed).toEqual(['- B: 2', '+ B: 9']);
  });

  it('says what is the same twice twice: no anchors of YAML', () => {
    const same = { Sid: 'x' };
    expect(textOf(aChange({ after: { A: same, B: same } }))).not.toMatch(/[&*]a1/);
  });

  it('has account and Region on a line of their own where the name is long', () => {
    const resource = `policy of key ${'x'.repeat(60)}`;
    const [, first, second] = planLines([aChange({ resource })]);
    expect(first?.text).toBe(`  ~ ${resource}`);
    expect(second?.text).toBe(`      ${SOURCE} eu-west-1`);
  });

  it('keeps titles within 80 columns where they can be', () => {
    for (const { text } of fresh.filter(({ text }) => /^ {2}[+~-] /.test(text) && !text.includes('(new key'))) {
      expect(text.length).toBeLessThanOrEqual(80);
    }
  });

  it('says nothing of what is not there', () => {
    const after = { Versioning: 'Enabled', Policy: null };
    const lines = planLines([aChange({ before: { Versioning: null, Policy: null }, after })]);
    expect(lines.map(({ text }) => text).join('\n')).not.toContain('null');
  });

  it('names a key that does not exist by its alias, and shows no ARN of it', () => {
    const text = fresh.map((line) => line.text).join('\n');
    expect(text).toContain('policy of key alias/s3repl-invoices-dr-replica');
    expect(text).toContain('KMSMasterKeyID: (new key s3repl-invoices-dr)');
    expect(text).not.toContain(':key/');
    expect(nameNewKeys('a real arn:aws:kms:eu-west-1:111111111111:key/1')).toBe(
      'a real arn:aws:kms:eu-west-1:111111111111:key/1',
    );
  });

  it('says that nothing is to be done where there is nothing', () => {
    expect(planLines([])).toEqual([{ sign: '#', text: 'Plan: 0 to create, 0 to change, 0 to remove.' }]);
  });

  it('shows no trust policy twice where only the tags of a role change', () => {
    const role = aRole({ tags: { s3repl: 'invoices-dr' } });
    const arn = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`;
    const spec = aSpec({ tags: { team: 'platform' } });
    const { desired } = planApply(nothing, aSpec());
    const observed = {
      accounts: {
        ...desired.accounts,
        [SOURCE]: {
          roles: { [arn]: { ...(desired.accounts[SOURCE]?.roles[arn] ?? role) } },
          buckets: {},
          keys: {},
        },
      },
    };
    const change = planApply(observed, spec).changes.filter(({ step }) => step === 'replication-role');
    const signed = planLines(change).filter(({ text }) => /^ {4}[+-]/.test(text));
    expect(signed.map(({ text }) => text.trim())).toEqual(['+   team: platform']);
  });
});
