/** A path in the snapshot as JavaScript writes it: `accounts["111111111111"].buckets.SRC`. */
export function pathOf(parent: string, ...members: readonly (string | number)[]): string {
  return members.reduce<string>((path, member) => {
    if (!/^[A-Za-z_]\w*$/.test(`${member}`)) return `${path}[${JSON.stringify(member)}]`;
    return path === '' ? `${member}` : `${path}.${member}`;
  }, parent);
}
