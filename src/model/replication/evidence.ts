import type { Place } from '../decision.ts';
import type { Evidence } from '../verdict.ts';
import type { Path } from './path.ts';
import type { PolicyPlace, Prepared } from './prepare.ts';

export function evidenceAt({ places }: Prepared, { policy, statement, sid }: Place): Evidence {
  const place = places.get(policy);
  const at = place && { arn: place.arn, path: statementPath(place, statement) };
  return { ...at, ...(sid !== undefined && { sid }) };
}

function statementPath({ path, document }: PolicyPlace, statement: number): Path {
  const member = [...path, 'Statement'];
  return Array.isArray(document.Statement) ? [...member, statement] : member;
}

/** `statement ReplicaWrites of the bucket policy of DST`. */
export function nameOf({ policy, statement, sid }: Place): string {
  return `${sid === undefined ? `statement ${statement + 1}` : `statement ${sid}`} of the ${policy}`;
}
