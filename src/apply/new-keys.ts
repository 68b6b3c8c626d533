import type { Call } from '../state/change.ts';
import { newKeyPattern } from '../state/names.ts';
import { factsOf } from '../steps/steps.ts';

/** Calls wait until their keys have an alias: of two runs that make a key at once, only one gets the alias, and only its key may be named anywhere. */
export class NewKeys {
  readonly #made = new Map<string, string>();
  readonly #arns = new Map<string, string>();
  readonly #waiting: {
    readonly alias: string;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** @param target of the change that the call belongs to: a key's own calls do not wait for its alias. */
  async replaceStandIns(call: Call, target: string): Promise<Call> {
    const text = JSON.stringify(call);
    const named = [...text.matchAll(newKeyPattern)].map(([standIn]) => standIn);
    await Promise.all(
      named.map((standIn) => (standIn === target && this.#made.has(standIn) ? undefined : this.#awaitArn(standIn))),
    );
    const arn = (standIn: string) => this.#arns.get(standIn) ?? this.#made.get(standIn) ?? standIn;
    return JSON.parse(text.replace(newKeyPattern, arn)) as Call;
  }

  #awaitArn(alias: string): Promise<void> {
    if (this.#arns.has(alias)) return Promise.resolve();
    if (this.#failure) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => this.#waiting.push({ alias, resolve, reject }));
  }

  learn(standIn: string, { operation }: Call, answer: unknown): void {
    const { targetArn, decidesTarget } = factsOf(operation) ?? {};
    const named = targetArn && memberOf(answer, targetArn);
    if (typeof named === 'string') this.#made.set(standIn, named);
    const arn = this.#made.get(standIn);
    if (!decidesTarget || arn === undefined) return;
    this.#arns.set(standIn, arn);
    for (const one of this.#waiting) if (one.alias === standIn) one.resolve();
  }

  giveUp(error: unknown): void {
    this.#failure = { error };
    for (const one of this.#waiting) if (!this.#arns.has(one.alias)) one.reject(error);
  }
}

function memberOf(answer: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, member) => (Object(value) as Readonly<Record<string, unknown>>)[member], answer);
}
