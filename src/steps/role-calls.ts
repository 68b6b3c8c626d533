/** The calls that write the replication role: what they wait for, and how a look tells whether they are done. */
import { ownerIn, ownerTag } from '../state/names.ts';
import type { Step } from '../state/step.ts';
import { foundAgain, roleVisible } from './waits.ts';

export type RoleWrite =
  | 'CreateRole'
  | 'DeleteRole'
  | 'DeleteRolePolicy'
  | 'PutRolePermissionsBoundary'
  | 'PutRolePolicy'
  | 'TagRole'
  | 'UpdateAssumeRolePolicy';

/** Of all inline policies of a role, in characters (IAM User Guide, reference_iam-quotas). */
export const mostPolicyCharacters = 10_240;

const waits = [roleVisible];

export const roleWrites: Step<RoleWrite>['writes'] = {
  CreateRole: {
    oneRunOnly: true,
    makes: ({ RoleName, Tags }) => ({
      at: 'role',
      name: RoleName,
      is: ({ tags }) => tags[ownerTag] === ownerIn(Tags),
    }),
  },
  UpdateAssumeRolePolicy: { waits },
  PutRolePermissionsBoundary: { waits },
  TagRole: { waits },
  PutRolePolicy: {
    waits,
    policy: { most: mostPolicyCharacters, text: ({ PolicyDocument }) => PolicyDocument },
    expects: ({ RoleName, PolicyName }) => ({ by: 'iam', name: RoleName, found: PolicyName }),
  },
  DeleteRolePolicy: {
    waits: [foundAgain],
    removes: ({ RoleName, PolicyName }) => ({
      at: 'role',
      name: RoleName,
      is: ({ inlinePolicies }) => !(PolicyName in inlinePolicies),
    }),
  },
  DeleteRole: {
    waits: [
      {
        error: /^DeleteConflict(Exception)?$/,
        message: /must delete policies first/,
        reason: 'IAM to see that its policy is gone',
      },
      foundAgain,
    ],
    removes: ({ RoleName }) => ({ at: 'role', name: RoleName, is: () => false }),
  },
};
