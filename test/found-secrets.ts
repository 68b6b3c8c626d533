/** What the suite found of its credentials where they must not be (test/secrets.ts). */

/** Of every secret and session token: those of the sandbox, of moto, and those that tests sign in to moto with. */
const secrets = /SANDBOXSECRET|SANDBOXTOKEN|SUITESECRET|FQoGZXIvYXdzEBYaD/;
export const longestMark = 20;

/** Test files that share a world (vitest.config.ts) share what was found, and wrap Node's functions once. */
const world = globalThis as { secretsFound?: string[] };
world.secretsFound ??= [];
const found = world.secretsFound;

/** Remembers where a secret was written; the test that is running fails. */
export function lookForSecrets(text: string, where: string): void {
  const secret = secrets.exec(text);
  if (secret) found.push(`${where}: …${text.slice(Math.max(0, secret.index - 80), secret.index)}${secret[0]}…`);
}

/** What was found since it was asked last: for the test of this file. */
export function secretsFound(): readonly string[] {
  return found.splice(0);
}
