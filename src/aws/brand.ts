/**
 * Texts that AWS tells apart, told apart by the compiler as well: an account cannot stand where a Region belongs. They are made
 * where they are read or checked (`test/lint/arns.js` lists those files), and are texts to everybody else.
 */

declare const kind: unique symbol;
type Branded<Kind extends string> = string & { readonly [kind]: Kind };

export type AccountId = Branded<'AccountId'>;
export type Region = Branded<'Region'>;
export type BucketName = Branded<'BucketName'>;
export type Arn = Branded<'Arn'>;

export type Brand = AccountId | Region | BucketName | Arn;

/** What `text` is, once somebody has checked it or AWS has said it. */
export function brand<T extends Brand>(text: string): T {
  return text as T;
}
