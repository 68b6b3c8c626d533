/** Grants of a KMS key, as the statements that they mean (KMS Developer Guide, grants and create-grant-overview). */
import type { GrantConstraints, GrantListEntry } from '@aws-sdk/client-kms';
import type { PolicyDocument, Statement } from '../../aws/policy.ts';
import type { NamedPolicy } from '../decision.ts';
import { type KeySide, memberOf } from './find.ts';

export function areGrantsRead({ value }: KeySide): boolean {
  return Array.isArray(memberOf(value, 'grants'));
}

/** Null where it has none, or nobody looked. */
export function grantsPolicy({ arn, value }: KeySide): NamedPolicy | null {
  const grants = memberOf(value, 'grants');
  if (!grants || grants === 'unknown' || grants.length === 0) return null;
  // In this version of the language `${` means itself, as it does in a grant.
  const document: PolicyDocument = { Version: '2008-10-17', Statement: grants.flatMap(statementOf) };
  return { name: `grants of key ${arn}`, document };
}

/** A grant to an AWS service is no grant to the role. */
function statementOf({
  GranteePrincipal: grantee,
  Operations: operations = [],
  Constraints,
}: GrantListEntry): Statement[] {
  if (grantee === undefined || operations.length === 0) return [];
  return [
    {
      Effect: 'Allow',
      Principal: { AWS: grantee },
      Action: operations.map((operation) => `kms:${operation}`),
      Resource: '*',
      ...(Constraints && { Condition: conditionOf(Constraints) }),
    },
  ];
}

/** Both kinds compare whole values, case-sensitive; `Equals` allows no others beside them. */
function conditionOf({ EncryptionContextSubset, EncryptionContextEquals, SourceArn }: GrantConstraints) {
  const pairs = Object.entries({ ...EncryptionContextSubset, ...EncryptionContextEquals });
  const only = EncryptionContextEquals && { 'kms:EncryptionContextKeys': Object.keys(EncryptionContextEquals) };
  return {
    StringEquals: {
      ...Object.fromEntries(pairs.map(([key, value]) => [`kms:EncryptionContext:${key}`, value])),
      ...(SourceArn !== undefined && { 'aws:SourceArn': SourceArn }),
    },
    ...(only && { 'ForAllValues:StringEquals': only }),
  };
}
