import { type Command, Option } from 'commander';

export function withOutputOptions(command: Command): Command {
  return command
    .option('--json', 'one JSON object a line on stdout')
    .option('--no-color', 'no color (NO_COLOR works as well)');
}

export function withCallsOutput(command: Command): Command {
  return withOutputOptions(command).addOption(verboseOption());
}

export function withYesOption(command: Command): Command {
  return command.addOption(yesOption());
}

function verboseOption(): Option {
  return new Option('--verbose', 'each AWS call on stderr');
}

function yesOption(): Option {
  return new Option('-y, --yes', 'do not ask (for pipelines)');
}

/** Every command takes them, so that a script can add them to all. Where they do nothing, help does not offer them. */
export function withSilentOptions(command: Command): Command {
  const missing = silentOptions().filter(({ long }) => !command.options.some((one) => one.long === long));
  return missing.reduce((one, option) => one.addOption(option.hideHelp()), command);
}

/** Of an option that help hides. */
export function isSilent({ long }: Option): boolean {
  return silentOptions().some((one) => one.long === long);
}

function silentOptions(): readonly Option[] {
  return [verboseOption(), yesOption(), new Option('--sandbox')];
}
