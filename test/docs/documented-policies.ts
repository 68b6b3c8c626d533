import { readFileSync } from 'node:fs';
import type { PolicyDocument } from '../../src/plan/policy.ts';

/** The policies of docs/permissions.md: of the source account and of the destination account. */
export function documentedPolicies(): readonly [source: PolicyDocument, destination: PolicyDocument] {
  const text = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
  const [source, destination] = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json]) => JSON.parse(json ?? '') as PolicyDocument,
  );
  if (source === undefined || destination === undefined) throw new Error('docs/permissions.md has no two policies');
  return [source, destination];
}
