import type { Repair, RepairCall, SeenDocument } from '../doctor/repair.ts';
import type { GivenFlag, NextCommand } from '../events/event.ts';
import { factsOf } from '../steps/steps.ts';
import { shellWord } from '../text/shell-word.ts';
import { awsWords, signInWords } from './aws-commands.ts';
import { commandLine } from './command-line.ts';
import { exactJson } from './printable.ts';

/** What was given to the command that diagnoses, and its commands need again. */
export interface Given {
  readonly on?: NextCommand['on'];
  /** By account. */
  readonly profiles?: Readonly<Record<string, string>>;
}

/** Each to be pasted into a shell, as a whole. Empty where that takes a person. */
export function repairCommands(repair: Repair, { on = {}, profiles = {} }: Given): readonly string[] {
  switch (repair.by) {
    case 's3repl':
      return [commandLine({ command: repair.command, flags: flagsOf(repair), on })];
    case 'calls':
      return repair.calls.map((call) => callScript(call, profiles[call.account]));
    case 'person':
      return [];
  }
}

/** Of the command of s3repl that repairs it. */
export function flagsOf(repair: Extract<Repair, { readonly by: 's3repl' }>): readonly GivenFlag[] {
  return repair.command === 'backfill' && repair.status !== undefined ? [['--status', repair.status]] : [];
}

/** Whether its command only works once another cause is fixed. */
export function isAfterFix(repair: Repair): boolean {
  return repair.by === 's3repl' && repair.command === 'backfill' && repair.afterFix === true;
}

/** What lets the `aws` commands of the repair reach the sandbox; nothing outside it. */
export function commandsToSandbox(repair: Repair, given: Given['on']): readonly string[] {
  const [call] = repair.by === 'calls' ? repair.calls : [];
  if (!given?.sandbox || call === undefined) return [];
  const on = given.state === undefined ? {} : { state: given.state };
  const signIn = commandLine({ command: 'sandbox credentials', operands: [call.account], on });
  return [`${commandLine({ command: 'sandbox serve', on })} &`, `eval "$(${signIn})"`];
}

/** In a subshell, so that a guard that stops it does not close the shell that it is pasted into. */
function callScript(call: RepairCall, profile: string | undefined): string {
  const signIn = signInWords(call.region, profile);
  const account = shellWord(call.account);
  const { shownLate } = factsOf(call.operation) ?? {};
  return [
    '(',
    "export AWS_PAGER=''",
    `[ "$(${['aws', 'sts', 'get-caller-identity', ...signIn, '--query', 'Account', '--output', 'text'].join(' ')})" = ${account} ] ||`,
    `  { echo ${shellWord(`stopped: sign in to account ${call.account} first`)} >&2; exit 1; }`,
    ...(call.onlyIf ? readAgain(call.onlyIf, signIn) : []),
    awsWords(call, signIn, shellWord(exactJson(call.input))).join(' '),
    // Policies that name it are refused before.
    ...(shownLate === undefined ? [] : [`echo ${shellWord(`wait until ${shownLate}`)} >&2; sleep 15`]),
    ')',
  ].join('\n');
}

const stop = `{ echo 'stopped: it has changed, or cannot be read; run s3repl doctor again' >&2; exit 1; }`;

function readAgain(seen: SeenDocument, signIn: readonly string[]): readonly string[] {
  const { read, member, form, is, absent } = seen;
  const reading = (query: string) =>
    [...awsWords(read, signIn, shellWord(exactJson(read.input))), '--query', shellWord(query), '--output', 'text'].join(
      ' ',
    );
  if (is === null) return [`case "$(${reading(member)} 2>&1)" in *${absent}*) ;; *) ${stop} ;; esac`];
  const json = JSON.stringify(is);
  if (form === 'text') {
    // Only some services keep the white space of a policy.
    const seen = shellWord(json.replace(/[ \t\n\v\f\r]/g, ''));
    return [`[ "$(${reading(member)} | tr -d '[:space:]')" = ${seen} ] ||`, `  ${stop}`];
  }
  // JMESPath compares what the documents mean (https://jmespath.org/specification.html#literal-expressions).
  const query = `${member} == \`${json.replaceAll('`', '\\`')}\``;
  return [`[ "$(${reading(query)})" = True ] ||`, `  ${stop}`];
}
