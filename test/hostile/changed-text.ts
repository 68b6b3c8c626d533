import fc from 'fast-check';
import { nastyTexts } from './runs.ts';

/** A file of JSON that somebody has changed: cut off, with other bytes in it, or with other values. */
export function changedText(text: string): fc.Arbitrary<string> {
  const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"(?!:)|\b\d+\b|\[\]|\{\}|true|false|null/g)];
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom<unknown>(...nastyTexts, 1e300, -1, null));
  return fc.oneof(
    fc.nat(text.length).map((length) => text.slice(0, length)),
    fc
      .tuple(fc.nat(text.length), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([at, one]) => text.slice(0, at) + one + text.slice(at + 1)),
    fc
      .tuple(fc.constantFrom(...values), value)
      .map(([one, other]) => text.slice(0, one.index) + JSON.stringify(other) + text.slice(one.index + one[0].length)),
  );
}
