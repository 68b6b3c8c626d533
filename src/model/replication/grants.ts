/** Statements that allow what is needed, and more than is wise. */
import { listOf, type Statement, statementsOf } from '../../aws/policy.ts';
import type { Place } from '../decision.ts';
import { matches, wildcardPattern } from '../evaluation/pattern.ts';
import type { Cause } from '../verdict.ts';
import type { Answer } from './ask.ts';
import { evidenceAt } from './evidence.ts';
import { isWithin } from './path.ts';
import type { Prepared } from './prepare.ts';

export function grantRemarks(prepared: Prepared, answer: Answer, place: Place): readonly Cause[] {
  const { policy, statement } = place;
  const question = `remarks ${answer.action} ${answer.bucket} ${statement} ${policy}`;
  return prepared.answerOnce(question, () => remarksOn(prepared, answer, place));
}

function remarksOn(prepared: Prepared, answer: Answer, place: Place): readonly Cause[] {
  const policy = prepared.places.get(place.policy);
  const statement = policy && statementsOf(policy.document)[place.statement];
  if (policy === undefined || statement === undefined) return [];
  const evidence = evidenceAt(prepared, place);
  const ofRole = isWithin(policy.path, prepared.role.path);
  const wide = listOf(statement.Action).find((action) => /^(\*|s3:\*|kms:\*)$/i.test(action));
  return [
    ...(ofRole && wide !== undefined
      ? [
          {
            check: 'C38' as const,
            summary: `Role ${prepared.role.arn} may do ${wide}, more than replication needs.`,
            fix: `List the actions that replication needs, such as ${answer.action}, in place of ${wide}.`,
            evidence,
          },
        ]
      : []),
    ...contextPatterns(statement)
      .filter((pattern) => reachesOthers(pattern, answer.bucket))
      .map((pattern) => ({
        check: 'C22' as const,
        summary: `The encryption context ${pattern} also matches buckets whose names begin the same way.`,
        fix: `List the bucket ARN and the bucket ARN followed by /* in place of ${pattern}.`,
        evidence: { ...evidence, sources: [{ note: 'rules.md 0.4 (b)' }] },
      })),
  ];
}

function contextPatterns({ Condition: condition = {} }: Statement): readonly string[] {
  return Object.entries(condition)
    .filter(([operator]) => /like/i.test(operator) && !/not/i.test(operator))
    .flatMap(([, keys]) => Object.entries(keys))
    .filter(([key]) => key.toLowerCase() === 'kms:encryptioncontext:aws:s3:arn')
    .flatMap(([, patterns]) => listOf(patterns));
}

/** Whether a pattern also covers a bucket of a longer name. */
function reachesOthers(text: string, bucket: string): boolean {
  return matches(wildcardPattern(text), `${bucket}-another`);
}
