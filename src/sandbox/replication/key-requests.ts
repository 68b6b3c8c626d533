import { accountIn } from '../../aws/arn.ts';
import { countObjectKeyUse } from '../s3/kms.ts';
import { usesKms } from '../s3/object-encryption.ts';
import type { BucketReplication } from '../s3/shapes.ts';
import type { ObjectEncryption, ObjectVersion } from '../s3/stored-object.ts';
import type { Bucket, SandboxState } from '../store/state.ts';

/** What the replication role asks of KMS; it counts for the role's account on both sides (KMS Developer Guide, requests-per-second). */
export class KeyRequests {
  readonly #state: SandboxState;
  readonly #requester: { readonly account: ReturnType<typeof accountIn>; readonly arn: string };

  constructor(state: SandboxState, { Role: arn = '' }: BucketReplication) {
    this.#state = state;
    this.#requester = { account: accountIn(arn), arn };
  }

  /** Once a version, whatever the number of its replicas: AWS tells only of two requests for one replica (S3 User Guide, replication-time-control). */
  countRead(bucket: Bucket, version: ObjectVersion): void {
    if (!version.deleteMarker) this.#count(bucket, version.encryption, 'kms:Decrypt');
  }

  /** @param encryption of the replica; undefined for a delete marker. */
  countWrite(bucket: Bucket, encryption: ObjectEncryption | undefined): void {
    if (encryption !== undefined) this.#count(bucket, encryption, 'kms:Encrypt');
  }

  #count(bucket: Bucket, encryption: ObjectEncryption, action: 'kms:Decrypt' | 'kms:Encrypt'): void {
    const requester = this.#requester;
    if (usesKms(encryption)) countObjectKeyUse(this.#state, { bucket, requester, encryption, action });
  }
}
