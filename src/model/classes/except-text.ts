import type { Exclusion } from '../object-class.ts';

/** `, except hr/* (personal data), SSE-S3 (legacy writers)`; nothing where there are none. */
export function exceptText(exclusions: readonly Exclusion[]): string {
  const texts = exclusions.map((one) => `${objectsText(one)} (${one.why})`);
  return texts.length === 0 ? '' : `, except ${texts.join(', ')}`;
}

export function objectsText({ key, tags = {}, encryption }: Omit<Exclusion, 'why'>): string {
  const named = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
  const parts = [...(key === undefined ? [] : [key]), ...named, ...(encryption === undefined ? [] : [encryption])];
  return parts.join(' and ');
}
