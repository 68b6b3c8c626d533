/** A plan as commands of the AWS CLI that can be pasted into a shell, in an order that works. */
import type { Spec } from '../config/spec.ts';
import { type Call, type Change, turns } from '../plan/change.ts';
import { newKeyPattern, sideOf } from '../plan/names.ts';

const services = { S3: 's3api', KMS: 'kms', IAM: 'iam' } as const;

/** A command is run only by who is signed in to its account. */
const preamble = [
  'in_account() {',
  '  wanted=$1; shift',
  '  [ "$(aws sts get-caller-identity --query Account --output text "$@")" = "$wanted" ] && return',
  '  echo "sign in to account $wanted first" >&2; return 1',
  '}',
  '',
];

/** The commands, a call a line, with a comment wherever another account has to be signed in to. */
export function awsCommands(changes: readonly Change[], spec: Spec): string {
  const made = changes.filter((change) => change.step === 'kms-key' && change.action === 'create');
  const variables = new Map(made.map(({ target }, index) => [target, `KEY_${index + 1}`]));
  const newRole = changes.some((change) => change.step === 'replication-role' && change.action === 'create');
  const lines = turns.flatMap((turn) => [
    ...(turn === 2 && newRole ? ['sleep 15  # until S3 and KMS see the new role', ''] : []),
    ...changes.flatMap((change) => {
      const calls = change.calls.filter((call) => call.turn === turn);
      if (calls.length === 0) return [];
      const resource = change.resource.replace(newKeyPattern, '(new key $1)');
      const title = `# ${change.action} ${resource}, in account ${change.account}`;
      return [title, ...calls.map((call) => awsCommand(call, spec, variables, change.target)), ''];
    }),
  ]);
  return [...preamble, ...lines].join('\n');
}

function awsCommand(call: Call, spec: Spec, variables: ReadonlyMap<string, string>, target: string): string {
  const { access, account, region } = sideOf(spec, call.side);
  const profile = access.profile === undefined ? [] : ['--profile', quoted(access.profile, variables)];
  const guard = ['in_account', account, '--region', region, ...profile, '&&'].join(' ');
  const options = Object.entries(call.input).map(([member, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `--${kebab(member)} ${quoted(text, variables)}`;
  });
  const command = ['aws', services[call.service], kebab(call.operation), '--region', region, ...profile, ...options];
  if (call.operation !== 'CreateKey') return `${guard} ${command.join(' ')}`;
  return `${guard} ${variables.get(target)}=$(${[...command, '--query', 'KeyMetadata.Arn', '--output', 'text'].join(' ')})`;
}

/** `PutBucketPolicy` is `put-bucket-policy`, `TargetKeyId` is `target-key-id`. */
function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

/** One word for the shell. */
export function shellWord(text: string): string {
  return quoted(text, new Map());
}

/** One word for the shell; the ARN of a key that is made further up comes from its variable. */
function quoted(text: string, variables: ReadonlyMap<string, string>): string {
  if (/^[\w./:=@+-]+$/.test(text)) return text;
  const literal = (part: string) => (part === '' ? '' : withoutWorkflowCommands(`'${part.replaceAll("'", `'\\''`)}'`));
  const standIns = text.match(newKeyPattern) ?? [];
  const parts = text.replace(newKeyPattern, '\0').split('\0');
  const word = parts.map((part, index) => {
    const standIn = standIns[index];
    return standIn === undefined ? literal(part) : `${literal(part)}"$${variables.get(standIn)}"`;
  });
  return word.join('') || "''";
}

/** The same text between quotes, opened and closed once more where GitHub's runner would see a workflow command in a log. */
function withoutWorkflowCommands(quotedText: string): string {
  return quotedText.replaceAll('##[', "#''#[").replace(/^(\s*)::/gm, "$1''::");
}
