import { InvalidArgumentError } from 'commander';

export function keyPrefix(text: string): string {
  if (text === '' || text.startsWith('/')) throw new InvalidArgumentError('it is a prefix of keys: canary/');
  return text.endsWith('/') ? text : `${text}/`;
}
