/** What the role, the keys' aliases and the policies that s3repl makes for a setup are called (design.md 1). */
export function resourceName(setup: string): string {
  return `s3repl-${setup}`;
}

/** What a rule of a destination without `rules` is called. */
export function defaultRuleId(destination: number): string {
  return destination === 0 ? 'all' : `all-${destination + 1}`;
}
