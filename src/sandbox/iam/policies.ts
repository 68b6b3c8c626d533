import { isArn, nameIn } from '../../aws/arn.ts';
import { brand } from '../../aws/brand.ts';
import type { ManagedPolicy } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import {
  boundaryParam,
  type IamOperation,
  type IamRequest,
  listParam,
  mergeTags,
  newNameParam,
  noSuchEntity,
  ownArn,
  pathParam,
  permissionsPolicyParam,
  policyExists,
  policyOf,
  requireParam,
  roleOf,
  tagsParam,
  validationError,
} from './iam-request.ts';
import { awsManagedPolicy } from './identity-policy.ts';
import { newUniqueId } from './new-ids.ts';
import { iamDate } from './roles.ts';

const inlineLimit = 10_240;

export const policyOperations: Readonly<Record<string, IamOperation>> = {
  PutRolePolicy: putRolePolicy,
  GetRolePolicy: (request) => {
    const role = roleOf(request);
    const [name, text] = inlinePolicy(request);
    return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeURIComponent(text) };
  },
  DeleteRolePolicy: (request) => {
    const [name] = inlinePolicy(request);
    delete roleOf(request).inline[name];
  },
  ListRolePolicies: (request) => ({ PolicyNames: Object.keys(roleOf(request).inline).toSorted(), IsTruncated: false }),
  AttachRolePolicy: (request) => {
    const role = roleOf(request);
    const arn = attachablePolicy(request);
    if (!role.attached.includes(arn)) role.attached.push(arn);
  },
  DetachRolePolicy: detachRolePolicy,
  ListAttachedRolePolicies: (request) => ({
    AttachedPolicies: roleOf(request).attached.map((arn) => ({ PolicyName: nameIn(arn), PolicyArn: arn })),
    IsTruncated: false,
  }),
  PutRolePermissionsBoundary: (request) => {
    const role = roleOf(request);
    requireParam(request, 'PermissionsBoundary');
    role.boundary = boundaryParam(request);
  },
  DeleteRolePermissionsBoundary: (request) => {
    delete roleOf(request).boundary;
  },
  CreatePolicy: createPolicy,
  GetPolicy: (request) => ({ Policy: describePolicy(request, findPolicy(request)) }),
  GetPolicyVersion: getPolicyVersion,
  ListPolicyVersions: (request) => ({ Versions: [describeVersion(findPolicy(request))], IsTruncated: false }),
  DeletePolicy: deletePolicy,
  TagPolicy: (request) => {
    const policy = policyOf(request);
    policy.tags = mergeTags(policy.tags ?? [], tagsParam(request));
  },
  UntagPolicy: (request) => {
    const policy = policyOf(request);
    const keys = listParam(request, 'TagKeys');
    policy.tags = (policy.tags ?? []).filter((tag) => !keys.includes(tag.Key));
  },
  ListPolicyTags: (request) => ({ Tags: findPolicy(request).tags ?? [], IsTruncated: false }),
};

function putRolePolicy(request: IamRequest): void {
  const role = roleOf(request);
  const name = newNameParam(request, 'PolicyName', 128);
  const text = permissionsPolicyParam(request);
  const others = Object.entries(role.inline).filter(([other]) => other !== name);
  const size = [...others.map(([, other]) => other), text].reduce(
    (sum, each) => sum + each.replace(/\s/g, '').length,
    0,
  );
  if (size > inlineLimit) {
    throw new AwsError(
      'LimitExceeded',
      409,
      `Maximum policy size of ${inlineLimit} bytes exceeded for role ${role.name}`,
    );
  }
  role.inline[name] = text;
}

function inlinePolicy(request: IamRequest): readonly [name: string, text: string] {
  const name = requireParam(request, 'PolicyName');
  const text = roleOf(request).inline[name];
  if (text === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return [name, text];
}

function attachablePolicy(request: IamRequest): string {
  const arn = requireParam(request, 'PolicyArn');
  if (!isArn(arn)) throw validationError('Invalid ARN:  Could not be parsed!');
  if (!policyExists(request, arn)) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  return arn;
}

function detachRolePolicy(request: IamRequest): void {
  const role = roleOf(request);
  const arn = requireParam(request, 'PolicyArn');
  if (!role.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
  role.attached = role.attached.filter((other) => other !== arn);
}

function createPolicy(request: IamRequest): unknown {
  const name = newNameParam(request, 'PolicyName', 128);
  const path = pathParam(request);
  const arn = ownArn(request, `policy${path}${name}`);
  const document = permissionsPolicyParam(request);
  if (Object.values(request.account.policies).some((policy) => policy.name === name)) {
    throw new AwsError(
      'EntityAlreadyExists',
      409,
      `A policy called ${name} already exists. Duplicate names are not allowed.`,
    );
  }
  const tags = tagsParam(request);
  const policy = { name, path, arn, id: newUniqueId('ANPA'), created: request.now, document, tags };
  request.account.policies[arn] = policy;
  return { Policy: describePolicy(request, policy) };
}

function getPolicyVersion(request: IamRequest): unknown {
  const policy = findPolicy(request);
  const VersionId = requireParam(request, 'VersionId');
  if (VersionId !== 'v1')
    throw noSuchEntity(`Policy ${policy.arn} version ${VersionId} does not exist or is not attachable.`);
  return {
    PolicyVersion: { Document: encodeURIComponent(policy.document), ...describeVersion(policy) },
  };
}

function describeVersion({ created }: ManagedPolicy) {
  return { VersionId: 'v1', IsDefaultVersion: true, CreateDate: iamDate(created) };
}

function deletePolicy(request: IamRequest): void {
  const policy = policyOf(request);
  if (attachments(request, policy.arn) > 0) {
    throw new AwsError('DeleteConflict', 409, 'Cannot delete a policy attached to entities.');
  }
  delete request.account.policies[policy.arn];
}

function findPolicy(request: IamRequest): ManagedPolicy {
  const arn = requireParam(request, 'PolicyArn');
  const document = awsManagedPolicy(arn);
  if (document === undefined) return policyOf(request);
  return { name: nameIn(arn), path: '/', arn: brand(arn), id: 'ANPASANDBOXMANAGED000', created: 0, document };
}

function attachments(request: IamRequest, arn: string): number {
  return Object.values(request.account.roles).filter((role) => role.attached.includes(arn)).length;
}

function describePolicy(request: IamRequest, policy: ManagedPolicy): unknown {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: 'v1',
    AttachmentCount: attachments(request, policy.arn),
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: iamDate(policy.created),
    UpdateDate: iamDate(policy.created),
    Tags: policy.tags === undefined || policy.tags.length === 0 ? undefined : policy.tags,
  };
}
