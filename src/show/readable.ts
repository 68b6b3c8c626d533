import { newKeyPattern } from '../state/names.ts';

/** A key that does not exist yet has no ARN: shows *(new key)* and its future alias. */
export function nameNewKeys(value: string): string {
  return value.replace(newKeyPattern, '(new key $1)');
}
