/** What a change of a setting means, by rules.md. */
import type { Mutant } from './mutant.ts';
import { type Expected, unharmed } from './needs.ts';
import type { Asked, Parts, SetUp } from './set-ups.ts';

export type Of = (asked: Asked) => boolean;
export type Meaning = Partial<Omit<Mutant, 'title' | 'parts'>>;
/** A title, what is changed, and what that means; nothing where it is harmless. */
export type Row = readonly [title: string, change: Partial<Parts>, meaning?: Meaning];

export const all: Of = () => true;
export const versions: Of = ({ marker }) => !marker;
export const markers: Of = ({ marker }) => marker;
export const encrypted: Of = ({ kms }) => kms;
export const plaintext: Of = ({ marker, object }) => !marker && object.encryption === 'NONE';

export function mutantOf(setUp: SetUp, [title, change, meaning]: Row): Mutant {
  return { title, parts: { ...setUp, ...change }, expected: () => unharmed, arns: [], ...meaning };
}

function when(by: Of, change: Partial<Expected>): Mutant['expected'] {
  return (asked) => (by(asked) ? { ...unharmed, ...change } : unharmed);
}

export function fails(reason: Expected['reason'], by: Of, ...arns: string[]): Meaning {
  return { expected: when(by, { outcome: 'fails', reason }), arns };
}

export function silent(reason: Expected['reason'], by: Of): Meaning {
  return { expected: when(by, { outcome: 'not-replicated', reason }) };
}

export function unknown(by: Of): Meaning {
  return { expected: when(by, { outcome: 'unknown' }) };
}

export function warns(by: Of, ...warnings: string[]): Meaning {
  return { expected: when(by, { warnings }) };
}

/** The first that is not harmless for an object. */
export function either(first: Meaning, second: Meaning): Meaning {
  const expected = (asked: Asked): Expected => {
    const one = first.expected?.(asked) ?? unharmed;
    return one.outcome === 'replicates' ? (second.expected?.(asked) ?? unharmed) : one;
  };
  return { ...second, ...first, expected };
}
