import { InvalidArgumentError } from 'commander';

/** A prefix of keys, with its slash. */
export function keyPrefix(text: string): string {
  if (text === '' || text.startsWith('/')) throw new InvalidArgumentError('it is a prefix of keys: canary/');
  return text.endsWith('/') ? text : `${text}/`;
}
