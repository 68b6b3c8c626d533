import { nameIn } from '../aws/arn.ts';
import type { Tags } from '../aws/documents.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import { required } from '../aws/required.ts';
import { catchAbsent, isDenied } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { expect, listExpected } from '../connect/expected.ts';
import type { Unknown } from '../model/decision.ts';
import type { Found, RoleSnapshot } from '../model/snapshot.ts';
import type { RoleState } from '../state/state.ts';
import { pagesOf } from './pages.ts';
import { policyIn, UnreadablePolicy } from './policy-text.ts';
import { type Noted, noteRefusals, orError, type Reading } from './reading.ts';

const {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} = required('@aws-sdk/client-iam');

type Where = Pick<Connection, 'iam'>;

/** By ARN; unknown where we may not read it, or it was deleted from under the role. */
export type ManagedPolicies = Readonly<Record<string, PolicyDocument | Unknown>>;

/** @returns its ARN, since only IAM knows the path, its state, and its managed policies; null where there is none. */
export async function readRole(
  at: Where,
  name: string,
): Promise<{ readonly arn: string; readonly role: RoleState; readonly policies: ManagedPolicies } | null> {
  const found = getRole(at, name);
  const inline = readInlinePolicies(at, name, orError);
  const attached = readAttachedPolicies(at, name);
  const policies = Promise.all([
    attached.then((arns) => readManagedPolicies(at, arns)),
    found.then((role) => readManagedPolicies(at, role?.boundary ? [role.boundary] : [])),
  ]);
  // A missing role fails these reads too: GetRole tells.
  for (const read of [inline, attached, policies]) read.catch(() => undefined);
  const role = await found;
  if (role === null) return null;
  const { arn, trustPolicy, boundary, roleId, tags } = role;
  return {
    arn,
    role: {
      trustPolicy,
      inlinePolicies: await inline,
      attachedPolicies: await attached,
      permissionsBoundary: boundary,
      tags,
      ...(roleId === undefined ? {} : { roleId }),
    },
    policies: Object.assign({}, ...(await policies)),
  };
}

/** For a snapshot: refused reads are unknown. @returns the role with its real ARN; null where there is none of that name. */
export async function readRoleAsAllowed(
  at: Where,
  asked: string,
): Promise<{ readonly arn: string; readonly role: Noted<Found<RoleSnapshot>> }> {
  const name = nameIn(asked);
  const found = getRole(at, name);
  const noted = noteRefusals(async (reading) => {
    const fromRole = <T>(member: string, of: (role: FoundRole) => T) =>
      reading(
        [member],
        found.then((role) => (role ? of(role) : ('unknown' as const))),
      );
    const [trustPolicy, roleId, tags, permissionsBoundary, inlinePolicies, attachedPolicies] = await Promise.all([
      fromRole('trustPolicy', (role) => role.trustPolicy),
      fromRole('roleId', (role) => role.roleId ?? ('unknown' as const)),
      fromRole('tags', (role) => role.tags),
      reading(
        ['permissionsBoundary'],
        found.then((role) => (role?.boundary ? readManagedPolicy(at, role.boundary) : null)),
      ),
      reading(['inlinePolicies'], readInlinePolicies(at, name, reading)),
      reading(['attachedPolicies'], readAttachedDocuments(at, name, reading)),
    ]);
    return { trustPolicy, permissionsBoundary, inlinePolicies, attachedPolicies, roleId, tags };
  });
  noted.catch(() => undefined);
  const role = await found.catch(() => undefined);
  return role === null
    ? { arn: asked, role: { value: null, refusals: [] } }
    : { arn: role?.arn ?? asked, role: await noted };
}

interface FoundRole {
  readonly arn: string;
  readonly roleId: string | undefined;
  readonly trustPolicy: PolicyDocument;
  /** ARN. */
  readonly boundary: string | null;
  readonly tags: Tags;
}

async function getRole(at: Where, RoleName: string): Promise<FoundRole | null> {
  const answer = await at.iam
    .send(new GetRoleCommand({ RoleName }))
    .catch(catchAbsent('NoSuchEntityException', 'NoSuchEntity'));
  if (!answer?.Role) return null;
  const { Arn = '', RoleId, AssumeRolePolicyDocument, PermissionsBoundary, Tags = [] } = answer.Role;
  return {
    arn: Arn,
    roleId: RoleId,
    trustPolicy: decodePolicy(AssumeRolePolicyDocument, `the trust policy of the role ${RoleName}`),
    boundary: PermissionsBoundary?.PermissionsBoundaryArn ?? null,
    tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

/** A role has 10,240 characters of inline policies and at most 25 attached ones; IAM may fill pages only partly (IAM: quotas). */
const mostPages = 100;

async function readInlinePolicies<U>(
  at: Where,
  RoleName: string,
  reading: Reading<U>,
): Promise<Readonly<Record<string, PolicyDocument | U>>> {
  const ask = (PolicyName: string) => at.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  // After a failed guess, asks again once the list has it.
  const guessed = new Map(
    listExpected(at.iam, RoleName).map((name) => [name, ask(name).catch(() => undefined)] as const),
  );
  const names: string[] = [];
  const pages = paginateListRolePolicies({ client: at.iam }, { RoleName });
  for await (const page of pagesOf(pages, { list: `IAM ListRolePolicies of ${RoleName}`, most: mostPages })) {
    names.push(...(page.PolicyNames ?? []));
  }
  const documents = await Promise.all(
    names.map(async (PolicyName) => {
      expect(at.iam, RoleName, PolicyName);
      const read = async () => (await guessed.get(PolicyName)) ?? (await ask(PolicyName));
      const document = read().then(({ PolicyDocument: text }) =>
        decodePolicy(text, `the policy ${PolicyName} of the role ${RoleName}`),
      );
      return [PolicyName, await reading(['inlinePolicies', PolicyName], document)] as const;
    }),
  );
  return Object.fromEntries(documents);
}

async function readAttachedPolicies(at: Where, RoleName: string): Promise<readonly string[]> {
  const arns: string[] = [];
  const pages = paginateListAttachedRolePolicies({ client: at.iam }, { RoleName });
  for await (const page of pagesOf(pages, { list: `IAM ListAttachedRolePolicies of ${RoleName}`, most: mostPages })) {
    arns.push(...(page.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
  }
  return arns.sort();
}

async function readAttachedDocuments<U>(at: Where, name: string, reading: Reading<U>) {
  const arns = await readAttachedPolicies(at, name);
  const documents = await Promise.all(
    arns.map(async (arn) => [arn, await reading(['attachedPolicies', arn], readManagedPolicy(at, arn))] as const),
  );
  return Object.fromEntries(documents);
}

/** The model uses these policies; nothing is planned with them. */
async function readManagedPolicies(at: Where, arns: readonly string[]): Promise<ManagedPolicies> {
  const documents = await Promise.all(
    arns.map(async (arn) => [arn, (await findManagedPolicy(at, arn)) ?? ('unknown' as const)] as const),
  );
  return Object.fromEntries(documents);
}

/** Unknown where we may not read it; null where there is none. */
export function findManagedPolicy(at: Where, arn: string): Promise<PolicyDocument | Unknown | null> {
  return readManagedPolicy(at, arn).catch((error: unknown) =>
    isDenied(error) ? ('unknown' as const) : catchAbsent('NoSuchEntityException', 'NoSuchEntity')(error),
  );
}

async function readManagedPolicy(at: Where, PolicyArn: string): Promise<PolicyDocument> {
  const { Policy } = await at.iam.send(new GetPolicyCommand({ PolicyArn }));
  const VersionId = Policy?.DefaultVersionId ?? 'v1';
  const { PolicyVersion } = await at.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  return decodePolicy(PolicyVersion?.Document, `the policy ${PolicyArn}`);
}

/** IAM gives documents URL-encoded (API: GetRolePolicy). */
function decodePolicy(document: string | undefined, what: string): PolicyDocument {
  try {
    return policyIn(document && decodeURIComponent(document), what);
  } catch (error) {
    throw error instanceof URIError ? new UnreadablePolicy(what, 'it is not URL-encoded') : error;
  }
}
