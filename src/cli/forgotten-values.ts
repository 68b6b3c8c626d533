/** Commander takes whatever comes next as a value: with `--summary --sandbox` a command would write to a file named `--sandbox`, and go to AWS. */
import type { Command, Option } from 'commander';
import { Failure } from '../events/failure.ts';

/** Refuses an option in place of a value, an empty file name and `-`; `--name=value` stays the way to write any other value. */
export function refuseForgottenValues(command: Command): void {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (args) => {
    const forgotten = findForgottenValue(command, args);
    if (forgotten) throw forgotten;
    return parse(args);
  };
}

function findForgottenValue(command: Command, args: readonly string[]): Failure | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const given = args[at] ?? '';
    if (given === '--') return undefined;
    const unnamed = command.options.find(({ long, flags }) => given === `${long}=` && takesPath(flags));
    if (unnamed) return failure(unnamed, given.slice(0, -1), 'nothing comes next');
    const option = command.options.find((one) => isNameOf(one, given));
    if (!option?.required) continue;
    at += 1;
    const wrong = findWrongValue(option, given, args[at], command);
    if (wrong) return wrong;
  }
  return undefined;
}

function findWrongValue(
  option: Option,
  given: string,
  value: string | undefined,
  command: Command,
): Failure | undefined {
  if (value !== undefined && isOption(value, command))
    return failure(option, given, `the option ${value} comes next`, value);
  if (!takesPath(option.flags)) return undefined;
  if (value === '') return failure(option, given, 'what comes next is empty');
  return value === '-' ? standardStreamFailure(given) : undefined;
}

/** Other tools mean standard input or output by it. */
function standardStreamFailure(given: string): Failure {
  return new Failure(
    'invalid',
    'arguments',
    `${given} takes the name of a file, and - is none`,
    'a file of that name is ./-',
  );
}

/** Names of files and objects may begin with a single dash too, so only existing short options count. */
function isOption(text: string, command: Command): boolean {
  return text.startsWith('--') || text === '-h' || command.options.some((option) => isNameOf(option, text));
}

function takesPath(flags: string): boolean {
  return /<(dir|file)/.test(flags);
}

function isNameOf({ long, short }: Option, text: string): boolean {
  return text === long || text === short;
}

function failure(option: Option, given: string, but: string, value?: string): Failure {
  const missing = /<(.+)>/.exec(option.flags)?.[1]?.replace(/\.\.\.$/, '') ?? 'value';
  return new Failure(
    'invalid',
    'arguments',
    `${given} needs a value, ${given} <${missing}>, but ${but}`,
    value === undefined
      ? 'give the value, or leave the option out'
      : `give the value; write a value that begins with a dash as ${given}=${value}`,
  );
}
