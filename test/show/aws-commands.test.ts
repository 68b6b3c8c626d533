import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Spec } from '../../src/config/spec.ts';
import type { Call, Change } from '../../src/plan/change.ts';
import { planApply } from '../../src/plan/plan.ts';
import { awsCommands as guardedCommands } from '../../src/show/aws-commands.ts';
import { aDestination, aRule, aSource, aSpec, nothing, SOURCE } from '../builders.ts';

/** The commands alone, without what keeps them from another account. */
function awsCommands(changes: readonly Change[], spec: Spec): string {
  const [, commands = ''] = guardedCommands(changes, spec).split('}\n\n');
  return commands
    .replace(/^in_account \d{12} --region \S+( --profile \S+)? && /gm, '')
    .replace(/^sleep 15 .*\n\n/m, '');
}

function fresh(spec: Spec = aSpec()): string {
  return awsCommands(planApply(nothing, spec).changes, spec);
}

function aChange(...calls: readonly Partial<Call>[]): Change {
  const [, , bucket] = planApply(nothing, aSpec()).changes;
  const [first] = bucket?.calls ?? [];
  if (!bucket || !first) throw new Error('a fresh set-up makes a bucket');
  return { ...bucket, calls: calls.map((call): Call => ({ ...first, operation: 'PutX', input: {}, ...call })) };
}

/** What a shell makes of a script: for each `aws` command its words, with `KEY_n` from CreateKey as `arn-of-n`. */
function wordsOf(script: string): readonly (readonly string[])[] {
  const aws = [
    'n=0',
    'aws() { if [ "$2" = create-key ]; then for w in "$@"; do printf "%s\\0" "$w" >&2; done; printf "\\001\\0" >&2; echo "arn-of-key"; else for w in "$@"; do printf "%s\\0" "$w" >&2; done; printf "\\001\\0" >&2; fi; }',
  ].join('\n');
  const output = execFileSync('sh', ['-c', `{ ${aws}\n${script}\n} 2>&1 >/dev/null`], { encoding: 'utf8' });
  return output
    .split('\u0001\0')
    .slice(0, -1)
    .map((command) => command.split('\0').slice(0, -1));
}

describe('a plan as commands', () => {
  it('runs each command only where its account is signed in to, and waits for a new role', () => {
    const spec = aSpec({ source: aSource({ access: { profile: 'prod' } }) });
    const script = guardedCommands(planApply(nothing, spec).changes, spec);
    expect(script).toMatch(
      /^in_account 111111111111 --region eu-west-1 --profile prod && aws s3api create-bucket .*--profile prod/m,
    );
    expect(script).toMatch(/^in_account 222222222222 --region eu-central-1 && aws s3api create-bucket /m);
    expect(script.split('\n').filter((line) => /^(aws|KEY_)/.test(line))).toEqual([]);
    expect(script.indexOf('create-role')).toBeLessThan(script.indexOf('\nsleep 15 '));
    expect(script.indexOf('\nsleep 15 ')).toBeLessThan(script.indexOf('put-key-policy'));
    const elsewhere =
      'aws() { if [ "$1" = sts ]; then echo 999999999999; else echo "called: $*"; fi; }; sleep() { :; }\n';
    expect(execFileSync('sh', ['-c', `{ ${elsewhere}${script}\n} 2>/dev/null || true`], { encoding: 'utf8' })).toBe('');
  });

  it('has a command for each call, under a comment for each change', () => {
    const { changes } = planApply(nothing, aSpec());
    const lines = fresh().split('\n');
    expect(lines.filter((line) => line.startsWith('# '))).toHaveLength(changes.length);
    expect(lines.filter((line) => /^(aws|KEY_\d=\$\(aws) /.test(line))).toHaveLength(
      changes.flatMap(({ calls }) => calls).length,
    );
    expect(lines[0]).toBe(`# create key alias/s3repl-invoices-dr, in account ${SOURCE}`);
  });

  it('has the names of the AWS CLI for services, operations and members', () => {
    const calls: readonly Partial<Call>[] = [
      { operation: 'PutBucketVersioning', input: { Bucket: 'b', VersioningConfiguration: { Status: 'Enabled' } } },
      { service: 'KMS', operation: 'EnableKeyRotation', input: { KeyId: 'k' } },
      { service: 'IAM', operation: 'DeleteRolePolicy', input: { RoleName: 'r', PolicyName: 'p' } },
    ];
    const commands = awsCommands([aChange(...calls)], aSpec()).split('\n');
    expect(commands.slice(1, 4)).toEqual([
      `aws s3api put-bucket-versioning --region eu-west-1 --bucket b --versioning-configuration '{"Status":"Enabled"}'`,
      'aws kms enable-key-rotation --region eu-west-1 --key-id k',
      'aws iam delete-role-policy --region eu-west-1 --role-name r --policy-name p',
    ]);
  });

  it('keeps the ARN of a new key in a variable, and uses it wherever the key is named', () => {
    const script = fresh();
    expect(script).toMatch(/^KEY_1=\$\(aws kms create-key .* --query KeyMetadata\.Arn --output text\)$/m);
    expect(script).toMatch(/^KEY_2=\$\(aws kms create-key /m);
    expect(script).toContain(
      'aws kms create-alias --region eu-west-1 --alias-name alias/s3repl-invoices-dr --target-key-id "$KEY_1"',
    );
    expect(script).toContain('--target-key-id "$KEY_2"');
    expect(script.replaceAll(/^# .*$/gm, '')).not.toContain('(new key');
    const words = wordsOf(script)
      .flat()
      .filter((word) => word.includes('arn-of-key'));
    expect(words.length).toBeGreaterThanOrEqual(7);
    for (const word of words.filter((one) => one.startsWith('{'))) expect(() => JSON.parse(word)).not.toThrow();
  });

  it('gives every call’s input to the program word by word', () => {
    const spec = aSpec({ newKeys: { administrators: [], users: [], description: `it's "$HOME" \`id\` \\ * (x)` } });
    const commands = wordsOf(fresh(spec));
    const calls = planApply(nothing, spec).changes.flatMap((change) => change.calls);
    expect(commands).toHaveLength(calls.length);
    calls.forEach((call, index) => {
      for (const value of Object.values(call.input)) {
        const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(
          /arn:aws:kms:[^:]+:\d+:key\/\(new key [^)]+\)/g,
          'arn-of-key',
        );
        expect(commands[index]).toContain(text);
      }
    });
  });

  it('quotes any text so that the shell gives it as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom("'", '"', ' ', '$', 'a', '\\', '`', '!', '*', '\n', 'ü', ';') }), {
          minLength: 1,
          maxLength: 20,
        }),
        (texts) => {
          const calls = texts.map((Description) => ({ operation: 'PutText', input: { Description } }));
          const words = wordsOf(awsCommands([aChange(...calls)], aSpec()));
          expect(words.map((one) => one.slice(4))).toEqual(texts.map((text) => ['--description', text]));
        },
      ),
      { numRuns: 25, seed: 20261122 },
    );
  });

  it('has a word for an empty text', () => {
    const script = awsCommands([aChange({ input: { Description: '', Bucket: 'b' } })], aSpec());
    expect(wordsOf(script)[0]?.slice(4)).toEqual(['--description', '', '--bucket', 'b']);
  });

  it('has what goes only after the rule behind everything else', () => {
    const { desired } = planApply(nothing, aSpec());
    const renamed = aSpec({ role: { name: 'other' } });
    const lines = awsCommands(planApply(desired, renamed).changes, renamed).split('\n');
    const at = (command: string) => lines.findIndex((line) => line.startsWith(`aws ${command} `));
    expect(at('iam create-role')).toBeGreaterThanOrEqual(0);
    expect(at('iam create-role')).toBeLessThan(at('s3api put-bucket-replication'));
    expect(at('s3api put-bucket-replication')).toBeLessThan(at('iam delete-role-policy'));
    expect(at('iam delete-role-policy')).toBeLessThan(at('iam delete-role'));
  });

  it('has no LocationConstraint in us-east-1, and one elsewhere', () => {
    const script = fresh(aSpec({ destinations: [aDestination({ region: 'us-east-1' })] }));
    const creations = script.split('\n').filter((line) => line.includes('create-bucket '));
    expect(creations.map((line) => /LocationConstraint":"([^"]+)/.exec(line)?.[1])).toEqual(['eu-west-1', undefined]);
    expect(creations[1]).toContain('--region us-east-1');
  });

  it('signs in with the profile of its side', () => {
    const spec = aSpec({
      source: aSource({ access: { profile: 'prod' } }),
      destinations: [aDestination({ access: { profile: 'my backup' } })],
    });
    const lines = fresh(spec)
      .split('\n')
      .filter((line) => line.includes('create-bucket '));
    expect(lines[0]).toContain('--region eu-west-1 --profile prod ');
    expect(lines[1]).toContain("--region eu-central-1 --profile 'my backup' ");
    expect(fresh()).not.toContain('--profile');
  });

  it('never shows what a call is checked against, and quotes a prefix with a quote in it', () => {
    const { desired } = planApply(nothing, aSpec());
    const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: "o'brien/" })] })] });
    const { changes } = planApply(desired, spec);
    expect(changes.some(({ calls }) => calls.some(({ onlyIf }) => onlyIf))).toBe(true);
    const script = awsCommands(changes, spec);
    expect(script).not.toMatch(/only-?if|waits-?for/i);
    expect(
      wordsOf(script)
        .flat()
        .filter((word) => word.includes("o'brien/*")).length,
    ).toBeGreaterThanOrEqual(2);
  });
});
