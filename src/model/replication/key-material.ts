import type { Cause } from '../verdict.ts';
import { dateText, horizon, instantOf } from './dates.ts';
import { encryptionOf } from './default-encryption.ts';
import { memberOf } from './find.ts';
import { keySide, type Prepared, replicaKeySide } from './prepare.ts';
import type { Rule } from './rule.ts';

/**
 * KMS deletes imported key material on its last day, and the key is PendingImport: nobody can use it (KMS Developer Guide,
 * importing-keys-import-key-material, "Setting an expiration time").
 */
export function expiringKeyMaterial(prepared: Prepared, rules: readonly Rule[]): readonly Cause[] {
  const now = Date.parse(prepared.snapshot.takenAt);
  return keysOf(prepared, rules).flatMap(({ arn, path, value }): readonly Cause[] => {
    const metadata = memberOf(value, 'metadata');
    if (metadata === null || metadata === 'unknown' || metadata.KeyState !== 'Enabled') return [];
    const end = instantOf(metadata.ValidTo);
    if (end === undefined || !(end <= now + horizon)) return [];
    return [
      {
        check: 'C19',
        summary: `The imported key material of key ${arn} expires on ${dateText(end)}. From then on the key cannot be used, and new objects fail to replicate.`,
        fix: 'Import the same key material again before that date, with a later expiration date or with none (kms:ImportKeyMaterial).',
        evidence: { arn, path: [...path, 'metadata', 'ValidTo'] },
      },
    ];
  });
}

function keysOf(prepared: Prepared, rules: readonly Rule[]) {
  const { snapshot, source } = prepared;
  const { kmsKey } = encryptionOf(snapshot);
  const ofSource =
    rules.length === 0 || kmsKey === null || kmsKey === 'unknown'
      ? []
      : [keySide(prepared, kmsKey, source.account, 'unknown')];
  const ofReplicas = rules.flatMap((rule) => replicaKeySide(prepared, rule) ?? []);
  return [...new Map([...ofSource, ...ofReplicas].map((key) => [key.arn, key])).values()];
}
