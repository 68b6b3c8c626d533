/** Small builders for specs and states: the default case, with what a test is about changed. */

import type { AccountId, Arn, Region } from '../src/aws/brand.ts';
import type { PolicyDocument } from '../src/aws/policy.ts';
import type { DestinationSide, RuleSpec, SourceSide, Spec } from '../src/config/spec.ts';
import { keyUseTag, ownerTag } from '../src/state/names.ts';
import type { BucketState, KeyState, RoleState, State } from '../src/state/state.ts';
import { branded, type Plain } from './plain.ts';

export const SOURCE = branded<AccountId>('111111111111');
export const DESTINATION = branded<AccountId>('222222222222');

export function aRule(change: Partial<RuleSpec> = {}): RuleSpec {
  return {
    id: 'all',
    prefix: '',
    tags: {},
    enabled: true,
    deleteMarkers: true,
    replicationTimeControl: true,
    metrics: true,
    ownerOverride: true,
    replicaModifications: false,
    except: [],
    ...change,
  };
}

export function aSource(change: Partial<Plain<SourceSide>> = {}): SourceSide {
  return branded<SourceSide>({
    id: 'source',
    account: SOURCE,
    region: 'eu-west-1',
    partition: 'aws',
    access: {},
    bucket: 'acme-invoices',
    kmsKey: { kind: 'create' },
    additionalKmsKeys: [],
    bucketKey: true,
    ...change,
  });
}

export function aDestination(change: Partial<Plain<DestinationSide>> = {}): DestinationSide {
  return branded<DestinationSide>({
    id: 'destinations[0]',
    account: DESTINATION,
    region: 'eu-central-1',
    partition: 'aws',
    access: {},
    bucket: 'acme-invoices-replica',
    kmsKey: { kind: 'create' },
    bucketKey: true,
    rules: [aRule()],
    ...change,
  });
}

export function aSpec(change: Partial<Plain<Spec>> = {}): Spec {
  return branded<Spec>({
    name: 'invoices-dr',
    source: aSource(),
    destinations: [aDestination()],
    role: { name: 's3repl-invoices-dr' },
    backfill: { role: 's3repl-invoices-dr-backfill' },
    newKeys: { administrators: [], users: [] },
    tags: {},
    ...change,
  });
}

export function rootPolicy(account: string, partition = 'aws'): PolicyDocument {
  return {
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  };
}

export function aKey(arn: string, change: Partial<KeyState> = {}): KeyState {
  return {
    metadata: {
      Arn: arn,
      AWSAccountId: arn.split(':')[4] ?? '',
      KeyState: 'Enabled',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyManager: 'CUSTOMER',
      Description: '',
    },
    policy: rootPolicy(arn.split(':')[4] ?? '', arn.split(':')[1]),
    aliases: [],
    rotation: true,
    tags: {},
    ...change,
  };
}

export function ownKey(arn: string, use: 'source' | 'replica', spec: Spec, change: Partial<KeyState> = {}): KeyState {
  const alias = `alias/s3repl-${spec.name}${use === 'replica' ? '-replica' : ''}`;
  return aKey(arn, { aliases: [alias], tags: { [ownerTag]: spec.name, [keyUseTag]: use }, ...change });
}

export function aBucket({
  region = 'eu-west-1',
  ...change
}: Partial<Omit<BucketState, 'region'>> & { readonly region?: string } = {}): BucketState {
  return {
    region: branded<Region>(region),
    versioning: 'Enabled',
    encryption: null,
    policy: null,
    replication: null,
    ownership: 'BucketOwnerEnforced',
    publicAccessBlock: null,
    objectLock: null,
    requestPayment: 'BucketOwner',
    tags: {},
    ...change,
  };
}

export function aRole(change: Partial<RoleState> = {}): RoleState {
  return {
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    inlinePolicies: {},
    attachedPolicies: [],
    permissionsBoundary: null,
    tags: {},
    ...change,
  };
}

export const nothing: State = { accounts: {} };

export function keyArn(
  account: string = SOURCE,
  region = 'eu-west-1',
  id = '11111111-2222-3333-4444-555555555555',
  partition = 'aws',
): Arn {
  return branded<Arn>(`arn:${partition}:kms:${region}:${account}:key/${id}`);
}
