import type { GivenFlag, NextCommand } from '../events/event.ts';
import { shellWord } from '../text/shell-word.ts';

export function commandLine({ command, operands = [], flags = [], on }: NextCommand): string {
  const { configs = [], profile, destinationProfile, sandbox, state, values = [] } = on;
  const given: readonly GivenFlag[] = [
    ...flags,
    ...configs.map((file) => ['--config', file] as const),
    ...(profile === undefined ? [] : [['--profile', profile] as const]),
    ...(destinationProfile === undefined ? [] : [['--destination-profile', destinationProfile] as const]),
    ...(sandbox ? [['--sandbox'] as const] : []),
    ...(state === undefined ? [] : [['--state', state] as const]),
    ...values,
  ];
  return [`s3repl ${command}`, ...operands.map(shellWord), ...given.map(flagText)].join(' ');
}

/** A value that begins with a dash would be taken for an option. */
function flagText([flag, value]: GivenFlag): string {
  if (value === undefined) return flag;
  return `${flag}${value.startsWith('-') ? '=' : ' '}${shellWord(value)}`;
}
