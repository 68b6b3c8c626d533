import { askS3 } from './ask.ts';
import { causeOf } from './explain.ts';
import { settingOf } from './find.ts';
import { type Finding, needs, stops, unread, warns } from './finding.ts';
import type { Prepared } from './prepare.ts';
import type { Rule } from './rule.ts';

/** S3 refuses to suspend versioning under a replication configuration (recorded/replication.md 6). */
export function sourceState(prepared: Prepared): readonly Finding[] {
  const { name, arn, path, value } = prepared.source;
  const versioning = settingOf(value, 'versioning');
  const where = [...path, 'versioning'];
  if (versioning === 'Enabled') return [];
  if (versioning === 'unknown') return [unread('C06', `versioning of bucket ${name}`, where)];
  const summary = `Versioning of source bucket ${name} is not enabled.`;
  const fix = `Enable versioning of ${name} (s3:PutBucketVersioning).`;
  return [stops(null, { check: 'C06', summary, fix, evidence: { arn, path: where } })];
}

/** AWS asks for s3:GetReplicationConfiguration and s3:ListBucket, without a failure code (rules.md 2.1); nobody has seen an object fail for them. */
export function readConfiguration(prepared: Prepared): readonly Finding[] {
  return prepared.answerOnce('read configuration', () =>
    ['s3:GetReplicationConfiguration', 's3:ListBucket'].flatMap((action) => {
      const answer = askS3(prepared, action, prepared.source, null);
      const { decision } = answer;
      if (decision.effect !== 'denied') return [];
      const cause = causeOf(prepared, answer, decision, 'C11');
      const sources = ['S3 User Guide, setting-repl-config-perm-overview', { note: 'rules.md 2.1' }];
      return [warns({ ...cause, check: 'C11', evidence: { ...cause.evidence, sources } })];
    }),
  );
}

/** Delete markers require s3:ListBucket (S3 User Guide, setting-repl-config-perm-overview; rules.md 1.2 M16). Version 1 across accounts: rules.md 1.6 X-21. */
export function listSource(prepared: Prepared, rule: Rule): readonly Finding[] {
  const list = needs(prepared, askS3(prepared, 's3:ListBucket', prepared.source, null), null, 'C11');
  if (rule.version === 2) return list;
  const summary = `Rule ${rule.id} has a Prefix in place of a Filter; whether such rules replicate delete markers across accounts AWS's pages disagree.`;
  const fix = 'Write the rule with Filter, Priority and DeleteMarkerReplication.';
  const evidence = { path: rule.path, sources: [{ note: 'rules.md 1.6 X-21' }] };
  const isForeign = rule.account !== null && rule.account !== prepared.source.account;
  return isForeign ? [...list, warns({ check: 'C04', summary, fix, evidence })] : list;
}
