import { randomBytes } from 'node:crypto';
import { isArn, rootArn } from '../../aws/arn.ts';
import { decide } from '../iam/authorize-call.ts';
import { bindAwsPrincipal, showPrincipal } from '../iam/principals.ts';
import type { Grant, Key, SandboxState } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { partitionOf } from '../wire/partition.ts';
import { grantTakes, isGrantee } from './authorize-key.ts';
import {
  type KmsOperation,
  type KmsRequest,
  keyNamed,
  keyOf,
  kmsPage,
  kmsValidation,
  refuseStates,
  requireInput,
  textInput,
} from './kms-request.ts';

const encryption = ['Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'];
const reEncryption = ['ReEncryptFrom', 'ReEncryptTo'];
const grantable = [...encryption, ...reEncryption, 'CreateGrant', 'RetireGrant', 'DescribeKey'];

/** KMS Developer Guide, grants. */
export const grantOperations: Readonly<Record<string, KmsOperation>> = {
  CreateGrant: createGrant,
  ListGrants: listGrants,
  RevokeGrant: (request) => {
    const key = keyOf(request, { foreign: true });
    removeGrant(key, requireInput(request, 'GrantId'));
  },
  RetireGrant: retireGrant,
};

function createGrant(request: KmsRequest): unknown {
  const key = keyOf(request, { foreign: true });
  refuseStates(key, 'Disabled', 'PendingDeletion');
  const wanted: Omit<Grant, 'id' | 'token' | 'created'> = {
    grantee: principalInput(request, requireInput(request, 'GranteePrincipal')),
    issuer: request.caller.account,
    operations: operationsInput(request),
    ...constraintsInput(request),
    ...optionalMember('name', textInput(request, 'Name')),
    ...optionalMember('retiring', retiringPrincipalInput(request)),
  };
  const grants = key.grants ?? [];
  // A second request under the same name gives the same grant (API: CreateGrant, Name).
  const same = grants.find(
    ({ id: _, token: __, created: ___, ...grant }) =>
      grant.name !== undefined && JSON.stringify(sortMembers(grant)) === JSON.stringify(sortMembers(wanted)),
  );
  const grant = same ?? {
    ...wanted,
    id: randomBytes(32).toString('hex'),
    token: randomBytes(96).toString('base64'),
    created: request.now,
  };
  if (same === undefined) key.grants = [...grants, grant];
  return { GrantId: grant.id, GrantToken: grant.token };
}

function sortMembers(members: object): readonly unknown[] {
  return Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
}

function optionalMember<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: T };
}

function retiringPrincipalInput(request: KmsRequest): string | undefined {
  const name = textInput(request, 'RetiringPrincipal');
  return name === undefined ? undefined : principalInput(request, name);
}

/** Unique IDs of roles and users, as in policies: one made again is another. */
function principalInput({ state, call, now }: KmsRequest, name: string): string {
  const bound = bindAwsPrincipal(name, state, { partition: call.partition, now, seesNewRoles: false });
  if (bound === undefined || !isArn(name)) {
    throw new AwsError('InvalidArnException', 400, `ARN does not refer to a valid principal: ${name}`);
  }
  return bound;
}

function operationsInput({ input }: KmsRequest): readonly string[] {
  const list: readonly unknown[] = Array.isArray(input.Operations) ? input.Operations : [];
  const operations = list.map(String);
  const unknown = operations.find((operation) => !grantable.includes(operation));
  if (operations.length === 0 || unknown !== undefined) {
    throw kmsValidation(
      `1 validation error detected: Value '[${operations.join(', ')}]' at 'operations' failed to satisfy constraint: Member must satisfy enum value set: [${grantable.join(', ')}]`,
    );
  }
  return operations;
}

function constraintsInput({ input }: KmsRequest): Pick<Grant, 'constraints'> {
  const { Constraints } = input;
  if (typeof Constraints !== 'object' || Constraints === null) return {};
  const texts = (pairs: unknown) =>
    pairs === undefined
      ? undefined
      : Object.fromEntries(Object.entries(Object(pairs)).map(([name, value]) => [name, String(value)]));
  const { EncryptionContextEquals, EncryptionContextSubset, ...more } = Object(Constraints);
  if (Object.keys(more).length > 0) {
    throw new AwsError('NotImplemented', 501, `The sandbox does not have grants with ${Object.keys(more).join(', ')}.`);
  }
  return {
    constraints: {
      ...optionalMember('EncryptionContextEquals', texts(EncryptionContextEquals)),
      ...optionalMember('EncryptionContextSubset', texts(EncryptionContextSubset)),
    },
  };
}

function listGrants(request: KmsRequest): unknown {
  const key = keyOf(request, { foreign: true });
  const [id, grantee] = [textInput(request, 'GrantId'), textInput(request, 'GranteePrincipal')];
  const grants = describeGrants(request.state, key).filter(
    ({ GrantId, GranteePrincipal }) =>
      (id === undefined || GrantId === id) && (grantee === undefined || GranteePrincipal === grantee),
  );
  const { page, paging } = kmsPage(request, grants, 50);
  return { Grants: page.map((grant) => ({ ...grant, CreationDate: grant.CreationDate / 1000 })), ...paging };
}

/** As KMS shows them, but times are milliseconds. */
export function describeGrants(state: SandboxState, key: Key) {
  const partition = partitionOf(key.region);
  return (key.grants ?? []).map(({ id, name, grantee, retiring, issuer, operations, constraints, created }) => ({
    KeyId: key.arn,
    GrantId: id,
    Name: name ?? '',
    CreationDate: created,
    GranteePrincipal: showPrincipal(grantee, state, partition),
    ...(retiring === undefined ? {} : { RetiringPrincipal: showPrincipal(retiring, state, partition) }),
    IssuingAccount: rootArn({ partition, account: issuer }),
    Operations: operations,
    ...(constraints === undefined ? {} : { Constraints: constraints }),
  }));
}

/** By token, or by key and ID. The retiring principal may, and whoever the grant or a policy allows. */
function retireGrant(request: KmsRequest): void {
  const token = textInput(request, 'GrantToken');
  const byToken = Object.values(request.state.keys).find(({ grants = [] }) =>
    grants.some((one) => one.token === token),
  );
  const key = token === undefined ? keyNamed(request) : byToken;
  const id = token === undefined ? requireInput(request, 'GrantId') : undefined;
  const grant = key?.grants?.find((one) => one.token === token || one.id === id);
  if (key !== undefined) {
    const { arn: resource, account, policy } = key;
    const { effect } = decide(request, { action: 'kms:RetireGrant', resource, account, policy });
    const isTheirs = grant?.retiring !== undefined && isGrantee(request.caller, grant.retiring);
    if (effect !== 'allowed' && !isTheirs && !(grant && grantTakes(request, grant, 'kms:RetireGrant', {}))) {
      const message = `User: ${request.caller.arn} is not authorized to perform: kms:RetireGrant on resource: ${resource}`;
      throw new AwsError('AccessDeniedException', 400, message);
    }
  }
  if (key === undefined || grant === undefined) throw new AwsError('InvalidGrantTokenException', 400, 'No such grant');
  removeGrant(key, grant.id);
}

function removeGrant(key: Key, id: string): void {
  const grants = key.grants ?? [];
  const left = grants.filter((grant) => grant.id !== id);
  if (left.length === grants.length) throw new AwsError('NotFoundException', 400, `No grant found: ${id}`);
  key.grants = left;
}
