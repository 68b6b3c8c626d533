/** One thing changed in a healthy setup, and what S3 then does, by rules.md and recorded/replication.md. */

import type { KeyMetadata } from '../../../../src/aws/documents.ts';
import type { Replica, Verdict } from '../../../../src/model/verdict.ts';
import { deny, plus, policy, rule, type World, without } from '../world.ts';

export interface Mutation {
  readonly title: string;
  readonly from: string;
  readonly change: (world: World) => void;
  readonly outcome: Verdict['outcome'];
  readonly reason: Verdict['reason'];
  readonly warning?: RegExp;
  readonly replica?: Partial<Replica>;
}

export type Change = Mutation['change'];
export type More = Pick<Mutation, 'warning' | 'replica'>;

export const replicates = (title: string, from: string, change: Change, more: More = {}): Mutation => ({
  ...{ title, from, change, outcome: 'replicates', reason: null },
  ...more,
});
export const fails = (
  title: string,
  from: string,
  reason: Verdict['reason'],
  change: Change,
  more: More = {},
): Mutation => ({
  ...{ title, from, change, outcome: 'fails', reason },
  ...more,
});
export const silent = (title: string, from: string, reason: Verdict['reason'], change: Change): Mutation => ({
  ...{ title, from, change, outcome: 'not-replicated', reason },
});
export const unknown = (title: string, change: Change): Mutation => ({
  ...{ title, from: 'design.md 5', change, outcome: 'unknown', reason: null },
});

export const metadata = (more: Partial<KeyMetadata>): KeyMetadata => ({
  ...{
    Arn: 'arn',
    KeyState: 'Enabled',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyManager: 'CUSTOMER',
  },
  ...more,
});
export const encrypted = (w: World, encryption: World['object']['encryption']) => {
  w.object.encryption = encryption;
  w.object.kmsKey = null;
  w.object.bucketKey = false;
};
export const marker: Change = (w) => {
  encrypted(w, 'NONE');
  w.object.deleteMarker = true;
};
export const lockedSource: Change = (w) => {
  w.src.objectLock = 'Enabled';
  w.rolePolicy = plus(w.rolePolicy, {
    Effect: 'Allow',
    Action: ['s3:GetObjectRetention', 's3:GetObjectLegalHold'],
    Resource: 'arn:aws:s3:::src/*',
  });
};
export const lockedBoth: Change = (w) => {
  lockedSource(w);
  w.dst.objectLock = 'Enabled';
  w.object.retention = { mode: 'GOVERNANCE', until: '2027-01-01T00:00:00Z' };
};
export const noBucketKeys: Change = (w) => {
  w.object.bucketKey = false;
  w.dst.encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] };
};
export const inDestination = (w: World, more: object) => {
  w.rules = [rule({ Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::dst', ...more } })];
};
export const foreignKey = (arn: string, w: World) =>
  inDestination(w, { EncryptionConfiguration: { ReplicaKmsKeyID: arn } });
export const plain: Change = (w) => encrypted(w, 'NONE');
export const ssec: Change = (w) => encrypted(w, 'SSE-C');
export const sses3: Change = (w) => encrypted(w, 'SSE-S3');
export const tagged: Change = (w) => {
  w.object.tags = { team: 'billing' };
};
export const also =
  (...changes: Change[]): Change =>
  (w) => {
    for (const change of changes) change(w);
  };
export const roleLacks =
  (...actions: string[]): Change =>
  (w) => {
    w.rolePolicy = without(w.rolePolicy, ...actions);
  };
export const bucketLacks =
  (...actions: string[]): Change =>
  (w) => {
    w.dst.policy = without(w.dst.policy, ...actions);
  };
export const keyLacks =
  (...actions: string[]): Change =>
  (w) => {
    w.dstKey.policy = without(w.dstKey.policy, ...actions);
  };
export const roleDenies =
  (action: string): Change =>
  (w) => {
    w.rolePolicy = plus(w.rolePolicy, deny(action));
  };
export const destinationDenies =
  (action: string, more = {}): Change =>
  (w) => {
    w.dst.policy = plus(w.dst.policy, deny(action, { Principal: '*', ...more }));
  };
export const sourceDenies =
  (action: string, more = {}): Change =>
  (w) => {
    w.src.policy = policy(deny(action, { Principal: '*', ...more }));
  };
export const boundary =
  (...statements: Parameters<typeof policy>): Change =>
  (w) => {
    w.role = (role) => ({ ...role, permissionsBoundary: policy(...statements) });
  };
export const trust =
  (Principal: object, Condition?: object): Change =>
  (w) => {
    const statement = {
      Effect: 'Allow' as const,
      Principal: Principal as { Service: string },
      Action: 'sts:AssumeRole',
    };
    w.trust = policy(
      Condition ? { ...statement, Condition: Condition as { StringEquals: object } as never } : statement,
    );
  };
export const everything = { Effect: 'Allow' as const, Action: '*', Resource: '*' };
export const s3 = { Service: 's3.amazonaws.com' };
export const src = 'SrcGetObjectNotPermitted';
export const put = 'DstPutObjectNotPermitted';
