import { accountIn, nameIn, regionOf } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { findOurRules, inlinePolicyName, sidesOf, sidPrefix } from '../state/names.ts';
import { accountOf, bucketOf, type State } from '../state/state.ts';

/** The role that our rules used before repl.yaml named another one, where we cannot see it: our part in it stays. */
export function formerRoleFindings(observed: State, spec: Spec): readonly Finding[] {
  const { account, bucket } = spec.source;
  const arn = bucketOf(observed, account, bucket)?.replication?.Role ?? '';
  const { roles } = accountOf(observed, account);
  const name = nameIn(arn);
  const unseen = name !== spec.role.name && !Object.keys(roles).some((one) => nameIn(one) === name);
  if (!unseen || findOurRules(observed, spec).length === 0) return [];
  return [
    {
      level: 'warning',
      step: 'replication-role',
      code: 'former-role',
      side: 'source',
      message: `the former replication role ${arn} does not exist, or s3repl has no permission to read it: its permissions stay`,
      fix: `allow iam:GetRole, iam:ListRolePolicies, iam:GetRolePolicy, iam:ListAttachedRolePolicies and iam:DeleteRolePolicy, iam:DeleteRole on it in account ${account} first; or remove its policy ${inlinePolicyName(spec)} by hand`,
    },
  ];
}

/** Keys that our rules encrypt replicas with, repl.yaml no longer names, and we cannot see. */
export function formerKeyFindings(observed: State, spec: Spec): readonly Finding[] {
  const arns = findOurRules(observed, spec).flatMap(
    ({ Destination }) => Destination?.EncryptionConfiguration?.ReplicaKmsKeyID ?? [],
  );
  return [...new Set(arns)].flatMap((arn): Finding[] => {
    const account = accountIn(arn);
    if (accountOf(observed, account).keys[arn]) return [];
    const side = sidesOf(spec).find((one) => one.account === account && one.region === regionOf(arn));
    return [
      {
        level: 'warning',
        step: 'key-policy',
        code: 'former-key',
        side: side?.id ?? 'source',
        message: `the former key ${arn} does not exist, or s3repl has no permission to read it: its key policy stays`,
        fix: `allow kms:DescribeKey, kms:GetKeyPolicy, kms:GetKeyRotationStatus, kms:ListResourceTags and kms:PutKeyPolicy on it in account ${account} first; or remove the statements ${sidPrefix(spec)}… from its policy by hand`,
      },
    ];
  });
}
