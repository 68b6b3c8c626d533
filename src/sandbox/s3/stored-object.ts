import type { Tag } from './shapes.ts';

/** How a version is encrypted. `context` is what its writer added to the encryption context. */
export type ObjectEncryption =
  | { readonly type: 'NONE' | 'SSE-S3' }
  | {
      readonly type: 'SSE-KMS' | 'DSSE-KMS';
      readonly keyArn: string;
      readonly bucketKey: boolean;
      readonly context: Readonly<Record<string, string>>;
    }
  | { readonly type: 'SSE-C'; readonly keyMd5: string };

/** What `x-amz-replication-status` says. */
export type ReplicationStatus = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';

/** Until when, in virtual milliseconds, a version cannot be deleted. */
export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly until: number;
}

/** An object's checksum; a composite one is that of its parts' checksums. */
export interface Checksum {
  readonly algorithm: 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** The canned ACLs that objects know. */
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
  /** `null` for the version of a bucket without versioning. */
  readonly versionId: string;
  /** Virtual milliseconds; S3 shows seconds. */
  readonly lastModified: number;
  /** Account ID. */
  readonly owner: string;
  readonly replication?: ReplicationStatus | undefined;
}

/** A delete marker. */
export interface DeleteMarker extends Version {
  readonly deleteMarker: true;
}

/** What the writer of an object says about it; a multipart upload keeps it from its beginning. */
export interface ObjectAttributes {
  /** `content-type` and the other headers that come back as they were put. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly tags: readonly Tag[];
  readonly acl: ObjectAcl;
  readonly owner: string;
  readonly encryption: ObjectEncryption;
  readonly retention?: Retention | undefined;
  /** Set explicitly, even `OFF`, counts (recorded fact 65). */
  readonly legalHold?: 'ON' | 'OFF' | undefined;
}

/** A version with content. */
export interface StoredObject extends Version, ObjectAttributes {
  readonly deleteMarker: false;
  readonly owner: string;
  readonly size: number;
  /** Without quotation marks. */
  readonly etag: string;
  readonly checksum: Checksum;
  /** As `contents.ts` keeps it. */
  readonly content: string;
  /** The upload that an object which came in parts was completed by. */
  readonly uploadId?: string;
  /** The sizes of the parts of an object that was uploaded in parts. */
  readonly parts?: readonly number[];
  /** The checksums of the parts, where that of the object is made of them. */
  readonly partChecksums?: readonly string[];
}

/** A version of an object, or a delete marker. */
export type ObjectVersion = StoredObject | DeleteMarker;

/** A part of a multipart upload. */
export interface UploadPart {
  readonly number: number;
  readonly etag: string;
  /** MD5 of the content, which the object's ETag is made of. */
  readonly md5: string;
  readonly size: number;
  readonly lastModified: number;
  readonly checksum: Checksum;
  /** As `contents.ts` keeps it. */
  readonly content: string;
}

/** A multipart upload that is under way. */
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
  /** Set when a version of the key is deleted meanwhile. */
  keyDeleted?: boolean;
}
