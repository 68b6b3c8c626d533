/** A bucket's default encryption: which key it names, in which spelling. */

import type { ServerSideEncryptionConfiguration } from '@aws-sdk/client-s3';
import { keyArn, namesKey } from '../aws/arn.ts';
import type { AnySide } from '../config/spec.ts';
import { keyByAlias } from '../state/names.ts';
import type { State } from '../state/state.ts';

/** Whether an algorithm is SSE-KMS or DSSE-KMS. */
export function isKms(algorithm: string | undefined): boolean {
  return algorithm === 'aws:kms' || algorithm === 'aws:kms:dsse';
}

/** The key as it is written in the document: an ARN, an id or an alias. */
export function defaultKeyOf(encryption: ServerSideEncryptionConfiguration | null): string | undefined {
  return encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
}

/** The ARN of a key that a bucket names in any spelling; an id or alias is one of the bucket's own account and Region. */
export function resolveKey(
  state: State,
  side: Pick<AnySide, 'partition' | 'account' | 'region'>,
  key: string | undefined,
): string | undefined {
  if (key === undefined || namesKey(key)) return key;
  const alias = /(alias\/.+)$/.exec(key)?.[1];
  if (alias !== undefined) return keyByAlias(state, side, alias)?.metadata.Arn;
  return keyArn(side, key);
}
