/** In AWS, 64 hexadecimal digits that do not reveal the account. */
export function canonicalId(account: string): string {
  return account.padStart(64, '0');
}
