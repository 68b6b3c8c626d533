import type { Spec } from '../config/spec.ts';
import { serviceNamed } from '../connect/services.ts';
import { type Call, type Change, type Service, turn, turns } from '../state/change.ts';
import { newKeyPattern, sideOf } from '../state/names.ts';
import { factsOf } from '../steps/steps.ts';
import { escapeControls } from '../text/quote.ts';
import { quoteForShell, shellWord } from '../text/shell-word.ts';
import { exactJson } from './printable.ts';

/** One subshell: a failure ends the script, not the shell that it is pasted into. No comments: an interactive zsh takes them for commands. */
const preamble = [
  '(',
  'set -eu',
  "export AWS_PAGER=''",
  `note() { printf '%s\\n' "$1" >&2; }`,
  'in_account() {',
  '  wanted=$1; shift',
  '  found=$(aws sts get-caller-identity --query Account --output text "$@") || found=none',
  '  [ "$found" = "$wanted" ] && return',
  '  note "stopped: sign in to account $wanted first (signed in to: $found)"; exit 1',
  '}',
  '',
];

export function awsCommands(changes: readonly Change[], spec: Spec): string {
  const made = changes.filter(({ calls }) => calls.some(({ operation }) => factsOf(operation)?.targetArn));
  const variables = new Map(made.map(({ target }, index) => [target, `KEY_${index + 1}`]));
  const late = changes.flatMap(({ calls }) => calls.flatMap(({ operation }) => factsOf(operation)?.shownLate ?? []));
  const lines = turns.flatMap((now) => [
    ...(now === turn.grants ? late.flatMap((what) => [note(`wait until ${what}`), 'sleep 15', '']) : []),
    ...changes.flatMap((change) => {
      const calls = change.calls.filter((call) => call.turn === now);
      if (calls.length === 0) return [];
      const resource = change.resource.replace(newKeyPattern, '(new key $1)');
      const title = note(`${change.action} ${resource}, in account ${change.account}`);
      return [title, ...calls.map((call) => awsCommand(call, spec, variables, change.target)), ''];
    }),
  ]);
  return [...preamble, ...lines, note('everything is done'), ')', ''].join('\n');
}

function note(text: string): string {
  return `note ${shellWord(escapeControls(text))}`;
}

function awsCommand(call: Call, spec: Spec, variables: ReadonlyMap<string, string>, target: string): string {
  const { access, account, ...side } = sideOf(spec, call.side);
  const { region = side.region } = call;
  const signIn = signInWords(region, access.profile);
  const guard = ['in_account', account, ...signIn, '&&'].join(' ');
  const command = awsWords(call, signIn, quoteWord(exactJson(call.input), variables));
  const targetArn = factsOf(call.operation)?.targetArn;
  if (targetArn === undefined) return `${guard} ${command.join(' ')}`;
  return `${guard} ${variables.get(target)}=$(${[...command, '--query', targetArn, '--output', 'text'].join(' ')})`;
}

export function signInWords(region: string, profile: string | undefined): readonly string[] {
  return ['--region', shellWord(region), ...(profile === undefined ? [] : [`--profile=${shellWord(profile)}`])];
}

/**
 * As JSON throughout: in an option's own value, the AWS CLI reads `file://…` as a file, and `--…` as another option
 * (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html).
 */
export function awsWords(
  { service, operation }: { readonly service: Service; readonly operation: string },
  signIn: readonly string[],
  input: string,
): readonly string[] {
  return ['aws', serviceNamed(service)?.cli ?? '', toKebabCase(operation), ...signIn, '--cli-input-json', input];
}

function toKebabCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

/** The ARN of a key that an earlier command makes comes from its variable. */
function quoteWord(text: string, variables: ReadonlyMap<string, string>): string {
  if (/^[\w./:=@+-]+$/.test(text)) return text;
  let word = '';
  let from = 0;
  for (const { 0: standIn, index } of text.matchAll(newKeyPattern)) {
    const variable = variables.get(standIn);
    if (variable === undefined) continue;
    word += `${quoteForShell(text.slice(from, index))}"$${variable}"`;
    from = index + standIn.length;
  }
  return word + quoteForShell(text.slice(from)) || "''";
}
