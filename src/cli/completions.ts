/** What Tab offers (completion/s3repl.bash and its like ask for it). */
import type { Command, Option } from 'commander';
import { regionNames } from '../aws/region-names.ts';
import { printable } from '../show/printable.ts';
import { commandTree } from './command-tree.ts';

/** The shell's own names of files. */
const files = ':files';

/**
 * Lines that may stand in place of the last word: the word, a tab, and what it means.
 *
 * @param words what is typed behind `s3repl`; the last one is perhaps not whole.
 */
export async function completions(words: readonly string[]): Promise<readonly string[]> {
  const typed = words.at(-1) ?? '';
  const { command, option, given, operands } = await walk(words.slice(0, -1));
  const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? [];
  const named = flag === undefined ? option : optionOf(command, flag);
  if (named && takesValue(named)) return answer(await valuesOf(named), typed, flag === undefined ? '' : `${flag}=`);
  if (value !== undefined) return [];
  if (typed.startsWith('-')) return answer(flagsOf(command, given), typed);
  const inner = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help');
  if (inner.length > 0)
    return answer(
      inner.map((one) => [one.name(), one.description()]),
      typed,
    );
  const argument = command.registeredArguments[operands] ?? command.registeredArguments.findLast((one) => one.variadic);
  if (!argument) return answer(flagsOf(command, given), typed);
  return argument.argChoices
    ? answer(
        argument.argChoices.map((one) => [one, '']),
        typed,
      )
    : [files];
}

type Candidate = readonly [word: string, meaning: string];

/** Where the words lead: the command, the option that waits for its value, the options that stand there, and how many operands. */
async function walk(words: readonly string[]) {
  let command: Command = await commandTree(async () => undefined, words);
  let option: Option | undefined;
  let operands = 0;
  const given = new Set<string>();
  for (const word of words) {
    if (option) {
      option = undefined;
    } else if (word.startsWith('-')) {
      const named = optionOf(command, word.replace(/=.*/s, ''));
      if (named) given.add(named.attributeName());
      if (named && takesValue(named) && !word.includes('=')) option = named;
    } else {
      const inner = command.commands.find((one) => one.name() === word);
      command = inner ?? command;
      operands += inner ? 0 : 1;
    }
  }
  return { command, option, given, operands };
}

const takesValue = (option: Option): boolean => option.required || option.optional;

function optionOf(command: Command, flag: string): Option | undefined {
  return command
    .createHelp()
    .visibleOptions(command)
    .find((one) => one.long === flag || one.short === flag);
}

/** Those that may still be given: again only where all count. */
function flagsOf(command: Command, given: ReadonlySet<string>): readonly Candidate[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .filter((one) => !given.has(one.attributeName()) || /may be repeated/.test(one.description))
    .map((one) => [one.long ?? one.flags, one.description]);
}

async function valuesOf(option: Option): Promise<readonly Candidate[] | typeof files> {
  if (option.argChoices) return option.argChoices.map((one) => [one, '']);
  if (/<(file|dir)/.test(option.flags)) return files;
  const name = option.long ?? '';
  if (name.endsWith('region')) return Object.entries(regionNames);
  if (!name.endsWith('access-profile')) return [];
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
