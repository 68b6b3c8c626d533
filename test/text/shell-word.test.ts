import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellLine } from '../../src/text/shell-word.ts';

it.each(['plain', "it's", 'two words', '$(id) `id` \\ "', '', '-n', 'über', 'a\u0007b', '##[error]::x'])(
  'a value of a command line reaches the program as it is: %j',
  (value) => {
    const { stdout } = spawnSync('bash', ['-c', shellLine`printf '%s|' first ${value} last`], { encoding: 'utf8' });
    expect(stdout).toBe(`first|${value}|last|`);
  },
);

it('a value that needs no quotes has none', () => {
  expect(shellLine`aws kms enable-key --key-id ${'arn:aws:kms:eu-west-1:111111111111:key/1'}`).toBe(
    'aws kms enable-key --key-id arn:aws:kms:eu-west-1:111111111111:key/1',
  );
});
