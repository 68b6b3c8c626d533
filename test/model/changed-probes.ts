/** The probes of the classes of objects in a healthy setup that was changed, and what changes it. */
import type { ReplicationRule } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import { findEffectiveRules, newObject } from '../../src/model/governed-object.ts';
import type { Exclusion } from '../../src/model/object-class.ts';
import { classProbesOf, type Probe } from '../../src/model/probes.ts';
import { prepare } from '../../src/model/replication/prepare.ts';
import { deny, healthy, plus, rule, snapshotOf, type World } from './replication/world.ts';

export type Change = (world: World) => void;

export function prepared(...changes: readonly Change[]) {
  const world = healthy();
  for (const change of changes) change(world);
  return prepare(snapshotOf(world));
}

/** The probes of the classes of every rule, each of which is like a new object in all but what tells classes apart. */
export function probesIn(changes: readonly Change[], exclusions: readonly Exclusion[] = []): readonly Probe[] {
  const all = prepared(...changes);
  return findEffectiveRules(all).flatMap((one) => {
    const probes = classProbesOf(all, one, exclusions);
    const like = Object.keys(newObject(all.snapshot, one)).toSorted();
    for (const { what, object } of probes)
      if (what === 'new-object') expect(Object.keys(object).toSorted()).toEqual(like);
    return probes;
  });
}

export function tagsText(tags: Probe['object']['tags']): readonly string[] {
  return tags === 'unknown' ? [tags] : Object.entries(tags).map(([key, value]) => `${key}=${value}`);
}

export function encryptionText({ encryption, bucketKey }: Pick<Probe['object'], 'encryption' | 'bucketKey'>): string {
  return encryption === 'SSE-KMS' ? `SSE-KMS ${bucketKey ? 'with' : 'without'} Bucket Key` : encryption;
}

export function textOf({ what, object }: Probe): string {
  const marker = what === 'delete-marker' ? ['delete marker'] : [];
  return [...marker, object.key, ...tagsText(object.tags), encryptionText(object)].join(', ');
}

export const denyThere =
  (Condition?: Statement['Condition'], keys: readonly string[] = ['*'], action = 's3:ReplicateObject'): Change =>
  (world) => {
    const Resource = keys.map((key) => `arn:aws:s3:::dst/${key}`);
    world.dst.policy = plus(
      world.dst.policy,
      deny(action, { Principal: '*', Resource, ...(Condition && { Condition }) }),
    );
  };
export const byEncryption = { StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' } };
export const byClass = { StringEquals: { 's3:RequestObjectTag/class': 'hr' } };
export const byCustomerKey = { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } };

export const tagged = (tags: Readonly<Record<string, string>>, more: Partial<ReplicationRule> = {}): ReplicationRule =>
  rule({
    Filter: { And: { Prefix: '', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } },
    DeleteMarkerReplication: { Status: 'Disabled' },
    ...more,
  });

export const withDefault =
  (SSEAlgorithm: 'aws:kms' | 'aws:kms:dsse' | 'AES256', KMSMasterKeyID?: string, BucketKeyEnabled = true): Change =>
  (world) => {
    const by = { SSEAlgorithm, ...(KMSMasterKeyID !== undefined && { KMSMasterKeyID }) };
    world.src.encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: by, BucketKeyEnabled }] };
  };
