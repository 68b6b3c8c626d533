import type { Probe } from '../probes.ts';
import type { Cause } from '../verdict.ts';
import { askS3 } from './ask.ts';
import type { Prepared } from './prepare.ts';

const action = 's3:GetObjectVersionAnnotationForReplication';

/** Annotations need a right of their own (S3 User Guide, annotations-overview). Reported once and not as a cause: most buckets have none. */
export function unreadAnnotations(prepared: Prepared, probes: readonly Pick<Probe, 'object'>[]): readonly Cause[] {
  const refused = probes.some(({ object }) => {
    const { decision } = askS3(prepared, action, prepared.source, object);
    return decision.effect === 'denied' && decision.mayDeny === undefined;
  });
  if (!refused) return [];
  const { role, source } = prepared;
  return [
    {
      check: 'C11',
      summary: `Annotations of objects do not replicate: role ${role.arn} is not allowed ${action}. The objects replicate without them.`,
      fix: `Where objects have annotations, allow ${action} on ${source.arn}/* to the role.`,
      evidence: { arn: role.arn, path: role.path },
    },
  ];
}
