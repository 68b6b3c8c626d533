/** An account's canonical user id: in AWS, 64 hexadecimal digits that do not tell the account. */
export function canonicalId(account: string): string {
  return account.padStart(64, '0');
}
