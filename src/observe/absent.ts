/** AWS's ways to say that something is not there: the error's name, never its text. */

/** For `.catch`: null for an error of one of these names, any other error passes through. */
export function absent(...names: readonly string[]): (error: unknown) => null {
  return (error) => {
    if (error instanceof Error && names.includes(error.name)) return null;
    throw error;
  };
}

/** The HTTP status of an SDK error. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}
