export type Path = readonly (string | number)[];

/** As JavaScript writes it: `accounts["111111111111"].buckets.SRC`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, member) => {
    if (!/^[A-Za-z_]\w*$/.test(`${member}`)) return `${text}[${JSON.stringify(member)}]`;
    return text === '' ? `${member}` : `${text}.${member}`;
  }, '');
}

/** Also reads a path that a person wrote by hand: `accounts.111111111111`. */
export function pathIn(text: string): Path {
  return [...text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|[^.[\]]+/g)].map(([member, quoted = member]) => quoted);
}

export function isWithin(path: Path, whole: Path): boolean {
  return whole.every((member, index) => String(member) === String(path[index]));
}
