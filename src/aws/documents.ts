export type Tags = Readonly<Record<string, string>>;

export interface PublicAccessBlock {
  readonly BlockPublicAcls?: boolean;
  readonly IgnorePublicAcls?: boolean;
  readonly BlockPublicPolicy?: boolean;
  readonly RestrictPublicBuckets?: boolean;
}

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

/** Undefined for names that every object inherits: `constructor` is a bucket name as well. */
export function lookUp<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
