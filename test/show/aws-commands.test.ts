import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Spec } from '../../src/config/spec.ts';
import { planApply } from '../../src/plan/plan.ts';
import { awsCommands as guardedCommands } from '../../src/show/aws-commands.ts';
import { printable } from '../../src/show/printable.ts';
import { type Call, type Change, turns } from '../../src/state/change.ts';
import { shellWord } from '../../src/text/shell-word.ts';
import { aDestination, aRule, aSource, aSpec, nothing, SOURCE } from '../builders.ts';
import { inputsOf, run } from './run-commands.ts';

/** The commands alone, without what keeps them from another account. */
function awsCommands(changes: readonly Change[], spec: Spec): string {
  const [, commands = ''] = guardedCommands(changes, spec).split('}\n\n');
  return commands
    .replace(/^in_account \d{12} --region \S+( --profile=\S+)? && /gm, '')
    .replace(/^note 'wait .*\nsleep 15\n\n/m, '');
}

function fresh(spec: Spec = aSpec()): string {
  return awsCommands(planApply(nothing, spec).changes, spec);
}

type PartOfCall = Partial<Pick<Call, 'service' | 'turn'>> & { readonly operation?: string; readonly input?: object };

function aChange(...calls: readonly PartOfCall[]): Change {
  const [, , bucket] = planApply(nothing, aSpec()).changes;
  const [first] = bucket?.calls ?? [];
  if (!bucket || !first) throw new Error('a fresh setup makes a bucket');
  return { ...bucket, calls: calls.map((call) => ({ ...first, operation: 'PutX', input: {}, ...call }) as Call) };
}

describe('a plan as commands', () => {
  it('runs each command only where its account is signed in to, and waits for a new role', () => {
    const spec = aSpec({ source: aSource({ access: { profile: 'prod' } }) });
    const script = guardedCommands(planApply(nothing, spec).changes, spec);
    expect(script).toMatch(
      /^in_account 111111111111 --region eu-west-1 --profile=prod && aws s3api create-bucket --region eu-west-1 --profile=prod /m,
    );
    expect(script).toMatch(/^in_account 222222222222 --region eu-central-1 && aws s3api create-bucket /m);
    expect(script.split('\n').filter((line) => /^(aws|KEY_)/.test(line))).toEqual([]);
    expect(script.indexOf('create-role')).toBeLessThan(script.indexOf('\nsleep 15\n'));
    expect(script.indexOf('\nsleep 15\n')).toBeLessThan(script.indexOf('put-key-policy'));
    const { words, said, exit } = run(script, { env: { elsewhere: '999999999999' } });
    expect(words).toEqual([]);
    expect(said).toContain('sign in to account 111111111111 first (signed in to: 999999999999)');
    expect(exit).toBe('1');
  });

  it.each(['sh', 'bash'])('stops at the first call that fails, and leaves the %s that it is pasted into', (shell) => {
    const script = guardedCommands(planApply(nothing, aSpec()).changes, aSpec());
    const whole = run(script, { shell });
    expect(whole.exit).toBe('0');
    expect(whole.said).toMatch(/\neverything is done\n$/);
    for (const operation of ['create-key', 'put-bucket-versioning', 'put-bucket-replication']) {
      const { words, said, exit } = run(script, { shell, env: { refused: operation } });
      const before = whole.words.findIndex(([, one]) => one === operation);
      expect(words).toEqual(whole.words.slice(0, before));
      expect(said).not.toContain('everything is done');
      expect(exit).toBe('254');
    }
  });

  it('has no comment, which an interactive zsh would run as a command', () => {
    const script = guardedCommands(planApply(nothing, aSpec()).changes, aSpec());
    expect(script.split('\n').filter((line) => /(^|\s)#/.test(line))).toEqual([]);
    expect(script).toMatch(/^\(\n[\s\S]*\n\)\n$/);
  });

  it('has a command for each call, under a note for each change', () => {
    const { changes } = planApply(nothing, aSpec());
    const lines = fresh().split('\n');
    expect(lines.filter((line) => line.startsWith('note '))).toHaveLength(changes.length + 1);
    expect(lines.filter((line) => /^(aws|KEY_\d=\$\(aws) /.test(line))).toHaveLength(
      changes.flatMap(({ calls }) => calls).length,
    );
    expect(lines[0]).toBe(`note 'create key alias/s3repl-invoices-dr, in account ${SOURCE}'`);
  });

  it('has the names of the AWS CLI for services and operations, and those of the API in their input', () => {
    const calls: readonly PartOfCall[] = [
      { operation: 'PutBucketVersioning', input: { Bucket: 'b', VersioningConfiguration: { Status: 'Enabled' } } },
      { service: 'KMS', operation: 'EnableKeyRotation', input: { KeyId: 'k' } },
      { service: 'IAM', operation: 'DeleteRolePolicy', input: { RoleName: 'r', PolicyName: 'p' } },
    ];
    const commands = awsCommands([aChange(...calls)], aSpec()).split('\n');
    expect(commands.slice(1, 4)).toEqual([
      `aws s3api put-bucket-versioning --region eu-west-1 --cli-input-json '{"Bucket":"b","VersioningConfiguration":{"Status":"Enabled"}}'`,
      `aws kms enable-key-rotation --region eu-west-1 --cli-input-json '{"KeyId":"k"}'`,
      `aws iam delete-role-policy --region eu-west-1 --cli-input-json '{"RoleName":"r","PolicyName":"p"}'`,
    ]);
  });

  it('keeps the ARN of a new key in a variable, and uses it wherever the key is named', () => {
    const script = fresh();
    expect(script).toMatch(/^KEY_1=\$\(aws kms create-key .* --query KeyMetadata\.Arn --output text\)$/m);
    expect(script).toMatch(/^KEY_2=\$\(aws kms create-key /m);
    expect(script).toContain(
      `aws kms create-alias --region eu-west-1 --cli-input-json '{"AliasName":"alias/s3repl-invoices-dr","TargetKeyId":"'"$KEY_1"'"}'`,
    );
    expect(script).toContain(`"TargetKeyId":"'"$KEY_2"'"`);
    expect(script.replaceAll(/^note .*$/gm, '')).not.toContain('(new key');
    const texts = inputsOf(guardedCommands(planApply(nothing, aSpec()).changes, aSpec())).map((one) =>
      JSON.stringify(one),
    );
    expect(texts.filter((text) => text.includes('arn-of-key')).length).toBeGreaterThanOrEqual(7);
  });

  it('takes a text that looks like a new key, and is none of this plan, as it is', () => {
    const Description = 'arn:aws:kms:eu-west-1:111111111111:key/(new key of-nobody)';
    expect(inputsOf(guardedCommands([aChange({ input: { Description } })], aSpec()))).toEqual([{ Description }]);
  });

  it('gives every call’s input to the program as it is', () => {
    const spec = aSpec({ newKeys: { administrators: [], users: [], description: `it's "$HOME" \`id\` \\ * (x)` } });
    const { changes } = planApply(nothing, spec);
    const calls = changes.flatMap((change) =>
      turns.flatMap((turn) => change.calls.filter((call) => call.turn === turn)),
    );
    const inputs = inputsOf(guardedCommands(changes, spec));
    const expected = calls.map(
      ({ input }) =>
        JSON.parse(
          JSON.stringify(input).replace(/arn:aws:kms:[^:]+:\d+:key\/\(new key [^)]+\)/g, 'arn-of-key'),
        ) as unknown,
    );
    const sorted = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
    expect(sorted(inputs)).toEqual(sorted(expected));
  });

  it.each([
    'file:///etc/passwd',
    'fileb:///etc/passwd',
    'https://example.com/x',
    '--debug',
    '-x',
    `it's "quoted" '$HOME' $(touch x) \`touch x\` \${x} \\n \\ !! % %s *`,
    'two\nlines\r\n\ttab',
    '\\u0041 \\" \\\\ \\x41',
    "\"}'; touch x; '",
    'Grüße 日本語 👍',
    'a\u202eb\u200bc\u{e0041}\u{e007f}\u0085\u2028\u00ad\ufeff\u007f',
    '::set-output name=x::y ##[command]x',
  ])('gives the free text %j to the program as it is, in signs that are seen', (text) => {
    const input = { Description: text, Tags: [{ TagKey: text, TagValue: text }], Policy: JSON.stringify({ a: text }) };
    const script = guardedCommands([aChange({ input })], aSpec());
    for (const shell of ['sh', 'bash']) expect(inputsOf(script, { shell })).toEqual([input]);
    expect(printable(script)).toBe(script);
    expect(script).not.toMatch(/^\s*::|##\[/m);
    expect(script).not.toMatch(/ (--[a-z-]+[ =])?'?(file|fileb|https?):\/\/| '?--debug/);
  });

  it('quotes any text so that the shell gives it as it is', () => {
    const units = [
      "'",
      '"',
      ' ',
      '$',
      'a',
      '\\',
      '`',
      '!',
      '*',
      '\n',
      'ü',
      ';',
      '%',
      'u',
      '0',
      '\u200b',
      '\u202e',
      '\u{e0041}',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...units) }), { minLength: 1, maxLength: 20 }),
        fc.string({ unit: fc.constantFrom(...units.filter((unit) => unit !== '\n')), minLength: 1 }),
        (texts, profile) => {
          const calls = texts.map((Description) => ({ operation: 'PutText', input: { Description } }));
          const spec = aSpec({ source: aSource({ access: { profile } }) });
          const script = guardedCommands([aChange(...calls)], spec);
          expect(printable(script)).toBe(script);
          const { words } = run(script);
          expect(words.map((one) => one.slice(2, 6))).toEqual(
            texts.map(() => ['--region', 'eu-west-1', `--profile=${profile}`, '--cli-input-json']),
          );
          expect(words.map((one) => JSON.parse(one[6] ?? '') as unknown)).toEqual(
            texts.map((Description) => ({ Description })),
          );
        },
      ),
      { numRuns: 25, seed: 20261122 },
    );
  });

  it('has a word for an empty text', () => {
    expect(shellWord('')).toBe("''");
    const input = { Description: '', Bucket: 'b' };
    expect(inputsOf(guardedCommands([aChange({ input })], aSpec()))).toEqual([input]);
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
    expect(lines[0]).toContain('--region eu-west-1 --profile=prod ');
    expect(lines[1]).toContain("--region eu-central-1 --profile='my backup' ");
    expect(fresh()).not.toContain('--profile');
  });

  it('never shows what a call is checked against, and quotes a prefix with a quote in it', () => {
    const { desired } = planApply(nothing, aSpec());
    const spec = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: "o'brien/" })] })] });
    const { changes } = planApply(desired, spec);
    expect(changes.some(({ calls }) => calls.some(({ onlyIf }) => onlyIf))).toBe(true);
    const script = guardedCommands(changes, spec);
    expect(script).not.toMatch(/only-?if|waits-?for/i);
    expect(
      inputsOf(script).filter((input) => JSON.stringify(input).includes("o'brien/*")).length,
    ).toBeGreaterThanOrEqual(2);
  });
});
