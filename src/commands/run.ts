import type { Result } from '../events/event.ts';
import { Failure } from '../events/failure.ts';
import type { CommonOptions } from '../session/common-options.ts';
import type { Context } from '../session/context.ts';
import { runOneOrSeveral } from '../session/one-or-several.ts';
import type { Declaration } from './declaration.ts';

export async function runCommand(command: Declaration, given: CommonOptions, context: Context): Promise<Result> {
  const options = command.readsOnly?.({ ...given }) ? await findConfig(given) : given;
  const run = (one: CommonOptions, within: Context) => runOnOne(command, one, within);
  return command.options.includes('configs') ? runOneOrSeveral(command, run, options, context) : run(options, context);
}

async function findConfig(options: CommonOptions): Promise<CommonOptions> {
  const { withFoundConfig } = await import('../session/find-config.ts');
  return withFoundConfig(options);
}

export async function runOnOne(command: Declaration, options: CommonOptions, context: Context): Promise<Result> {
  assertTogether(command, options);
  const { load } = command;
  if ('action' in load) return (await load.action()).run(options, context);
  if ('commands' in load) throw new Error(`${command.name} is a name for several commands`);
  const { runInSession } = await import('../session/in-session.ts');
  return runInSession(load.session, options, context);
}

/** @throws Failure `invalid` where an option was given without the one that it needs. */
function assertTogether(command: Declaration, options: CommonOptions): void {
  const given = new Map(Object.entries(options));
  for (const option of command.options) {
    if (typeof option === 'string') continue;
    const [flag, , { onlyWith } = {}] = option;
    const name = memberOf(flag);
    if (onlyWith === undefined || !given.get(name) || given.get(memberOf(onlyWith))) continue;
    throw new Failure('invalid', name, `${flag} goes with ${onlyWith} only`, 'leave it out');
  }
}

function memberOf(flag: string): string {
  return flag.replace(/^--/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
