/**
 * The policies of `s3repl permissions` are exactly enough: with them every command does its work, and without any single action of
 * any statement it says which one is missing. Here every so many-th of these runs, others with each seed; `npm run test:permissions`
 * does them all, and so does `npm run test:draws`.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { listOf, type PolicyDocument, statementsOf } from '../../src/aws/policy.ts';
import { drawFrom, drawsAll } from '../draws.ts';
import { inPlaceOf } from '../in-place-of.ts';
import { printed } from './printed.ts';
import { runs, type Scenario, scenarios } from './scenarios.ts';
import { type Policies, type Ran, ran, roleName, sandboxFrom } from './set-up-roles.ts';

/** What the setup roles have asked to be allowed, as `account action`. */
const asked = new Set<string>();
inPlaceOf.evaluate = (real, question, ...policies) => {
  const { caller, action } = question;
  if ('roleArn' in caller && caller.roleArn.endsWith(`/${roleName}`))
    // SNS names its actions in capitals.
    asked.add(`${caller.account} ${action.replace('SNS:', 'sns:')}`);
  return real(question, ...policies);
};

/** Of this the sandbox knows nothing; AWS asks for it (API: ListAccountAliases), and without it less is shown. */
const notInTheSandbox = ['iam:ListAccountAliases'];

/** Less is done, or less is known, and that is said: docs/permissions.md has the list. */
const done = ['planned', 'unchanged', 'applied', 'verified', 'healthy', 'destroyed', 'done', 'differs', 'unknown'];

interface Life {
  readonly scenario: Scenario;
  readonly policies: Policies;
  readonly ran: Ran;
  readonly asked: ReadonlySet<string>;
}

async function lived(scenario: Scenario, policies: Policies): Promise<Life> {
  const state = await scenario.from();
  const sandbox = await sandboxFrom(state, policies);
  const more = scenario.more?.(state);
  asked.clear();
  const run = runs[scenario.purpose];
  const end = await ran(sandbox, scenario.config, (options, context) => run({ ...options, ...more }, context));
  return { scenario, policies, ran: end, asked: new Set(asked) };
}

/** One action of one statement. */
interface Right {
  readonly account: string;
  readonly sid: string;
  readonly action: string;
}

function rightsIn(policies: Policies): readonly Right[] {
  return Object.entries(policies).flatMap(([account, policy]) =>
    statementsOf(policy).flatMap(({ Sid: sid = '', Action }) =>
      listOf(Action).map((action) => ({ account, sid, action })),
    ),
  );
}

function without(policies: Policies, { account, sid, action }: Right): Policies {
  const fewer = (policy: PolicyDocument): PolicyDocument => ({
    ...policy,
    Statement: statementsOf(policy).flatMap((statement) => {
      if (statement.Sid !== sid) return [statement];
      const Action = listOf(statement.Action).filter((one) => one !== action);
      return Action.length === 0 ? [] : [{ ...statement, Action }];
    }),
  });
  return Object.fromEntries(
    Object.entries(policies).map(([id, policy]) => [id, id === account ? fewer(policy) : policy]),
  );
}

/** What a person learns from a run without a right, compared with one that has it. */
function told(before: Ran, after: Ran, { account, action }: Right): 'nothing' | 'too little' | 'what is missing' {
  if (after.outcome === before.outcome && after.said === before.said) return 'nothing';
  const named = [action, account].every((name) => after.said.replaceAll('SNS:', 'sns:').includes(name));
  const who = after.said.includes(`arn:aws:sts::${account}:assumed-role/${roleName}/`);
  const isDone = done.includes(after.outcome) || after.outcome === before.outcome;
  return named && (who || isDone) ? 'what is missing' : 'too little';
}

/** Of the rights; `npm run test:permissions` takes each away. */
const every = 64;

const lives: Life[] = [];
beforeAll(async () => {
  for (const scenario of scenarios)
    lives.push(
      await lived(scenario, await printed(scenario.config, [scenario.purpose], scenario.flags, await scenario.from())),
    );
});

describe('with the policies that s3repl permissions prints for a command', () => {
  it.each(scenarios)('$purpose of $of ends as $ends', ({ purpose, of, ends }) => {
    const life = lives.find(({ scenario }) => scenario.purpose === purpose && scenario.of === of);
    expect(life?.ran.outcome, life?.ran.said).toBe(ends);
  });
});

describe.each(Object.keys(runs))('of the policies for %s', (purpose) => {
  const own = () => lives.filter(({ scenario }) => scenario.purpose === purpose);
  const needs = ({ asked: all }: Life, { account, action }: Right) => all.has(`${account} ${action}`);

  it('every action is asked for', () => {
    const idle = own()
      .flatMap(({ policies }) => rightsIn(policies))
      .filter((right) => !own().some((life) => needs(life, right)) && !notInTheSandbox.includes(right.action));
    expect(idle).toEqual([]);
  });

  it('no action can be taken away without being missed by name', async () => {
    const cases = own().flatMap((life) =>
      rightsIn(life.policies)
        .filter((right) => needs(life, right))
        .map((right) => ({ life, right })),
    );
    const missed = new Set<string>();
    const findings: string[] = [];
    for (const { life, right } of drawFrom(cases, every)) {
      const { scenario, policies } = life;
      const after = await lived(scenario, without(policies, right));
      const named = `${right.account} ${right.sid} ${right.action}`;
      const learned = told(life.ran, after.ran, right);
      if (learned === 'what is missing') missed.add(named);
      if (learned === 'too little')
        findings.push(`${named}, ${purpose} of ${scenario.of}: ${after.ran.outcome}\n${after.ran.said}`);
    }
    expect(findings).toEqual([]);
    if (!drawsAll) return;
    process.stdout.write(
      `permissions: ${purpose}: ${cases.length} runs without one action, ${missed.size} rights missed by name\n`,
    );
    const all = new Set(cases.map(({ right: { account, sid, action } }) => `${account} ${sid} ${action}`));
    expect([...all].filter((right) => !missed.has(right))).toEqual([]);
  });
});
