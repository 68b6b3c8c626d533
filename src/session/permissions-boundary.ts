import { accountIn, nameIn, pathIn } from '../aws/arn.ts';
import { isSamePolicy, type PolicyDocument } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { Failure } from '../events/failure.ts';
import { boundaryArn, boundaryPolicy, mostOfManagedPolicy } from '../permissions/boundary.ts';
import { powersOf } from '../permissions/powers.ts';
import { commandLine } from '../show/command-line.ts';
import type { View } from '../show/view.ts';
import { ownerTag } from '../state/names.ts';
import { shellWord } from '../text/shell-word.ts';
import { type CommonOptions, nextCommand } from './common-options.ts';

export interface Boundary {
  readonly arn: string;
  readonly policy: PolicyDocument;
}

/** @throws Failure `invalid` where nobody can create such a policy. */
export function boundaryOf(spec: Spec): Boundary {
  const arn = boundaryArn(spec);
  const policy = boundaryPolicy(spec);
  const { account } = spec.source;
  if (accountIn(arn) !== account) {
    throw new Failure(
      'invalid',
      'boundary-of-aws',
      `role.permissionsBoundary is ${arn}, a policy managed by AWS, which you cannot create or change`,
      `write the ARN of a policy of account ${account}, or remove it from the configuration to get a name proposed`,
    );
  }
  const { length } = JSON.stringify(policy);
  if (length > mostOfManagedPolicy) {
    throw new Failure(
      'invalid',
      'boundary-too-long',
      `the permissions boundary for these buckets has ${length} characters, but IAM allows ${mostOfManagedPolicy}`,
      'split the configuration into several with fewer destinations each, or write a shorter boundary by hand and name it as role.permissionsBoundary',
    );
  }
  return { arn, policy };
}

/** @param present the policy of this name on AWS, as far as somebody has looked. */
export function tellBoundary(
  { arn, policy }: Boundary,
  { source, role }: Spec,
  { report }: View,
  present?: PolicyDocument | 'unknown' | null,
): void {
  const document = `--policy-document ${shellWord(JSON.stringify(policy))}`;
  const path = pathIn(arn);
  const name = shellWord(nameIn(arn));
  if (typeof present !== 'object' || present === null) {
    report({
      type: 'warning',
      code: 'boundary-first',
      message: `these policies let s3repl create its roles only with the permissions boundary ${arn}`,
      fix: `an administrator of account ${source.account} has to create it once, with this command:`,
      paste: [
        'aws iam create-policy',
        ...(path === '/' ? [] : [`--path ${shellWord(path)}`]),
        `--policy-name ${name}`,
        document,
      ].join(' '),
    });
  } else if (!isSamePolicy(present, policy)) {
    report({
      type: 'warning',
      code: 'boundary-differs',
      message: `the permissions boundary ${arn} exists, but differs from the policy that s3repl prints for this configuration`,
      fix: `compare the two. To replace it, ask an administrator of account ${source.account} to run:`,
      paste: `aws iam create-policy-version --policy-arn ${shellWord(arn)} --set-as-default ${document}`,
    });
  }
  if (role.permissionsBoundary !== undefined) return;
  report({
    type: 'warning',
    code: 'boundary-not-named',
    message:
      'the configuration does not name this boundary: s3repl apply would create the replication role without it, which these policies do not allow',
    fix: 'write this into the configuration:',
    paste: `role: { permissionsBoundary: ${JSON.stringify(arn)} }`,
  });
}

const whatThen: Readonly<Record<string, string>> = {
  'kms:PutKeyPolicy': 'replace its key policy',
  'kms:ScheduleKeyDeletion': 'schedule its deletion',
};

export function tellPowers(
  policies: Readonly<Record<string, PolicyDocument>>,
  spec: Spec,
  options: CommonOptions & { readonly boundary?: boolean; readonly fromLive?: boolean },
  { report }: View,
): void {
  const flags = (...more: readonly string[]) => {
    const given = [...(options.boundary ? ['--boundary'] : []), ...(options.fromLive ? ['--from-live'] : []), ...more];
    return commandLine(nextCommand('permissions', options, { flags: [...new Set(given)].map((flag) => [flag]) }));
  };
  for (const [account, policy] of Object.entries(policies)) {
    const { role, keys } = powersOf(policy);
    if (role) {
      report({
        type: 'warning',
        code: 'role-unbounded',
        message: `everybody with the policy for account ${account} is in effect an administrator of that account: they can give a role of this setup any permissions, and then assume it`,
        fix: `print policies that limit the role with a permissions boundary: ${flags('--boundary')}`,
      });
    }
    if (keys.length > 0) {
      report({
        type: 'warning',
        code: 'keys-open',
        message: `everybody with the policy for account ${account} can take over other teams' KMS keys there: they can put the tag ${ownerTag}=${spec.name} on any key whose key policy delegates to IAM, and then ${keys.map((action) => whatThen[action] ?? action).join(' and ')}`,
        fix: `create the keys first and write their ARNs as kmsKey in the configuration; or ask an administrator to run s3repl apply once, and then print policies that name the keys: ${flags('--from-live')}`,
      });
    }
  }
}
