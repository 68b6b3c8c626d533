import { blindFailures } from './alerts/blind-failures.ts';
import { changesToCome, type Foreseen } from './changes-to-come.ts';
import { findCoveredRules, warnOfCovered } from './governed-object.ts';
import { probesOf } from './probes.ts';
import { oneSidedSync } from './replication/configuration-warnings.ts';
import { expiringKeyMaterial } from './replication/key-material.ts';
import { expiringReplicas, lifecycleRaces } from './replication/lifecycle-warnings.ts';
import { foreignReplicas, warnOfBlockedAcls } from './replication/ownership-warnings.ts';
import { literalPrefixes } from './replication/prefix-warnings.ts';
import { listEnabledRules, type Prepared } from './replication/prepare.ts';
import type { Rule } from './replication/rule.ts';
import type { Cause } from './verdict.ts';

/**
 * Warnings on the whole configuration: {@link ruleWarnings}, rules without effect (C28), lifecycle that may come first (C31), failures that nobody
 * hears of (C34), and one-sided replica modification sync (rules.md 2.3 R28). What could not be read has `evidence.unknown`.
 */
export function configurationWarnings(
  prepared: Prepared,
  probes: readonly Foreseen[] = probesOf(prepared),
): readonly Cause[] {
  const rules = listEnabledRules(prepared);
  return [
    ...warnOfCovered(prepared, findCoveredRules(prepared)),
    ...ruleWarnings(prepared, rules, probes),
    ...lifecycleRaces(prepared, rules),
    ...blindFailures(prepared, rules),
    ...oneSidedSync(prepared, rules),
  ];
}

export function ruleWarnings(
  prepared: Prepared,
  rules: readonly Rule[],
  probes: readonly Foreseen[],
): readonly Cause[] {
  return [
    ...literalPrefixes(rules),
    ...changesToCome(prepared, probes),
    ...expiringKeyMaterial(prepared, rules),
    ...expiringReplicas(prepared, rules),
    ...foreignReplicas(prepared, rules),
    ...warnOfBlockedAcls(prepared, rules),
  ];
}
