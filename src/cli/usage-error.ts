import type { CommanderError } from 'commander';
import { commands } from '../commands/commands.ts';
import type { Declaration } from '../commands/declaration.ts';
import type { Result } from '../events/event.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { hintFor } from './hints.ts';

/** What Commander refuses, in one line, and where to read on. @param argv that it could not understand. */
export async function usageError(
  { message }: Pick<CommanderError, 'message'>,
  argv: readonly string[],
): Promise<Result> {
  const [said = '', guess] = message.replace(/^error: /, '').split(/\n(?=\(Did you mean )/);
  const hint = hintFor(argv);
  // What is spelled alike may mean something else.
  const near = guess === undefined || hint !== undefined ? '' : ` ${guess}`;
  const text = `${withoutPeriod(said.replace(/ is invalid\. (?=[a-z])/, ' is invalid: '))}${near}`;
  const fix = hint ?? `${await helpFor(argv)} lists what it takes`;
  return { outcome: 'invalid', changes: 0, error: { code: 'arguments', message: text, fix } };
}

/** The help of the innermost command that the words name. */
async function helpFor(argv: readonly string[]): Promise<string> {
  let named: readonly string[] = [];
  let inner: readonly Declaration[] = commands;
  for (const word of argv) {
    const found = inner.find(({ name }) => name === [...named, word].join(' '));
    if (found === undefined) break;
    named = [...named, word];
    inner = 'commands' in found.load ? (await found.load.commands()).commands : [];
  }
  return ['s3repl', ...named, '--help'].join(' ');
}
