/** What `init` looks around for, asked by its own questions, without a person: the first answer is taken. */
import { readFileSync } from 'node:fs';
import { accountIn } from '../../src/aws/arn.ts';
import { beginInterview, questionsIn } from '../../src/config/interview.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { AnySide } from '../../src/config/spec.ts';
import { signInAnywhere } from '../../src/connect/sign-in.ts';
import type { Result } from '../../src/events/event.ts';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { Context } from '../../src/session/context.ts';
import type { Choice, Prompts } from '../../src/session/prompts.ts';
import { sidesOf } from '../../src/state/names.ts';
import { ask } from '../../src/wizard/ask.ts';
import { type Cloud, connectionsBy } from '../../src/wizard/cloud.ts';
import { planSpec } from '../../src/wizard/review.ts';
import { current, type Options } from './set-up-roles.ts';

/** Asks for sign-in, bucket and key of each side, and makes the plan of the review; tells all that a person sees. */
export async function runDiscovery({ config }: Options, { stdout }: Context): Promise<Result> {
  const parsed = parseConfig(readFileSync(config, 'utf8'), { file: config, flags: {}, env: {} });
  if (!parsed.ok) throw new Error('the configuration is not valid');
  const { spec } = parsed;
  const cloud = cloudOf();
  const say = (text: string) => stdout.write(`${text}\n`);
  const shown = (choices: readonly Choice[]) => {
    for (const { name } of choices) say(name);
  };
  for (const side of sidesOf(spec)) {
    const prompts: Prompts = {
      choose: async ({ choices, preset }) => {
        shown(choices);
        return preset ?? choices[0]?.value ?? '';
      },
      search: async ({ find }) => {
        shown(await find(''));
        return side.bucket;
      },
      type: async () => side.bucket,
      tick: async () => [],
    };
    const answers = Object.fromEntries(sidesOf(spec).flatMap((one) => Object.entries(answersFor(one))));
    for (const member of ['account', 'bucket', 'kmsKey']) {
      const id = `${side.id}.${member}`;
      const { [id]: _asked, ...rest } = answers;
      const interview = beginInterview({ answers: { name: spec.name, ...rest }, advanced: true });
      const question = questionsIn(interview).find((one) => one.id === id);
      if (!question) throw new Error(`no question ${id}`);
      say(JSON.stringify(await ask({ question, interview, prompts, cloud, env: {}, say })));
    }
  }
  const made = await planSpec(cloud, spec, []);
  say(made.plan ? `${made.plan.changes.length} changes` : `No plan could be made: ${made.why}`);
  return { outcome: made.plan ? 'done' : 'failed', changes: 0 };
}

function answersFor(side: AnySide): Readonly<Record<string, string>> {
  const { id, account, region, bucket, access } = side;
  return {
    [`${id}.account`]: account,
    [`${id}.region`]: region,
    [`${id}.bucket`]: bucket,
    [`${id}.access.assumeRole`]: access.assumeRole ?? '',
  };
}

function cloudOf(): Cloud {
  const { sandbox } = current;
  if (!sandbox) throw new Error('no sandbox');
  const surroundings = {
    report: () => undefined,
    env: process.env,
    requestHandler: sandbox.requestHandler,
    credentialsFor:
      ({ account }: { readonly account: string | null }) =>
      async () =>
        sandboxCredentials(account ?? ''),
    now: sandbox.clock.now,
    sleep: sandbox.clock.sleep,
  };
  const signIn: Cloud['signIn'] = (whose) =>
    signInAnywhere({ ...whose, account: accountIn(whose.access.assumeRole ?? '') }, surroundings);
  return {
    sandboxAccounts: undefined,
    profiles: async () => [],
    signIn,
    connections: connectionsBy(signIn),
    close: async () => undefined,
  };
}
