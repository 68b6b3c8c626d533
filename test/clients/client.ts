/** A program that people use with S3, and what it is tried with against the served sandbox. */

/**
 * The buckets that each client is tried in: one that it makes itself, with SSE-S3 and without versions, and one that s3repl replicates to
 * another account, versioned and with SSE-KMS as its default encryption.
 */
export const PLACES = ['own', 'replicated'] as const;
export type Place = (typeof PLACES)[number];

/**
 * Commands that either all succeed or do not work. Bash runs them with `$bucket`, `$prefix` (a folder in it) and the variables of
 * `s3repl sandbox credentials`, in a folder with the file `big` (20 MB) and the folder `files` of small ones.
 */
export interface Trial {
  /** What it shows, as the table says it. */
  readonly does: string;
  readonly script: string;
  /** All places where it does not say. */
  readonly places?: readonly Place[];
  /** What the script must print; where it does not say, only its success counts. */
  readonly prints?: string;
  /** That it is known not to work, with what the client says then. */
  readonly fails?: { readonly saying: string; readonly because: string };
}

export interface Client {
  readonly name: string;
  /** Prints the version somewhere. Only the first two numbers of it are shown. */
  readonly version: string;
  /** What a user sets besides the lines of `s3repl sandbox credentials`, as the table says it. */
  readonly settings: string;
  /** Bash that writes these settings, once and first. */
  readonly prepare?: (place: Place) => string;
  readonly trials: readonly Trial[];
}
