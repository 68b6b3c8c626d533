import { InvalidArgumentError } from 'commander';

export function keyPrefix(text: string): string {
  if (text === '' || text.startsWith('/')) throw new InvalidArgumentError('use a key prefix, such as canary/');
  return text.endsWith('/') ? text : `${text}/`;
}
