/** Reads an IAM role with its policies. */
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import type { PolicyDocument } from '../plan/policy.ts';
import type { RoleState } from '../plan/state.ts';
import { absent } from './absent.ts';
import type { Connection } from './connect.ts';

type Where = Pick<Connection, 'iam'>;

/**
 * Reads a role by its name.
 *
 * @returns its ARN, which only IAM knows (the path), and its state; null where there is none.
 */
export async function readRole(
  at: Where,
  name: string,
): Promise<{ readonly arn: string; readonly role: RoleState } | null> {
  const inline = readInlinePolicies(at, name);
  const attached = readAttachedPolicies(at, name);
  // A role that is not there has no policies either: GetRole says which of the two it is.
  inline.catch(() => undefined);
  attached.catch(() => undefined);
  const answer = await at.iam
    .send(new GetRoleCommand({ RoleName: name }))
    .catch(absent('NoSuchEntityException', 'NoSuchEntity'));
  if (!answer?.Role) return null;
  const { Arn = '', AssumeRolePolicyDocument = '', PermissionsBoundary, Tags = [] } = answer.Role;
  return {
    arn: Arn,
    role: {
      trustPolicy: decoded(AssumeRolePolicyDocument),
      inlinePolicies: await inline,
      attachedPolicies: await attached,
      permissionsBoundary: PermissionsBoundary?.PermissionsBoundaryArn ?? null,
      tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    },
  };
}

async function readInlinePolicies(at: Where, RoleName: string): Promise<Readonly<Record<string, PolicyDocument>>> {
  const names: string[] = [];
  for await (const page of paginateListRolePolicies({ client: at.iam }, { RoleName })) {
    names.push(...(page.PolicyNames ?? []));
  }
  const documents = await Promise.all(
    names.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await at.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return [PolicyName, decoded(PolicyDocument)] as const;
    }),
  );
  return Object.fromEntries(documents);
}

async function readAttachedPolicies(at: Where, RoleName: string): Promise<readonly string[]> {
  const arns: string[] = [];
  for await (const page of paginateListAttachedRolePolicies({ client: at.iam }, { RoleName })) {
    arns.push(...(page.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
  }
  return arns.sort();
}

/** IAM gives documents URL-encoded (API: GetRolePolicy). */
function decoded(document: string): PolicyDocument {
  return JSON.parse(decodeURIComponent(document)) as PolicyDocument;
}
