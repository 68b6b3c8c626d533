import type { CommanderError } from 'commander';
import { commands } from '../commands/commands.ts';
import type { Result } from '../events/event.ts';
import { withoutPeriod } from '../text/without-period.ts';
import { hintFor } from './hints.ts';

/** What Commander refuses, in one line, and where to read on. @param argv that it could not understand. */
export function usageError({ message }: Pick<CommanderError, 'message'>, argv: readonly string[]): Result {
  const [said = '', guess] = message.replace(/^error: /, '').split(/\n(?=\(Did you mean )/);
  const hint = hintFor(argv);
  // What is spelled alike may mean something else.
  const near = guess === undefined || hint !== undefined ? '' : ` ${guess}`;
  const text = `${withoutPeriod(said.replace(/ is invalid\. (?=[a-z])/, ' is invalid: '))}${near}`;
  const fix = hint ?? `${helpFor(argv)} lists what it takes`;
  return { outcome: 'invalid', changes: 0, error: { code: 'arguments', message: text, fix } };
}

function helpFor([first]: readonly string[]): string {
  return ['s3repl', ...commands.map(({ name }) => name).filter((name) => name === first), '--help'].join(' ');
}
