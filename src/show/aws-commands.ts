/** A plan as commands of the AWS CLI that can be pasted into a shell, in an order that works. */
import type { Spec } from '../config/spec.ts';
import type { Call, Change } from '../plan/change.ts';
import { newKeyPattern, sideOf } from '../plan/names.ts';

const services = { S3: 's3api', KMS: 'kms', IAM: 'iam' } as const;

/** The commands, a call a line, with a comment wherever another account has to be signed in to. */
export function awsCommands(changes: readonly Change[], spec: Spec): string {
  const ordered = [...changes].sort((a, b) => a.turn - b.turn);
  const standIns = ordered
    .filter((change) => change.step === 'kms-key' && change.action === 'create')
    .map(({ target }) => target);
  const variables = new Map(standIns.map((standIn, index) => [standIn, `KEY_${index + 1}`]));
  return ordered
    .flatMap((change) => [
      `# ${change.action} ${change.resource.replace(newKeyPattern, '(new key $1)')}, in account ${change.account}`,
      ...change.calls.map((call) => awsCommand(call, spec, variables, change.target)),
      '',
    ])
    .join('\n');
}

function awsCommand(call: Call, spec: Spec, variables: ReadonlyMap<string, string>, target: string): string {
  const { access, region } = sideOf(spec, call.side);
  const options = Object.entries(call.input).map(([member, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `--${kebab(member)} ${quoted(text, variables)}`;
  });
  const command = [
    'aws',
    services[call.service],
    kebab(call.operation),
    '--region',
    region,
    ...(access.profile === undefined ? [] : ['--profile', quoted(access.profile, variables)]),
    ...options,
  ];
  if (call.operation !== 'CreateKey') return command.join(' ');
  return `${variables.get(target)}=$(${[...command, '--query', 'KeyMetadata.Arn', '--output', 'text'].join(' ')})`;
}

/** `PutBucketPolicy` is `put-bucket-policy`, `TargetKeyId` is `target-key-id`. */
function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

/** One word for the shell; the ARN of a key that is made further up comes from its variable. */
function quoted(text: string, variables: ReadonlyMap<string, string>): string {
  if (/^[\w./:=@+-]+$/.test(text)) return text;
  const word = `'${text.replaceAll("'", `'\\''`)}'`;
  return word.replace(newKeyPattern, (standIn) => `'"$${variables.get(standIn)}"'`).replace(/^''|''$/g, '');
}
