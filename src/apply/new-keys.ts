import type { Call } from '../plan/change.ts';
import { newKeyPattern } from '../plan/names.ts';

/** Puts the ARNs of keys that have just been made in the place of their stand-ins; a call waits for the keys that it names. */
export class NewKeys {
  readonly #arns = new Map<string, string>();
  readonly #waiting: {
    readonly alias: string;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  #failure: { readonly error: unknown } | undefined;

  async inPlaceOf(call: Call): Promise<Call> {
    const text = JSON.stringify(call);
    await Promise.all([...text.matchAll(newKeyPattern)].map(([standIn]) => this.#known(standIn)));
    return JSON.parse(text.replace(newKeyPattern, (standIn) => this.#arns.get(standIn) ?? standIn)) as Call;
  }

  #known(alias: string): Promise<void> {
    if (this.#arns.has(alias)) return Promise.resolve();
    if (this.#failure) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => this.#waiting.push({ alias, resolve, reject }));
  }

  learn(standIn: string, answer: unknown): void {
    const { KeyMetadata } = (answer ?? {}) as { KeyMetadata?: { Arn?: string } };
    if (!KeyMetadata?.Arn) return;
    this.#arns.set(standIn, KeyMetadata.Arn);
    for (const one of this.#waiting) if (one.alias === standIn) one.resolve();
  }

  giveUp(error: unknown): void {
    this.#failure = { error };
    for (const one of this.#waiting) if (!this.#arns.has(one.alias)) one.reject(error);
  }
}
