/** Shapes that AWS's documents have in common, and how they are read. */

export type Tags = Readonly<Record<string, string>>;

export interface PublicAccessBlock {
  readonly BlockPublicAcls?: boolean;
  readonly IgnorePublicAcls?: boolean;
  readonly BlockPublicPolicy?: boolean;
  readonly RestrictPublicBuckets?: boolean;
}

/** The members of KMS's KeyMetadata that decide something. */
export interface KeyMetadata {
  readonly Arn: string;
  readonly AWSAccountId?: string;
  readonly KeyState?: string;
  readonly KeySpec?: string;
  readonly KeyUsage?: string;
  readonly KeyManager?: string;
  readonly Description?: string;
  readonly CreationDate?: string;
  readonly Origin?: string;
  /** When imported key material expires, as ISO text. */
  readonly ValidTo?: string;
}

/** What a record has under a name; undefined where it has nothing, though every object inherits a `constructor`, which is a bucket's name as well. */
export function lookUp<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
