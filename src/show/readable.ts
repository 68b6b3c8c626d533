import { newKeyPattern } from '../state/names.ts';

/** A key that does not exist yet has no ARN: *(new key)* and the alias that it will have. */
export function nameNewKeys(value: string): string {
  return value.replace(newKeyPattern, '(new key $1)');
}
