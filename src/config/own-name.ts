/** Name of the role, key aliases and policies of a setup (design.md 1). */
export function resourceName(setup: string): string {
  return `s3repl-${setup}`;
}

/** Name of the role of S3 Batch Operations, and of its policy. */
export function backfillName(setup: string): string {
  return `${resourceName(setup)}-backfill`;
}

/** Of the topics that s3repl makes. */
export function alertsName(setup: string): string {
  return `${resourceName(setup)}-alerts`;
}

export function defaultRuleId(destination: number): string {
  return destination === 0 ? 'all' : `all-${destination + 1}`;
}
