import { arnParts } from '../../aws/arn.ts';
import { type Asking, acrossAccountsText } from '../iam/authorize-call.ts';
import type { Key } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { authorizeKeyUse } from './authorize-key.ts';
import { refuseStates } from './kms-request.ts';

export interface KeyUse {
  /** With `kms:`. */
  readonly action: string;
  readonly keyArn: string;
  /** Of the request: KMS knows only the keys of its own Region. */
  readonly region: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  /** The service that asks for the caller, `s3.<Region>.amazonaws.com`; absent: the caller itself. */
  readonly viaService?: string;
}

/**
 * Follows the KMS Developer Guide, "Key states" and "Using the encryption context in a policy".
 * @throws AwsError `NotFoundException`, `AccessDeniedException`, `DisabledException`, `KMSInvalidStateException`, `InvalidKeyUsageException`
 */
export function useKey(asking: Asking, use: KeyUse): Key {
  const { state, caller } = asking;
  const { keyArn, region, action } = use;
  const key = state.keys[keyArn];
  if (key !== undefined && key.region !== region)
    throw new AwsError('NotFoundException', 400, `Invalid arn ${key.region}`);
  const gone = key?.state === 'PendingDeletion' && (key.deletionDate ?? state.now) <= state.now;
  if (key === undefined || gone) {
    const foreign = arnParts(keyArn)?.account !== caller.account;
    throw foreign
      ? keyAccessDenied(asking, use)
      : new AwsError('NotFoundException', 400, `Key '${keyArn}' does not exist`);
  }
  authorizeKeyUse(asking, key, action, use.encryptionContext, use.viaService);
  refuseStates(key, 'Disabled', 'PendingDeletion');
  if (key.usage !== 'ENCRYPT_DECRYPT') {
    const message = `${keyArn} key usage is ${key.usage} which is not valid for ${action.replace('kms:', '')}.`;
    throw new AwsError('InvalidKeyUsageException', 400, message);
  }
  return key;
}

/** AWS does not tell another account whether the key exists. */
function keyAccessDenied({ caller }: Asking, { action, keyArn }: KeyUse): AwsError {
  const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${keyArn} ${acrossAccountsText}`;
  return new AwsError('AccessDeniedException', 400, message);
}
