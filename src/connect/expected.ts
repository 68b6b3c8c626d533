/**
 * What an earlier look or a write of this run lets the next look ask for at once, instead of asking first for its name: a guess that
 * saves a round trip. It is never believed: the answer that names the thing still decides, and a wrong guess is read for nothing.
 */
const guesses = new WeakMap<object, Map<string, Set<string>>>();

/**
 * @param client the SDK client that saw it, or wrote it.
 * @param name what will be asked about: an alias, the name of a role.
 * @param found what belonged to it: the ARN of the key, the name of an inline policy.
 */
export function expect(client: object, name: string, found: string): void {
  const ofClient = guesses.get(client) ?? new Map<string, Set<string>>();
  guesses.set(client, ofClient.set(name, (ofClient.get(name) ?? new Set()).add(found)));
}

/** All that belonged to the name so far, in the order in which it came up. */
export function listExpected(client: object, name: string): readonly string[] {
  return [...(guesses.get(client)?.get(name) ?? [])];
}
