import type { ServerSideEncryptionConfiguration } from '@aws-sdk/client-s3';
import { isKeyArn, keyArn, namesKey } from '../aws/arn.ts';
import type { AnySide } from '../config/spec.ts';
import { keyByAlias } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { shellLine } from '../text/shell-word.ts';

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

/**
 * Leads away from the AWS managed key, which a person has to choose: s3repl replaces no key. Keeps other members (BlockedEncryptionTypes).
 * @param wanted the key of the side; where it does not exist yet, the command sets SSE-S3, from which `apply` goes on.
 */
export function replaceManagedKey(side: AnySide, present: ServerSideEncryptionConfiguration | null, wanted: string) {
  const exists = isKeyArn(wanted);
  const [first, ...others] = present?.Rules ?? [];
  const rule = {
    ...first,
    ApplyServerSideEncryptionByDefault: exists
      ? { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: wanted }
      : { SSEAlgorithm: 'AES256' },
    BucketKeyEnabled: exists && side.bucketKey,
  };
  const { account, bucket, region } = side;
  const encryption = JSON.stringify({ ...present, Rules: [rule, ...others] });
  const how = exists
    ? 'the command below makes the key of this setup the default'
    : 'the command below sets SSE-S3, and s3repl apply then changes it to the key of this setup';
  return {
    fix: `that key cannot be used across accounts, and s3repl does not replace a KMS key: in account ${account}, ${how}`,
    paste: shellLine`aws s3api put-bucket-encryption --bucket ${bucket} --region ${region} --server-side-encryption-configuration ${encryption}`,
  };
}
