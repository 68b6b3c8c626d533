import type { NextCommand } from '../events/event.ts';
import { shellWord } from '../text/shell-word.ts';

export function commandLine({ command, operands = [], flags = [], on }: NextCommand): string {
  const flagWords = ([flag, value]: readonly [string, string?]) =>
    value === undefined ? [flag] : [flag, shellWord(value)];
  return [
    `s3repl ${command}`,
    ...operands.map(shellWord),
    ...flags.flatMap(flagWords),
    ...(on.configs ?? []).map((file) => `--config ${shellWord(file)}`),
    ...(on.sandbox ? ['--sandbox'] : []),
    ...(on.state === undefined ? [] : [`--state ${shellWord(on.state)}`]),
    ...(on.values ?? []).flatMap(flagWords),
  ].join(' ');
}
