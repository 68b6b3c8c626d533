/** AWS says by an error's name or status that something is absent, or not for us; the text of an error never decides. */
import { Failure } from '../events/failure.ts';

/** For `.catch`: gives null for an error of one of these names, and throws any other. */
export function catchAbsent(...names: readonly string[]): (error: unknown) => null {
  return (error) => {
    if (error instanceof Error && names.includes(error.name)) return null;
    throw error;
  };
}

export function statusOf(error: unknown): number | undefined {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

/** Whether one answer named a thing that the next did not know: answers lag one by one (rules.md 3.1), and things come and go while we look. */
export function isHalfShown(error: unknown): boolean {
  return error instanceof Error && /^(NoSuchEntity(Exception)?|NoSuchBucket|NotFoundException)$/.test(error.name);
}

export function isDenied(error: unknown): boolean {
  if (isSignInError(error)) return false;
  return statusOf(error) === 403 || (error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name));
}

const signInErrors =
  /^(ExpiredToken(Exception)?|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|InvalidToken|TokenRefreshRequired|CredentialsProviderError|TokenProviderError)$/;

/** Whether AWS, or something on the way to it, did not accept the credentials; the error may have AWS's status 403 or none. */
export function isSignInError(error: unknown): boolean {
  return error instanceof Failure || (error instanceof Error && signInErrors.test(error.name));
}

/** S3, KMS, IAM and STS each have their own name for expired credentials, and so does the place that they come from. */
export function hasRunOut(error: unknown): error is Error {
  const names = /^(ExpiredToken(Exception)?|TokenRefreshRequired|CredentialsProviderError|TokenProviderError)$/;
  return error instanceof Error && names.test(error.name);
}

/** HeadBucket and HeadObject get answers without a body, so their errors have no code. */
export function isCodeless(error: unknown): boolean {
  return error instanceof Error && /^(Unknown(Error)?|Error|BadRequest|\d+)$/.test(error.name);
}
