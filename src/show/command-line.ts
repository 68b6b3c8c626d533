import type { NextCommand } from '../events/event.ts';
import { shellWord } from '../text/shell-word.ts';

export function commandLine({ command, operands = [], flags = [], on }: NextCommand): string {
  return [
    `s3repl ${command}`,
    ...operands.map(shellWord),
    ...flags.flatMap(([flag, value]) => (value === undefined ? flag : [flag, shellWord(value)])),
    ...(on.configs ?? []).map((file) => `--config ${shellWord(file)}`),
    ...(on.sandbox ? ['--sandbox'] : []),
    ...(on.state === undefined ? [] : [`--state ${shellWord(on.state)}`]),
    ...(on.sameValues ? ['… (and the same values)'] : []),
  ].join(' ');
}
