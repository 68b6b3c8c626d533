import type { ServerSideEncryptionConfiguration } from '@aws-sdk/client-s3';
import { keyArn, namesKey } from '../aws/arn.ts';
import type { AnySide } from '../config/spec.ts';
import { keyByAlias } from '../state/names.ts';
import type { State } from '../state/state.ts';

export function isKms(algorithm: string | undefined): boolean {
  return algorithm === 'aws:kms' || algorithm === 'aws:kms:dsse';
}

/** As the document spells it: an ARN, an ID or an alias. */
export function defaultKeyOf(encryption: ServerSideEncryptionConfiguration | null): string | undefined {
  return encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
}

/** An ARN from any spelling; an ID or alias belongs to the bucket's own account and Region. */
export function resolveKey(
  state: State,
  side: Pick<AnySide, 'partition' | 'account' | 'region'>,
  key: string | undefined,
): string | undefined {
  if (key === undefined || namesKey(key)) return key;
  const alias = /(alias\/.+)/.exec(key)?.[1];
  if (alias !== undefined) return keyByAlias(state, side, alias)?.metadata.Arn;
  return keyArn(side, key);
}
