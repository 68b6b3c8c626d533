import { arnParts, isAccountId, isArn, keyArn, kmsArn, namesKey } from '../../aws/arn.ts';
import type { Arn } from '../../aws/brand.ts';
import { acrossAccountsText, authorize } from '../iam/authorize-call.ts';
import type { Key } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { jsonInput } from '../wire/json-input.ts';
import type { Operation } from '../wire/operation.ts';
import { authorizeKey } from './authorize-key.ts';
import { defaultKeyPolicy } from './default-key-policy.ts';
import { managedKeyFor } from './managed-key.ts';

export interface KmsRequest extends Operation {
  readonly input: Readonly<Record<string, unknown>>;
}

export type KmsOperation = (request: KmsRequest) => unknown;

export function kmsRequest(operation: Operation): KmsRequest {
  return { ...operation, input: jsonInput(operation.call) };
}

export function textInput(request: KmsRequest, name: string): string | undefined {
  const value = request.input[name];
  return typeof value === 'string' ? value : undefined;
}

export function requireInput(request: KmsRequest, name: string): string {
  const value = textInput(request, name);
  if (value === undefined) {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    throw kmsValidation(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

/** In the caller's account and Region. */
export function localArn(request: Operation, resource: string): Arn {
  return kmsArn({ ...request.call, account: request.caller.account }, resource);
}

export interface KeyNaming {
  readonly alias?: boolean;
  readonly foreign?: boolean;
}

/** By ID or ARN, after the policies allow it. `alias`: also by alias name or ARN. `foreign`: also a key of another account. */
export function keyOf(request: KmsRequest, allowed: KeyNaming = {}): Key {
  const name = requireInput(request, 'KeyId');
  const byAlias = isAlias(name) && allowed.alias === true;
  const arn = byAlias ? targetArn(request, name) : ownArnOf(request, name);
  const key = request.state.keys[arn];
  const owned = arnParts(arn)?.account === request.caller.account;
  if (!owned && (allowed.foreign !== true || key === undefined)) throw keyAccessDenied(request, arn);
  if (key === undefined) throw unknownKey(request, arn);
  authorizeKey(request, key, `kms:${request.call.operation}`, byAlias ? { 'kms:RequestAlias': aliasName(name) } : {});
  return key;
}

/** By ID or ARN, in any account; no policy is asked yet. */
export function keyNamed(request: KmsRequest): Key | undefined {
  return request.state.keys[ownArnOf(request, requireInput(request, 'KeyId'))];
}

/** By ID or ARN, in the caller's account; no policy is asked. */
export function keyIn(request: KmsRequest, name: string): Key {
  const arn = ownArnOf(request, name);
  if (arnParts(arn)?.account !== request.caller.account) throw keyAccessDenied(request, arn);
  const key = request.state.keys[arn];
  if (key === undefined) throw unknownKey(request, arn);
  return key;
}

/** Only a caller who may use the operation learns that its account has no such key. */
function unknownKey(request: KmsRequest, arn: string): AwsError {
  const { account } = request.caller;
  const policy = defaultKeyPolicy(request.call.partition, account);
  authorize(request, { action: `kms:${request.call.operation}`, resource: arn, account, policy });
  return new AwsError('NotFoundException', 400, `Key '${arn}' does not exist`);
}

function isAlias(name: string): boolean {
  return name.startsWith('alias/') || arnParts(name)?.resource.startsWith('alias/') === true;
}

/** By ID, ARN, alias name or ARN; may not exist. IDs, names: caller's account, request's Region. @throws AwsError `NotFoundException`, `InvalidArnException` */
export function keyArnOf(request: Operation, name: string): string {
  return isAlias(name) ? targetArn(request, name) : ownArnOf(request, name);
}

function ownArnOf(request: Operation, name: string): string {
  const arn = arnParts(name);
  if (arn === undefined) {
    if (!/^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(name)) {
      throw new AwsError('NotFoundException', 400, `Invalid keyId '${name}'`);
    }
    return localArn(request, `key/${name}`);
  }
  if (!namesKey(name) || !isAccountId(arn.account)) {
    throw new AwsError('InvalidArnException', 400, `Invalid arn ${name}`);
  }
  if (arn.region !== request.call.region) throw new AwsError('NotFoundException', 400, `Invalid arn ${arn.region}`);
  return name;
}

function targetArn(request: Operation, name: string): string {
  const aliasArn = isArn(name) ? name : localArn(request, name);
  const arn = arnParts(aliasArn);
  if (arn?.region !== request.call.region) throw new AwsError('NotFoundException', 400, `Invalid arn ${arn?.region}`);
  const managed = managedKeyFor(request, arn);
  if (managed !== undefined) return managed.arn;
  const alias = request.state.aliases[aliasArn];
  if (alias === undefined) {
    if (arn.account !== request.caller.account) throw keyAccessDenied(request, aliasArn);
    throw new AwsError('NotFoundException', 400, `Alias ${aliasArn} is not found.`);
  }
  return keyArn(arn, alias.keyId);
}

function aliasName(name: string): string {
  return name.startsWith('alias/') ? name : (arnParts(name)?.resource ?? name);
}

/** Words of a refusal: AWS does not tell another account whether the key exists. */
function keyAccessDenied(request: Operation, arn: string): AwsError {
  const message = `User: ${request.caller.arn} is not authorized to perform: kms:${request.call.operation} on resource: ${arn} ${acrossAccountsText}`;
  return new AwsError('AccessDeniedException', 400, message);
}

export function refuseStates(key: Key, ...states: readonly Key['state'][]): void {
  if (!states.includes(key.state)) return;
  if (key.state === 'Disabled') throw new AwsError('DisabledException', 400, `${key.arn} is disabled.`);
  throw invalidState(`${key.arn} is pending deletion.`);
}

export function invalidState(message: string): AwsError {
  return new AwsError('KMSInvalidStateException', 400, message);
}

export function kmsValidation(message: string): AwsError {
  return new AwsError('ValidationException', 400, message);
}

/** Pages as KMS does: `Limit`, `Marker`, `NextMarker`, `Truncated`. */
export function kmsPage<T>(request: KmsRequest, items: readonly T[], standard: number) {
  const limit = typeof request.input.Limit === 'number' ? request.input.Limit : standard;
  const start = Number(Buffer.from(textInput(request, 'Marker') ?? '', 'base64').toString() || 0);
  if (!Number.isInteger(start)) throw new AwsError('InvalidMarkerException', 400, 'Could not deserialize marker');
  const end = start + limit;
  const more = end < items.length;
  const marker = more ? { NextMarker: Buffer.from(String(end)).toString('base64') } : {};
  return { page: items.slice(start, end), paging: { ...marker, Truncated: more } };
}
