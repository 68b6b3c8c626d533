import { arnParts } from '../aws/arn.ts';
import { checkArnPartition } from './check-sides.ts';
import { type Draft, type DraftSide, draftDestinations, draftSource, valueOr } from './draft.ts';
import type { Config } from './fields.ts';
import { backfillName, resourceName } from './own-name.ts';
import type { Path } from './path.ts';
import { type Finding, problem } from './problem.ts';

/** The two roles must be two; the role's boundary, and the administrators and users of new keys, must be in accounts where they take effect. */
export function checkPrincipals(draft: Draft<Config>): readonly Finding[] {
  const source = draftSource(draft);
  const destinations = draftDestinations(draft);
  const lists = (['administrators', 'users'] as const).flatMap((list) =>
    (draft.newKeys?.[list] ?? []).flatMap((arn, index) => {
      const path = ['newKeys', list, index];
      const wrongPartition = checkArnPartition(arn, path, source);
      return wrongPartition.length > 0 ? wrongPartition : checkKeyPrincipal(arn, path, list, source, destinations);
    }),
  );
  return [...checkRoleNames(draft), ...checkBoundary(draft.role?.permissionsBoundary, source), ...lists];
}

/** IAM tells names apart without regard to case (IAM User Guide, reference_iam-quotas). */
function checkRoleNames({ name, role = {}, backfill = {} }: Draft<Config>): readonly Finding[] {
  const replication = valueOr(role, 'name', name && resourceName(name))?.toLowerCase();
  if (replication === undefined || replication !== valueOr(backfill, 'role', name && backfillName(name))?.toLowerCase())
    return [];
  return Object.hasOwn(backfill, 'role')
    ? [problem(['backfill', 'role'], 'the replication role has the same name (write the name of another role)')]
    : [
        problem(
          ['role', 'name'],
          'the role of backfill has the same name (write another name, or backfill: { role: NAME })',
        ),
      ];
}

function checkBoundary(text: string | undefined, source: DraftSide): readonly Finding[] {
  const path = ['role', 'permissionsBoundary'];
  const arn = arnParts(text ?? '');
  const findings = [...checkArnPartition(text, path, source)];
  if (arn !== undefined && arn.account !== 'aws' && source.account !== undefined && arn.account !== source.account) {
    const message = `the policy is in account ${arn.account}, but the role is in ${source.account}`;
    findings.push(problem(path, `${message} (write a policy of ${source.account})`));
  }
  return findings;
}

function checkKeyPrincipal(
  text: string | undefined,
  path: Path,
  list: 'administrators' | 'users',
  source: DraftSide,
  destinations: readonly DraftSide[],
): readonly Finding[] {
  const account = arnParts(text ?? '')?.account;
  const sides = [source, ...destinations];
  if (account === undefined || sides.some((side) => side.account === undefined || side.kmsKey === undefined)) {
    return [];
  }
  const owners = [...new Set(sides.filter((side) => side.kmsKey === 'create').map((side) => side.account))];
  if (owners.includes(account)) {
    return [];
  }
  const sharesNewKey = (side: DraftSide) => side.account === account && side.kmsKey === 'source';
  if (list === 'users' && source.kmsKey === 'create' && destinations.some(sharesNewKey)) {
    return [];
  }
  if (owners.length === 0) {
    return [problem(path, 'no key is created here, so this has no effect (remove it, or write kmsKey: create)')];
  }
  const why =
    list === 'administrators'
      ? 'a key cannot be administered from another account'
      : 'only roles and users of its own account can use a new key';
  const message = `account ${account} gets no new key, and ${why}`;
  return [problem(path, `${message} (write a role or user of ${owners.join(' or ')})`)];
}
