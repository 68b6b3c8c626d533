/** Where something stands in a snapshot: the members that lead to it. */
export type Path = readonly (string | number)[];

/** As JavaScript writes it: `accounts["111111111111"].buckets.SRC`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, member) => {
    if (!/^[A-Za-z_]\w*$/.test(`${member}`)) return `${text}[${JSON.stringify(member)}]`;
    return text === '' ? `${member}` : `${text}.${member}`;
  }, '');
}

/** The path of a text in a snapshot; of one that a person has written by hand, too: `accounts.111111111111`. */
export function pathIn(text: string): Path {
  return [...text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|[^.[\]]+/g)].map(([member, quoted = member]) => quoted);
}

/** Whether a path is that of `whole`, or of something in it. */
export function isWithin(path: Path, whole: Path): boolean {
  return whole.every((member, index) => String(member) === String(path[index]));
}
