/** What earlier calls of this run let the next look ask for at once. Never believed: the answer decides, and a wrong guess costs one read. */
const guesses = new WeakMap<object, Map<string, Set<string>>>();

/** @param name what will be asked about: an alias, the name of a role. @param found what belongs to it: the ARN of the key, the name of an inline policy. */
export function expect(client: object, name: string, found: string): void {
  const ofClient = guesses.get(client) ?? new Map<string, Set<string>>();
  guesses.set(client, ofClient.set(name, (ofClient.get(name) ?? new Set()).add(found)));
}

export function listExpected(client: object, name: string): readonly string[] {
  return [...(guesses.get(client)?.get(name) ?? [])];
}
