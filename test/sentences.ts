/** What the program says, as the records of it show it: what is found stands in one file, by code; each sentence in another, once. */

/** One text of the program. `by` is the code of what says it, `part` is which of its texts it is, and `title` names the case. */
export interface Told {
  readonly by: string;
  readonly part: string;
  readonly title: string;
  readonly text: string;
}

/** What a sentence has from its case: quoted text, ARNs, actions, paths, names in capitals or humps, numbers; after some words, names. */
const values = new RegExp(
  [
    /"[^"]*"/,
    /arn:[^\s,;)]*[^\s,;).:]/,
    /\*|[\w*-]+(?:[:/][\w*$./:-]*[\w*/])+|\w+=\w+|\w*\/\w*\/?(?= |$)/,
    /\w*[a-z][A-Z]\w*|\b[A-Z]+_[A-Z_]*\w*|(?<=\()[A-Z]{3,}(?=\))|AROA\w+/,
    /\b[a-z]{2}(?:-[a-z]+)+-\d\b|\b(?!s3repl\b)[\w.]*\d[\w.-]*\w|\b\d+\b|acme-[\w-]*\w/,
    /(?<=\bis )[A-Z][a-z]+(?=\.|$)|(?<=\b(?:statement|[Rr]ule|prefix|tag|wants|has) )\w[\w-]*(?= (?:of|and|all|wants|denies|does|yields|asks|must|would|selects|\(priority)\b|[:,.;])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

export function valuesOf(text: string): readonly string[] {
  return text.match(values) ?? [];
}

/** Each sentence once, with an example in full, the codes that say it, and the cases: all of a few, the first and the number of many. */
export function listSentences(told: readonly Told[]): string {
  const sentences = new Map<string, Told[]>();
  for (const one of told.flatMap(splitSentences)) {
    const template = `${one.part} ${one.text.replace(values, '…').replace(/…(?:, …)+/g, '…')}`;
    sentences.set(template, [...(sentences.get(template) ?? []), one]);
  }
  return [...sentences.values()]
    .map((same) => ({ same, by: [...new Set(same.map((one) => one.by))].sort() }))
    .sort((a, b) => `${a.by[0]}`.localeCompare(`${b.by[0]}`, 'en'))
    .map(({ same, by }) => `${by.join(' ')} ${same[0]?.part}, as in ${namesOf(same)}\n  ${same[0]?.text}\n`)
    .join('\n');
}

function namesOf(told: readonly Told[]): string {
  const titles = [...new Set(told.map(({ title }) => JSON.stringify(title)))];
  return titles.length > 4 ? `${titles[0]} and ${titles.length - 1} others` : titles.join(', ');
}

function splitSentences({ text, ...told }: Told): readonly Told[] {
  return text.split(/(?<=\.) (?=[A-Z])/).map((sentence) => ({ ...told, text: sentence }));
}
