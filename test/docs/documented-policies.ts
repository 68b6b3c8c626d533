import { readFileSync } from 'node:fs';
import type { PolicyDocument } from '../../src/plan/policy.ts';

const names = ['source', 'destination', 'destroying', 'deletingKeys', 'canaryAtSource', 'canaryAtDestination'] as const;

/** The policies of docs/permissions.md, in the order in which they stand there. */
export function documentedPolicies(): Readonly<Record<(typeof names)[number], PolicyDocument>> {
  const text = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
  const [source, destination, destroying, deletingKeys, canaryAtSource, canaryAtDestination, ...others] = [
    ...text.matchAll(/```json\n([\s\S]*?)```/g),
  ].map(([, json]) => JSON.parse(json ?? '') as PolicyDocument);
  if (!source || !destination || !destroying || !deletingKeys || !canaryAtSource || !canaryAtDestination || others[0]) {
    throw new Error(`docs/permissions.md has other policies than ${names.join(', ')}`);
  }
  return { source, destination, destroying, deletingKeys, canaryAtSource, canaryAtDestination };
}
