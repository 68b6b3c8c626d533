import type { Tag } from './shapes.ts';

/** `context` is what the writer added to the encryption context. */
export type ObjectEncryption =
  | { readonly type: 'NONE' | 'SSE-S3' }
  | {
      readonly type: 'SSE-KMS' | 'DSSE-KMS';
      readonly keyArn: string;
      readonly bucketKey: boolean;
      readonly context: Readonly<Record<string, string>>;
    }
  | { readonly type: 'SSE-C'; readonly keyMd5: string };

export type ReplicationStatus = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';

/** `until` is in virtual milliseconds. */
export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly until: number;
}

/** A composite one is of its parts' checksums. */
export interface Checksum {
  readonly algorithm: 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export type ObjectAcl =
  | 'private'
  | 'public-read'
  | 'public-read-write'
  | 'authenticated-read'
  | 'aws-exec-read'
  | 'bucket-owner-read'
  | 'bucket-owner-full-control';

interface Version {
  readonly key: string;
  /** `null` in a bucket without versioning. */
  readonly versionId: string;
  /** Virtual milliseconds; S3 shows seconds. */
  readonly lastModified: number;
  /** Account ID. */
  readonly owner: string;
  readonly replication?: ReplicationStatus | undefined;
}

export interface DeleteMarker extends Version {
  readonly deleteMarker: true;
}

/** A multipart upload keeps these from its beginning. */
export interface ObjectAttributes {
  /** `content-type` and others that come back as they were put. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly tags: readonly Tag[];
  readonly acl: ObjectAcl;
  readonly owner: string;
  readonly encryption: ObjectEncryption;
  readonly retention?: Retention | undefined;
  /** Explicitly set, even `OFF` counts (recorded fact 65). */
  readonly legalHold?: 'ON' | 'OFF' | undefined;
}

export interface StoredObject extends Version, ObjectAttributes {
  readonly deleteMarker: false;
  readonly owner: string;
  readonly size: number;
  /** Without quotation marks. */
  readonly etag: string;
  readonly checksum: Checksum;
  /** As `contents.ts` keeps it. */
  readonly content: string;
  readonly uploadId?: string;
  /** Sizes, where the object was uploaded in parts. */
  readonly parts?: readonly number[];
  /** Where the object's checksum is made of them. */
  readonly partChecksums?: readonly string[];
}

export type ObjectVersion = StoredObject | DeleteMarker;

export interface UploadPart {
  readonly number: number;
  readonly etag: string;
  /** The object's ETag is made of these. */
  readonly md5: string;
  readonly size: number;
  readonly lastModified: number;
  readonly checksum: Checksum;
  readonly content: string;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: number;
  /** Account ID. */
  readonly initiator: string;
  readonly attributes: ObjectAttributes;
  readonly checksum?: Pick<Checksum, 'algorithm' | 'type'>;
  /** By part number. */
  readonly parts: Record<string, UploadPart>;
  /** A version of the key was deleted meanwhile. */
  keyDeleted?: boolean;
}
