import { parseArn } from './arn.ts';
import { AwsError } from './errors.ts';
import type { Caller } from './identity.ts';
import { refuseStates } from './kms-request.ts';
import { policyAllows } from './policy-match.ts';
import type { Key, SandboxState } from './state.ts';

/** Someone wants to encrypt or decrypt with a key, directly or through S3. */
export interface KeyUse {
  readonly state: SandboxState;
  readonly caller: Caller;
  /** With `kms:`. */
  readonly action: string;
  readonly keyArn: string;
  /** Of the request: KMS knows the keys of its own Region only. */
  readonly region: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  /** The service that asks for the caller: `s3.<Region>.amazonaws.com`. Absent: the caller itself. */
  readonly viaService?: string;
}

/**
 * The key, if it may be used so (KMS Developer Guide, "Key states" and "Using the encryption context in a policy"). Throws
 * KMS's errors: `NotFoundException`, `AccessDeniedException`, `DisabledException`, `KMSInvalidStateException`,
 * `InvalidKeyUsageException`.
 */
export function useKey(use: KeyUse): Key {
  const { state, keyArn, region, action } = use;
  const key = state.keys[keyArn];
  if (key !== undefined && key.region !== region)
    throw new AwsError('NotFoundException', 400, `Invalid arn ${key.region}`);
  const gone = key?.state === 'PendingDeletion' && (key.deletionDate ?? state.now) <= state.now;
  const missing = key === undefined || gone;
  const foreign = parseArn(keyArn)?.account !== use.caller.account;
  if (missing && !foreign) throw new AwsError('NotFoundException', 400, `Key '${keyArn}' does not exist`);
  if (missing || !permits(use, key)) throw denied(use, foreign);
  refuseStates(key, 'Disabled', 'PendingDeletion');
  if (key.usage !== 'ENCRYPT_DECRYPT') {
    const message = `${keyArn} key usage is ${key.usage} which is not valid for ${action.replace('kms:', '')}.`;
    throw new AwsError('InvalidKeyUsageException', 400, message);
  }
  return key;
}

/** AWS does not tell another account whether the key exists. */
function denied({ caller, action, keyArn }: KeyUse, foreign: boolean): AwsError {
  const why = foreign
    ? 'the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access'
    : `no resource-based policy allows the ${action} action`;
  const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${keyArn} because ${why}`;
  return new AwsError('AccessDeniedException', 400, message);
}

function permits({ caller, action, encryptionContext, viaService }: KeyUse, key: Key): boolean {
  const context = Object.entries(encryptionContext).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]);
  return policyAllows(key.policy, {
    caller,
    action,
    context: {
      ...Object.fromEntries(context),
      'kms:CallerAccount': caller.account,
      ...(viaService === undefined ? {} : { 'kms:ViaService': viaService }),
    },
  });
}
