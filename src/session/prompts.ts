/** How a question gets its answer: with lists that redraw themselves, or as plain lines. */

export interface Choice {
  readonly value: string;
  readonly name: string;
  /** What stays on the screen once it is chosen; the name where left out. */
  readonly short?: string;
  /** Shown below the list while it is the current one. */
  readonly hint?: string;
}

/** Says what is wrong with a text, in one line. */
export type Check = (text: string) => string | undefined | Promise<string | undefined>;

export interface Prompts {
  /** One of a few. */
  choose(ask: {
    readonly message: string;
    readonly choices: readonly Choice[];
    readonly preset?: string;
  }): Promise<string>;
  /** One of many, filtered by typing. */
  search(ask: {
    readonly message: string;
    readonly find: (term: string) => Promise<readonly Choice[]>;
  }): Promise<string>;
  type(ask: { readonly message: string; readonly preset?: string; readonly check?: Check }): Promise<string>;
  /** Any of a few. */
  tick(ask: {
    readonly message: string;
    readonly choices: readonly (Choice & { readonly ticked: boolean })[];
  }): Promise<readonly string[]>;
}

/** Somebody wants to go back to the question before. */
export class GoBack extends Error {}

/** What is typed to go back. */
export const backSign = '<';
