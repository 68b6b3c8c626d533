import { fieldAt } from '../config/fields.ts';
import { parsePath, valueAt } from '../config/path.ts';
import type { Question } from '../config/questions.ts';
import { listOptions } from './rule-options.ts';

/** An answer in words. @param tree with `${VAR}` as it is written, so that no value of a variable is shown. */
export function answerText(question: Question, tree: unknown): string {
  const { kind, side, sets } = question;
  const at = (path: string) => valueAt(tree, parsePath(path));
  const [first = ''] = sets;
  switch (kind) {
    case 'sign-in':
      return accountText(at(first), at(`${side}.access.assumeRole`) ?? at(`${side}.access.profile`));
    case 'bucket':
    case 'region':
      return String(at(first) ?? 'not known yet');
    case 'key':
      return keyText(at(first));
    case 'selection':
      return selectionText(sets.map(at), at(`${side}.rules`));
    case 'options':
      return optionsText(question, tree);
    case 'another':
      return at(`destinations[1]`) === undefined ? 'no' : 'yes';
    case 'value':
      return valueText(question, at(first));
  }
}

function accountText(account: unknown, how: unknown): string {
  if (account === undefined) return 'not known yet';
  return how === undefined ? String(account) : `${account} (${how})`;
}

function keyText(key: unknown): string {
  if (key === undefined || key === 'create') return 'a new key';
  return key === 'source' ? "the source's key" : String(key);
}

function selectionText([prefix, tags]: readonly unknown[], rules: unknown): string {
  const parts = [
    ...(prefix === undefined || prefix === '' ? [] : [`keys that begin with ${prefix}`]),
    ...Object.entries(Object(tags)).map(([key, value]) => `tag ${key}=${value}`),
  ];
  const first = parts.join(', ') || 'everything in the bucket';
  const more = Array.isArray(rules) ? rules.length - 1 : 0;
  return more > 0 ? `${first}; and ${more} more ${more === 1 ? 'rule' : 'rules'}` : first;
}

function optionsText(question: Question, tree: unknown): string {
  const texts = listOptions(question, tree).flatMap(({ ask, value }) => {
    if (value === true) return [ask.short];
    return typeof value === 'string' ? [`${ask.short} ${value}`] : [];
  });
  return texts.join(', ') || 'none';
}

function valueText({ sets: [path = ''], empty = 'the default' }: Question, value: unknown): string {
  const kind = fieldAt(parsePath(path))?.kind;
  if (value === undefined) return empty;
  if (kind === 'boolean') return value === true ? 'yes' : 'no';
  if (Array.isArray(value)) return value.join(', ') || empty;
  if (kind !== 'map') return String(value);
  return (
    Object.entries(Object(value))
      .map(([key, text]) => `${key}=${text}`)
      .join(', ') || empty
  );
}
