import { filterText, jointFilter, selectsAllOf } from '../../aws/rule-filter.ts';
import type { ClassCause } from '../classes/class-causes.ts';
import { covers } from '../classes/judge-classes.ts';
import { newObject } from '../governed-object.ts';
import type { ExclusionsOf } from '../probes.ts';
import { destinationSide, listEnabledRules, type Prepared } from '../replication/prepare.ts';
import type { Rule } from '../replication/rule.ts';
import { judgeObject } from '../replication.ts';

/** What both rules select must replicate under the stronger one (S3 User Guide, replication-add-config). Rules taken as a whole are reported elsewhere. */
export function findTakenObjects(
  prepared: Prepared,
  isOurs: (rule: Rule) => boolean,
  exclusionsOf: ExclusionsOf,
): readonly Pick<ClassCause, 'level' | 'cause' | 'exclusions'>[] {
  const rules = listEnabledRules(prepared);
  const others = rules.filter((rule) => !isOurs(rule));
  return rules.filter(isOurs).flatMap((rule) => {
    const stronger = others.filter(
      (one) => one.destination === rule.destination && one.priority > rule.priority && !selectsAllOf(one, rule),
    );
    return stronger.flatMap((one) => explainTaken(prepared, rule, one, exclusionsOf) ?? []);
  });
}

function explainTaken(
  prepared: Prepared,
  rule: Rule,
  stronger: Rule,
  exclusionsOf: ExclusionsOf,
): Pick<ClassCause, 'level' | 'cause' | 'exclusions'> | undefined {
  const joint = jointFilter(rule, stronger);
  if (joint === undefined) return undefined;
  const object = newObject(prepared.snapshot, joint);
  const verdict = judgeObject(prepared, object).find(
    (one) => one.rule === stronger.id && one.destination === rule.destination,
  );
  if (verdict === undefined || verdict.outcome === 'replicates') return undefined;
  const [cause] = verdict.causes;
  const bucket = destinationSide(prepared, rule.destination).name;
  const tags = Object.fromEntries(joint.tags);
  const end =
    verdict.outcome === 'unknown' ? 's3repl cannot tell whether it replicates them' : 'it does not replicate them';
  return {
    level: exclusionsOf(rule).some((one) => covers(one, object))
      ? 'excluded'
      : verdict.outcome === 'unknown'
        ? 'unknown'
        : 'fails',
    cause: {
      check: 'C03',
      summary: `Rule ${stronger.id} (priority ${stronger.priority}), which is not of this setup, takes ${filterText(joint)} of rule ${rule.id} to ${bucket} first, and ${end}: ${cause?.summary ?? ''}`,
      fix: `${cause?.fix ?? ''} Or give the rule in repl.yaml a "priority" above ${stronger.priority}.`.trim(),
      evidence: {
        arn: prepared.source.arn,
        path: stronger.path,
        ...(cause?.evidence.unknown && { unknown: cause.evidence.unknown }),
      },
    },
    exclusions: [
      {
        rule: rule.id,
        objects: { ...(joint.prefix !== '' && { key: `${joint.prefix}*` }), ...(joint.tags.length > 0 && { tags }) },
      },
    ],
  };
}
