/** Name of the role, key aliases and policies of a set-up (design.md 1). */
export function resourceName(setup: string): string {
  return `s3repl-${setup}`;
}

export function defaultRuleId(destination: number): string {
  return destination === 0 ? 'all' : `all-${destination + 1}`;
}
