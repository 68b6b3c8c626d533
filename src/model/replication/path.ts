/** A path in the snapshot as JavaScript writes it: `accounts["111111111111"].buckets.SRC`. */
export function pathOf(parent: string, ...members: readonly (string | number)[]): string {
  return members.reduce<string>((path, member) => {
    if (!/^[A-Za-z_]\w*$/.test(`${member}`)) return `${path}[${JSON.stringify(member)}]`;
    return path === '' ? `${member}` : `${path}.${member}`;
  }, parent);
}

/** The members that a path leads through; those of a snapshot that a person has written by hand, too: `accounts.111111111111`. */
export function membersIn(path: string): readonly string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|[^.[\]]+/g)].map(([text, quoted = text]) => quoted);
}

/** Whether a path is that of `whole`, or of something in it. */
export function isWithin(path: string, whole: string): boolean {
  const members = membersIn(path);
  return membersIn(whole).every((member, index) => member === members[index]);
}
