export interface Choice {
  readonly value: string;
  readonly name: string;
  /** What stays on the screen after the choice; absent: the name. */
  readonly short?: string;
  readonly hint?: string;
}

export type Check = (text: string) => string | undefined | Promise<string | undefined>;

export interface Prompts {
  choose(ask: {
    readonly message: string;
    readonly choices: readonly Choice[];
    readonly preset?: string;
  }): Promise<string>;
  search(ask: {
    readonly message: string;
    readonly find: (term: string) => Promise<readonly Choice[]>;
  }): Promise<string>;
  type(ask: { readonly message: string; readonly preset?: string; readonly check?: Check }): Promise<string>;
  tick(ask: {
    readonly message: string;
    readonly choices: readonly (Choice & { readonly ticked: boolean })[];
  }): Promise<readonly string[]>;
}

/** Somebody goes back to the question before. */
export class GoBack extends Error {}

export const backSign = '<';
