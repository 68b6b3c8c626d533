import { describe, expect, it } from 'vitest';
import { cases } from './cases.ts';
import { page, verdictOf, warningsOfAll } from './page.ts';
import { bucketPolicy, rolePolicy } from './set-up.ts';

function whyNot(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    return String(error);
  }
  return '';
}

describe("the article's setup", () => {
  it.each(cases.map((one) => [`${one.title} (rules.md 6.1 ${one.of})`, one] as const))('%s', (_, one) => {
    const verdict = verdictOf(one);
    expect(verdict).toMatchObject(one.expected);
    expect([...new Set(verdict.warnings.map(({ check }) => check))].sort()).toEqual(one.warns ?? []);
  });

  it('names the role policy for A1, and the tag right for A5', () => {
    const [first, , third] = cases.map(verdictOf);
    expect(first?.causes[0]).toMatchObject({ evidence: { arn: 'arn:aws:iam::111111111111:role/article-role' } });
    expect(first?.causes[0]?.summary).toMatch(/No permissions policy .* allows kms:Decrypt/);
    expect(third?.causes[0]?.summary).toContain('s3:GetObjectVersionTagging');
    expect(third?.replica?.tags).toBe(false);
  });

  it('names the statement that is about a role of the same name under another path (A18)', () => {
    const made = cases.find(({ of }) => of === 'A18');
    expect(made && verdictOf(made).causes).toMatchObject([
      { evidence: { sid: '1', mismatch: expect.stringMatching(/^Principal .*role.article-role is not/) } },
    ]);
  });

  it('tells nobody of failures (A17)', () => {
    expect(warningsOfAll().map(({ check }) => check)).toEqual(['C34']);
  });

  it.each([
    ['role policy', rolePolicy],
    ['bucket policy', bucketPolicy],
  ])('is no JSON as the article prints the %s: it stops at the first typographic quote (A6)', (_, document) => {
    const printed = JSON.stringify(document, null, 1)
      .replace(/"([^"]*)"/g, '“$1”')
      .replace(/(\d)-(\d)/g, '$1–$2');
    const [at] = /(?<=position )\d+/.exec(whyNot(printed)) ?? [];
    expect(printed[Number(at)]).toBe('“');
  });

  it('is told in docs/article.md word for word', async () => {
    await expect(page()).toMatchFileSnapshot('../../../docs/article.md');
  });
});
