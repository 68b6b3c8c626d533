/** Commands that people paste: in the right account only, and only while the document is as it was read. */
import { describe, expect, it } from 'vitest';
import type { RepairCall, SeenDocument } from '../../src/doctor/repair.ts';
import { commandsToSandbox, repairCommands } from '../../src/show/repair-commands.ts';
import { unseen } from '../../src/text/quote.ts';
import { run } from './run-commands.ts';

const enabling: RepairCall = {
  account: '222222222222',
  region: 'us-west-2',
  service: 'KMS',
  operation: 'EnableKey',
  input: { KeyId: 'file:///etc/passwd' },
};

function replacing(onlyIf: Partial<SeenDocument>, Policy = '{}'): RepairCall {
  const read = { service: 'S3', operation: 'GetBucketPolicy', input: { Bucket: 'b' } } as const;
  return {
    ...enabling,
    service: 'S3',
    operation: 'PutBucketPolicy',
    input: { Bucket: 'b', Policy },
    onlyIf: { read, member: 'Policy', form: 'text', is: null, absent: 'NoSuchBucketPolicy', ...onlyIf },
  };
}

const signedIn = { elsewhere: '222222222222', reads: 'get-bucket-policy' };

function paste(call: RepairCall, env: object = {}, shell = 'bash') {
  const [script = ''] = repairCommands({ by: 'calls', calls: [call] }, {});
  return run(script, { shell, env: { ...signedIn, ...env } });
}

describe('the commands that let aws reach the sandbox', () => {
  const repair = { by: 'calls', calls: [enabling] } as const;

  it('serve it, and sign in to the account of the repair', () => {
    expect(commandsToSandbox(repair, { sandbox: true, configs: ['x.yaml'] })).toEqual([
      's3repl sandbox serve &',
      'eval "$(s3repl sandbox credentials 222222222222)"',
    ]);
  });

  it('name the folder of its state', () => {
    expect(commandsToSandbox(repair, { sandbox: true, state: 'my state' })).toEqual([
      "s3repl sandbox serve --state 'my state' &",
      'eval "$(s3repl sandbox credentials 222222222222 --state \'my state\')"',
    ]);
  });

  it('are none outside it, and none for s3repl itself', () => {
    expect(commandsToSandbox(repair, {})).toEqual([]);
    expect(commandsToSandbox({ by: 's3repl', command: 'apply' }, { sandbox: true })).toEqual([]);
  });
});

describe.each(['sh', 'bash'])('a command that is pasted into %s', (shell) => {
  it('reaches AWS to the letter', () => {
    const { words, exit } = paste(enabling, {}, shell);
    const input = '{"KeyId":"file:///etc/passwd"}';
    expect(words).toEqual([['kms', 'enable-key', '--region', 'us-west-2', '--cli-input-json', input]]);
    expect(exit).toBe('0');
  });

  it('stops in another account, and leaves the shell as it is', () => {
    const { words, said, exit } = paste(enabling, { elsewhere: '333333333333' }, shell);
    expect({ words, said, exit }).toEqual({
      words: [],
      said: 'stopped: sign in to account 222222222222 first\n',
      exit: '1',
    });
  });

  it.each<[string, Partial<SeenDocument>, string, boolean]>([
    ['is as it was', { is: { Sid: "it's" } }, `{"Sid":"it's"}`, true],
    ['has other white space', { is: { a: [1, 'x'] } }, '{\n  "a" : [ 1,\t"x" ]\n}', true],
    ['has changed', { is: { a: 1 } }, '{"a":2}', false],
    ['is gone', { is: { a: 1 } }, '', false],
    ['is still not there', {}, 'An error occurred (NoSuchBucketPolicy) when calling', true],
    ['is there now', {}, '{"a":1}', false],
    ['may not be read', {}, 'An error occurred (AccessDenied) when calling', false],
    ['means the same', { form: 'structure', is: { a: 1 } }, 'True', true],
    ['means something else', { form: 'structure', is: { a: 1 } }, 'False', false],
  ])('replaces a policy or not: it %s', (_what, onlyIf, answer, isSent) => {
    const { words, said, exit } = paste(replacing(onlyIf), { answer }, shell);
    expect(words.map(([, operation]) => operation)).toEqual(isSent ? ['put-bucket-policy'] : []);
    expect(exit).toBe(isSent ? '0' : '1');
    if (!isSent) expect(said).toBe('stopped: it has changed, or cannot be read; run s3repl doctor again\n');
  });

  it('has no control character of a name in it, and yet means that name', () => {
    const Policy = '{"Sid":"\u001b[2J\u200b`$(id)`\'"}';
    const call = replacing({ is: { Sid: "\u001b[2J\u200b`$(id)`'" } }, Policy);
    const [script = ''] = repairCommands({ by: 'calls', calls: [call] }, {});
    expect(script.replaceAll('\n', '').search(unseen)).toBe(-1);
    const answer = '{"Sid":"\\u001b[2J\u200b`$(id)`\'"}';
    const { words } = paste(call, { answer }, shell);
    expect(JSON.parse(words[0]?.at(-1) ?? '')).toEqual({ Bucket: 'b', Policy });
  });
});

it('a document is compared by its meaning where the AWS CLI gives it as one', () => {
  const [script = ''] = repairCommands({ by: 'calls', calls: [replacing({ form: 'structure', is: { a: '`' } })] }, {});
  expect(script).toContain('--query \'Policy == `{"a":"\\`"}`\' --output text');
});

it('names the profile of its account', () => {
  const profiles = { '222222222222': "it's mine" };
  const [script = ''] = repairCommands({ by: 'calls', calls: [enabling] }, { profiles });
  expect(script.match(/--profile='it'\\''s mine'/g)).toHaveLength(2);
});

it('a command of s3repl has what was given', () => {
  const on = { configs: ['a b.yaml'], sandbox: true, values: [['--name', 'x']] } as const;
  expect(repairCommands({ by: 's3repl', command: 'apply' }, { on })).toEqual([
    "s3repl apply --config 'a b.yaml' --sandbox --name x",
  ]);
});
