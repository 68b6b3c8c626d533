import { arnParts, iamArn, nameIn, pathIn } from '../../aws/arn.ts';
import { brand } from '../../aws/brand.ts';
import { emptyRecord } from '../store/record.ts';
import { accountIn, type SandboxState } from '../store/state.ts';
import { newUniqueId } from './new-ids.ts';
import { bindPrincipals } from './principals.ts';

/** Makes an administrator role unless it exists; gives whether it is new. */
export function ensureRole(state: SandboxState, roleArn: string, trusted: readonly string[]): boolean {
  const arn = arnParts(roleArn);
  const name = arn?.resource.startsWith('role/') ? nameIn(roleArn) : '';
  const partition = arn?.partition;
  const isPartition = partition === 'aws' || partition === 'aws-cn' || partition === 'aws-us-gov';
  if (arn?.service !== 'iam' || !isPartition || name === '') throw new Error(`${roleArn} is not the ARN of a role`);
  const { roles } = accountIn(state, arn.account);
  if (roles[name] !== undefined) return false;
  const trust = {
    version: '2012-10-17',
    statements: [{ effect: 'Allow', principal: { AWS: trusted }, action: ['sts:AssumeRole'] }],
  } as const;
  roles[name] = {
    name,
    path: pathIn(roleArn),
    arn: brand(roleArn),
    id: newUniqueId('AROA'),
    created: state.now,
    visibleAt: state.now,
    trust: bindPrincipals(trust, state, { partition, now: state.now, seesNewRoles: true }),
    maxSessionDuration: 43_200,
    tags: [],
    inline: emptyRecord(),
    attached: [iamArn({ partition, account: 'aws' }, 'policy/AdministratorAccess')],
  };
  return true;
}
