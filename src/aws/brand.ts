/** Texts that AWS tells apart get types of their own: an account cannot stand in for a Region. `test/lint/arns.js` lists the files that may make them. */

declare const kind: unique symbol;
type Branded<Kind extends string> = string & { readonly [kind]: Kind };

export type AccountId = Branded<'AccountId'>;
export type Region = Branded<'Region'>;
export type BucketName = Branded<'BucketName'>;
export type Arn = Branded<'Arn'>;

export type Brand = AccountId | Region | BucketName | Arn;

export function brand<T extends Brand>(text: string): T {
  return text as T;
}
