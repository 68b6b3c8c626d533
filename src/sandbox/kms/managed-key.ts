import { createHash } from 'node:crypto';
import { type ArnParts, keyArn, kmsArn, rootArn } from '../../aws/arn.ts';
import type { Arn } from '../../aws/brand.ts';
import type { Key } from '../store/state.ts';
import type { Operation } from '../wire/operation.ts';

const managedAlias = 'alias/aws/s3';

/** The AWS managed key for S3, made at its first use; undefined: another alias. */
export function managedKeyFor(operation: Operation, alias: ArnParts): Key | undefined {
  if (alias.resource !== managedAlias || alias.account !== operation.caller.account) return undefined;
  const aliasArn = kmsArn(alias, managedAlias);
  const id = idOf(alias.account, alias.region);
  const arn = keyArn(alias, id);
  const existing = operation.state.keys[arn];
  if (existing !== undefined) return existing;
  const key = managedKey(operation, alias, id, arn);
  operation.state.keys[arn] = key;
  operation.state.aliases[aliasArn] = {
    name: managedAlias,
    arn: aliasArn,
    keyId: id,
    created: operation.now,
    updated: operation.now,
  };
  operation.watch?.settingsChanged();
  return key;
}

function managedKey(operation: Operation, { region, account, partition }: ArnParts, id: string, arn: Arn): Key {
  const viaS3 = {
    StringEquals: { 'kms:CallerAccount': [account], 'kms:ViaService': [`s3.${region}.amazonaws.com`] },
  };
  return {
    arn,
    id,
    account,
    region,
    created: operation.now,
    description: 'Default key that protects my S3 objects when no other key is defined',
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    multiRegion: false,
    manager: 'AWS',
    state: 'Enabled',
    tags: [],
    policy: {
      version: '2012-10-17',
      id: 'auto-s3-2',
      statements: [
        {
          sid: 'Allow access through S3 for all principals in the account that are authorized to use S3',
          effect: 'Allow',
          principal: { AWS: ['*'] },
          action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
          resource: ['*'],
          condition: viaS3,
        },
        {
          sid: 'Allow direct access to key metadata to the account',
          effect: 'Allow',
          principal: { AWS: [rootArn({ partition, account })] },
          action: ['kms:Describe*', 'kms:Get*', 'kms:List*'],
          resource: ['*'],
        },
      ],
    },
  };
}

function idOf(account: string, region: string): string {
  const digest = createHash('sha256').update(`${account}/${region}/${managedAlias}`).digest('hex');
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
