import { describe, expect, it } from 'vitest';
import { beginInterview, questionsIn, treeOf, withdraw, withValues } from '../../src/config/interview.ts';
import { parseConfigTree } from '../../src/config/parse-config.ts';
import type { OfferedExclusion } from '../../src/model/classes/class-causes.ts';
import type { Preflight, PreflightCause } from '../../src/plan/preflight.ts';
import type { Prompts } from '../../src/session/prompts.ts';
import { askExceptions } from '../../src/wizard/ask-exceptions.ts';

const tree = {
  version: 1,
  name: 'invoices-dr',
  source: { account: '111111111111', region: 'eu-west-1', bucket: 'acme-invoices' },
  destinations: [
    {
      account: '222222222222',
      region: 'eu-central-1',
      bucket: 'acme-replica',
      rules: [
        { id: 'tax', prefix: 'tax/', priority: 2, except: [{ key: 'tax/old/*', why: 'known' }] },
        { id: 'pay', prefix: 'pay/', priority: 1 },
      ],
    },
  ],
};

function parsed(of: unknown = tree) {
  const read = parseConfigTree(of, { file: 'repl.yaml' });
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join());
  return read;
}

const offer = (rule: string, objects: OfferedExclusion['objects']): OfferedExclusion => ({
  rule: `s3repl.invoices-dr.${rule}`,
  objects,
});

function failing(...causes: readonly (readonly OfferedExclusion[] | undefined)[]): Preflight {
  const cause: PreflightCause = { check: 'C30', summary: 'denied', fix: 'allow it', evidence: {} };
  const all = causes.map((exclusions): PreflightCause => ({ ...cause, ...(exclusions && { exclusions }) }));
  return { outcome: 'fails', verdicts: [], causes: all, warnings: [], excluded: [], organizationUnread: false };
}

/** Somebody who answers so, and what they were asked. */
async function asked(checked: Preflight, answer: 'yes' | 'no' = 'yes') {
  const messages: string[] = [];
  const prompts: Prompts = {
    choose: async ({ message }) => {
      messages.push(message);
      return answer;
    },
    type: async () => 'it is ${secret}',
    search: async () => '',
    tick: async () => [],
  };
  return { values: await askExceptions(prompts, parsed(), checked), messages };
}

describe('what would not replicate', () => {
  const both = failing([offer('tax', { key: 'tax/hr/*' }), offer('pay', { key: 'pay/hr/*' })]);

  it('is offered to each rule with its own keys, after the exceptions that it has', async () => {
    const { values, messages } = await asked(both);
    expect(messages).toEqual(['Leave tax/hr/*, pay/hr/* out on purpose?']);
    expect(values).toEqual({
      'destinations[0].rules[0].except': [
        { key: 'tax/old/*', why: 'known' },
        { key: 'tax/hr/*', why: 'it is $${secret}' },
      ],
      'destinations[0].rules[1].except': [{ key: 'pay/hr/*', why: 'it is $${secret}' }],
    });
    const interview = withValues(beginInterview({ file: tree }), values ?? {});
    const rules = parsed(treeOf(interview)).spec.destinations.flatMap((side) => side.rules);
    expect(rules.map(({ except }) => except.map(({ key, why }) => [key, why]))).toEqual([
      [
        ['tax/old/*', 'known'],
        ['tax/hr/*', 'it is ${secret}'],
      ],
      [['pay/hr/*', 'it is ${secret}']],
    ]);
  });

  it('stays a failure where they are to replicate', async () => {
    expect((await asked(both, 'no')).values).toBeUndefined();
  });

  it('is offered once where several causes are about the same objects, and counted where there are many', async () => {
    const same = await asked(failing([offer('tax', { key: 'tax/a/*' })], [offer('tax', { key: 'tax/a/*' })]));
    expect(same.values?.['destinations[0].rules[0].except']).toHaveLength(2);
    const many = await asked(failing(['a', 'b', 'c', 'd', 'e'].map((name) => offer('pay', { key: `pay/${name}` }))));
    expect(many.messages).toEqual(['Leave pay/a, pay/b, pay/c, 2 more out on purpose?']);
  });

  it('is not offered where something else fails, where it cannot be named, or where s3repl cannot tell', async () => {
    const [hr] = [[offer('tax', { key: 'tax/hr/*' })]];
    for (const checked of [failing(hr, undefined), failing(hr, []), { ...failing(hr), outcome: 'unknown' as const }]) {
      expect(await asked(checked)).toEqual({ values: undefined, messages: [] });
    }
  });

  it('shows nothing that steers a terminal, and writes nothing that repl.yaml may not hold', async () => {
    const { values, messages } = await asked(failing([offer('tax', { key: 'tax/\u001b[2J*' })]));
    expect(messages.join()).not.toContain('\u001b');
    expect(values?.['destinations[0].rules[0].except']).toContainEqual(expect.objectContaining({ key: 'tax/?[2J*' }));
  });
});

it('the exceptions go with the answer to what is replicated', () => {
  const interview = beginInterview({ file: tree });
  const question = questionsIn(interview).find(({ kind }) => kind === 'selection');
  if (!question) throw new Error('no question');
  expect(JSON.stringify(treeOf(withdraw(interview, question)))).not.toContain('tax/old');
});
