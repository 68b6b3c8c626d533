import { Argument, Command, Option } from 'commander';
import type { Declaration, Operand, OwnOption, SharedOptions } from '../commands/declaration.ts';
import { runCommand } from '../commands/run.ts';
import {
  commonOptions,
  withAcceptBreaking,
  withAcceptOptions,
  withConfigOptions,
  withConfigsOptions,
  withPracticeOptions,
  withStateOption,
  withSummaryOption,
} from '../session/common-options.ts';
import type { Runner } from '../session/context.ts';
import { withDeadlineOption } from '../session/deadline.ts';
import { withCallsOutput, withOutputOptions, withSilentOptions, withYesOption } from '../session/output-options.ts';

const shared: Readonly<Record<SharedOptions, (command: Command) => Command>> = {
  accept: withAcceptOptions,
  'accept-breaking': withAcceptBreaking,
  config: withConfigOptions,
  configs: withConfigsOptions,
  deadline: (command) => withDeadlineOption(command),
  'deadline of apply': (command) => withDeadlineOption(command, 'the apply that follows'),
  output: withOutputOptions,
  'output of calls': withCallsOutput,
  practice: withPracticeOptions,
  state: withStateOption,
  summary: withSummaryOption,
  yes: withYesOption,
};

export async function buildCommand(declaration: Declaration, run: Runner): Promise<Command> {
  const { name, description, operands = [], options, help, load } = declaration;
  const command = new Command(name.split(' ').at(-1)).description(description);
  for (const operand of operands) command.addArgument(argumentOf(operand));
  for (const option of options) {
    if (typeof option === 'string') shared[option](command);
    else command.addOption(await optionOf(option));
  }
  if (help !== undefined) command.addHelpText('after', help);
  if ('commands' in load) {
    const { commands } = await load.commands();
    for (const inner of commands) command.addCommand(await buildCommand(inner, run));
    return command;
  }
  withSilentOptions(command);
  return command.action((...values: readonly unknown[]) => {
    const byPlace = operands.flatMap((operand, at) => (values[at] === undefined ? [] : [[operand.name, values[at]]]));
    return run(name, (context) =>
      runCommand(
        declaration,
        { ...commonOptions(command), ...declaration.given, ...Object.fromEntries(byPlace) },
        context,
      ),
    );
  });
}

function argumentOf({ form, description, default: value, choices }: Operand): Argument {
  const argument = new Argument(form, description);
  if (choices) argument.choices(choices);
  return value === undefined ? argument : argument.default(value);
}

async function optionOf([flags, description, details = {}]: OwnOption): Promise<Option> {
  const { parse, repeated, choices, conflicts, hidden } = details;
  const option = new Option(flags, description);
  if (parse || repeated) {
    const read = parse ? await parse() : (text: string) => text;
    const collect = (text: string, before: unknown) => [...(Array.isArray(before) ? before : []), read(text)];
    option.argParser<unknown>(repeated ? collect : read);
  }
  if (choices) option.choices(choices);
  if (conflicts) option.conflicts([...conflicts]);
  if (hidden) option.hideHelp();
  return details.default === undefined ? option : option.default(details.default, details.defaultText);
}
