import type { ControlDoubt, NamedPolicy, PoliciesInPlay, Question, Unknown } from '../decision.ts';
import { evaluate } from '../evaluate.ts';
import { accountIn } from './find.ts';
import type { Path } from './path.ts';
import type { Prepared } from './prepare.ts';

export function controls(
  prepared: Prepared,
  account: string,
  kind: 'service' | 'resource',
): readonly NamedPolicy[] | Unknown {
  return prepared.answerOnce(`${kind} control policies of ${account}`, () => {
    const owner = accountIn(prepared.snapshot, account);
    const member = `${kind}ControlPolicies` as const;
    const documents = owner === 'unknown' ? owner : owner[member];
    if (documents === 'unknown') return documents;
    return documents.map((document, index) =>
      prepared.namePolicy(document, `${kind} control policy ${index + 1} of account ${account}`, {
        arn: account,
        path: ['accounts', account, member, index],
      }),
    );
  });
}

export function isOfControls(path: Path): boolean {
  const member = path.at(-1);
  return member === 'serviceControlPolicies' || member === 'resourceControlPolicies';
}

/**
 * By IAM's rules the resource account's service control policies do not bind a role of another account; AWS's troubleshooting page says that they can stop
 * replication all the same (rules.md 1.5 (3)). Ask only where the call is allowed: then what denies it is one of them.
 */
export function ownersControls(
  prepared: Prepared,
  question: Question,
  policies: PoliciesInPlay,
): readonly ControlDoubt[] {
  const { resourceAccount: owner, action, caller } = question;
  if (owner === caller.account) return [];
  const serviceControl = controls(prepared, owner, 'service');
  if (serviceControl === 'unknown') return [{ kind: 'unread', of: 'service', account: owner }];
  if (serviceControl.length === 0) return [];
  const decision = evaluate(question, { ...policies, serviceControl });
  return decision.effect === 'denied' && decision.kind === 'explicit'
    ? [{ kind: 'denied-by-owner', account: owner, action }]
    : [];
}
