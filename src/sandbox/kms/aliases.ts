import type { Alias, Key } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { authorizeKey, authorizeOwn } from './authorize-key.ts';
import {
  type KmsOperation,
  type KmsRequest,
  keyIn,
  keyOf,
  kmsPage,
  kmsValidation,
  localArn,
  refuseStates,
  requireInput,
  textInput,
} from './kms-request.ts';

export const aliasOperations: Readonly<Record<string, KmsOperation>> = {
  CreateAlias: createAlias,
  UpdateAlias: updateAlias,
  DeleteAlias: (request) => {
    const alias = aliasOf(request);
    const key = keyBehind(request, alias);
    if (key !== undefined) authorizeKey(request, key, 'kms:DeleteAlias');
    delete request.state.aliases[alias.arn];
  },
  ListAliases: listAliases,
};

function createAlias(request: KmsRequest): void {
  const name = newName(request);
  const arn = localArn(request, name);
  authorizeOwn(request, 'kms:CreateAlias', arn);
  const key = targetOf(request);
  if (request.state.aliases[arn] !== undefined) {
    throw new AwsError('AlreadyExistsException', 400, `An alias with the name ${arn} already exists`);
  }
  request.state.aliases[arn] = { name, arn, keyId: key.id, created: request.now, updated: request.now };
}

function updateAlias(request: KmsRequest): void {
  const alias = aliasOf(request);
  const key = targetOf(request);
  const current = keyBehind(request, alias);
  if (current !== undefined) authorizeKey(request, current, 'kms:UpdateAlias');
  if (current !== undefined && (current.usage !== key.usage || current.spec !== key.spec)) {
    throw kmsValidation(`Alias ${alias.arn} cannot be changed from a key of ${current.spec} to one of ${key.spec}`);
  }
  alias.keyId = key.id;
  alias.updated = request.now;
}

function keyBehind({ state }: KmsRequest, alias: Alias): Key | undefined {
  return Object.values(state.keys).find((key) => key.id === alias.keyId);
}

/** It must be in the caller's account and Region. */
function targetOf(request: KmsRequest): Key {
  const key = keyOf({ ...request, input: { KeyId: requireInput(request, 'TargetKeyId') } });
  refuseStates(key, 'PendingDeletion');
  return key;
}

function newName(request: KmsRequest): string {
  const name = requireInput(request, 'AliasName');
  if (!name.startsWith('alias/')) {
    throw kmsValidation(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (name.startsWith('alias/aws/')) throw new AwsError('NotAuthorizedException', 400, '');
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) {
    throw new AwsError(
      'InvalidAliasNameException',
      400,
      'Alias contains invalid characters. Alias must only contain alphanumeric characters, forward slashes, underscores and dashes.',
    );
  }
  return name;
}

function aliasOf(request: KmsRequest): Alias {
  const arn = localArn(request, newName(request));
  authorizeOwn(request, `kms:${request.call.operation}`, arn);
  const alias = request.state.aliases[arn];
  if (alias === undefined) throw new AwsError('NotFoundException', 400, `Alias ${arn} is not found.`);
  return alias;
}

function listAliases(request: KmsRequest): unknown {
  authorizeOwn(request, 'kms:ListAliases', '*');
  const KeyId = textInput(request, 'KeyId');
  const keyId = KeyId === undefined ? undefined : keyIn(request, KeyId).id;
  const aliases = Object.values(request.state.aliases)
    .filter((alias) => alias.arn === localArn(request, alias.name))
    .filter((alias) => keyId === undefined || alias.keyId === keyId)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((alias) => ({
      AliasName: alias.name,
      AliasArn: alias.arn,
      TargetKeyId: alias.keyId,
      CreationDate: alias.created / 1000,
      LastUpdatedDate: alias.updated / 1000,
    }));
  const { page, paging } = kmsPage(request, aliases, 50);
  return { Aliases: page, ...paging };
}
