/** AWS's ways to say that something is not there, or not for us: the error's name or status, never its text. */
import { Failure } from '../events/failure.ts';

/** For `.catch`: null for an error of one of these names, any other error passes through. */
export function catchAbsent(...names: readonly string[]): (error: unknown) => null {
  return (error) => {
    if (error instanceof Error && names.includes(error.name)) return null;
    throw error;
  };
}

/** The HTTP status of an SDK error. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

/**
 * Whether one answer named a role, policy, bucket or key that the next one did not know: answers are late one by one (rules.md
 * 3.1), and things come and go while they are looked at.
 */
export function isHalfShown(error: unknown): boolean {
  return error instanceof Error && /^(NoSuchEntity(Exception)?|NoSuchBucket|NotFoundException)$/.test(error.name);
}

/** Whether AWS refused a call for want of a permission. */
export function isDenied(error: unknown): boolean {
  if (isSignInError(error)) return false;
  return statusOf(error) === 403 || (error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name));
}

const signInErrors =
  /^(ExpiredToken(Exception)?|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|InvalidToken|TokenRefreshRequired|CredentialsProviderError|TokenProviderError)$/;

/** Whether AWS, or the way to it, did not accept the credentials; a 403 in AWS's answer as well as none. */
export function isSignInError(error: unknown): boolean {
  return error instanceof Failure || (error instanceof Error && signInErrors.test(error.name));
}

/** Whether credentials have run out: AWS says so (S3, KMS, IAM and STS each by its own name), or the place that they come from. */
export function hasRunOut(error: unknown): error is Error {
  const names = /^(ExpiredToken(Exception)?|TokenRefreshRequired|CredentialsProviderError|TokenProviderError)$/;
  return error instanceof Error && names.test(error.name);
}

/** Whether an error has no code: HeadBucket and HeadObject are answered without a body. */
export function isCodeless(error: unknown): boolean {
  return error instanceof Error && /^(Unknown(Error)?|Error|BadRequest|\d+)$/.test(error.name);
}
