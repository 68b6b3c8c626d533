import type { Command, Option } from 'commander';
import { regionNames } from '../aws/region-names.ts';
import { isSilent } from '../session/output-options.ts';
import { printable } from '../show/printable.ts';
import { commandTree } from './command-tree.ts';

/** Tells the shell to complete names of files. */
const files = ':files';

/** Lines of a word, a tab, and its meaning, for completion/s3repl.bash and its like. @param words after `s3repl`; the last one may be partial. */
export async function completions(words: readonly string[]): Promise<readonly string[]> {
  const typed = words.at(-1) ?? '';
  const { command, option, operands } = await walk(words.slice(0, -1));
  const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? [];
  const named = flag === undefined ? option : optionOf(command, flag);
  if (named && takesValue(named)) return answer(await valuesOf(named), typed, flag === undefined ? '' : `${flag}=`);
  if (value !== undefined) return [];
  if (typed.startsWith('-')) return answer(flagsOf(command), typed);
  const inner = command.createHelp().visibleCommands(command);
  if (inner.length > 0) return answer(inner.map(describe), typed);
  const argument = command.registeredArguments[operands] ?? command.registeredArguments.findLast((one) => one.variadic);
  if (!argument) return answer(flagsOf(command), typed);
  return answer(argument.argChoices?.map(withoutMeaning) ?? files, typed);
}

type Candidate = readonly [word: string, meaning: string];

interface Place {
  readonly command: Command;
  readonly option?: Option | undefined;
  readonly operands: number;
}

async function walk(words: readonly string[]): Promise<Place> {
  const command = await commandTree(async () => undefined, words);
  return words.reduce<Place>(follow, { command, operands: 0 });
}

function follow(place: Place, word: string): Place {
  const { command, operands } = place;
  if (place.option) return { ...place, option: undefined };
  if (!word.startsWith('-')) {
    const inner = command.commands.find((one) => one.name() === word);
    return inner ? { ...place, command: inner } : { ...place, operands: operands + 1 };
  }
  const named = optionOf(command, word.replace(/=.*/s, ''));
  return { ...place, option: named && takesValue(named) && !word.includes('=') ? named : undefined };
}

const describe = (command: Command): Candidate => [command.name(), command.description()];
const withoutMeaning = (word: string): Candidate => [word, ''];
const takesValue = (option: Option): boolean => option.required || option.optional;

function optionOf(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find((one) => one.long === flag || one.short === flag);
}

/** Also values of `repl.yaml`, which the help of a command leaves out; not their `--no-…` forms, and not what does nothing there. */
function optionsOf(command: Command): readonly Option[] {
  const hidden = command.options.filter((one) => one.hidden && !one.negate && !isSilent(one));
  return [...command.createHelp().visibleOptions(command), ...hidden];
}

function flagsOf(command: Command): readonly Candidate[] {
  return optionsOf(command).map((one) => [one.long ?? one.flags, one.description]);
}

async function valuesOf(option: Option): Promise<readonly Candidate[] | typeof files> {
  if (option.argChoices) return option.argChoices.map(withoutMeaning);
  if (/<(file|dir)/.test(option.flags)) return files;
  const name = option.long ?? '';
  if (name.endsWith('region')) return Object.entries(regionNames);
  if (!name.endsWith('profile')) return [];
  const { readProfiles } = await import('../connect/profiles.ts');
  return (await readProfiles()).names.map((one) => [one, 'profile']);
}

function answer(candidates: readonly Candidate[] | typeof files, typed: string, before = ''): readonly string[] {
  if (candidates === files) return [files];
  return candidates
    .map(([word, meaning]) => [`${before}${word}`, meaning] as const)
    .filter(([word]) => word.startsWith(typed) && printable(word) === word)
    .map(([word, meaning]) => `${word}\t${meaning}`);
}
