import { planApply } from '../../src/plan/plan.ts';
import { nameNewKeys } from '../../src/show/readable.ts';
import type { GoldenCase } from './golden-cases.ts';

/** The documents that a setup ends with, as they are written to AWS: sorted by nothing, shortened by nothing. */
export function documentsOf({ spec, observed }: GoldenCase): unknown {
  const { changes } = planApply(observed, spec);
  const policyMembers = ['Policy', 'PolicyDocument', 'AssumeRolePolicyDocument'];
  const calls = changes.flatMap((change) =>
    change.calls
      .filter(({ operation }) => /Policy|Role$|Replication|Encryption|CreateKey/.test(operation))
      .map(({ operation, input }) => ({
        account: change.account,
        region: change.region,
        [operation]: Object.fromEntries(
          Object.entries(input).map(([member, value]) => [
            member,
            policyMembers.includes(member) ? JSON.parse(String(value)) : value,
          ]),
        ),
      })),
  );
  return JSON.parse(nameNewKeys(JSON.stringify(calls)));
}
