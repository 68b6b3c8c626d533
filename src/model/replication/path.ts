/** A path in the snapshot as JavaScript writes it: `accounts["111111111111"].buckets.SRC`. */
export function pathOf(parent: string, ...members: readonly (string | number)[]): string {
  return members.reduce<string>((path, member) => {
    if (!/^[A-Za-z_]\w*$/.test(`${member}`)) return `${path}[${JSON.stringify(member)}]`;
    return path === '' ? `${member}` : `${path}.${member}`;
  }, parent);
}

/** Whether a path is that of `whole`, or of something in it. */
export function isWithin(path: string, whole: string): boolean {
  return path === whole || (path.startsWith(whole) && /[.[]/.test(path.charAt(whole.length)));
}
