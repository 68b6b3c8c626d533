import { expect, it } from 'vitest';
import type { NextCommand } from '../../src/events/event.ts';
import { commandLine } from '../../src/show/command-line.ts';

it.each<[string, NextCommand]>([
  ['s3repl plan', { command: 'plan', on: {} }],
  [
    "s3repl apply --force --accept-breaking 'a b' --config a.yaml --config b.yaml --profile prod --destination-profile 'd r' --sandbox --state dir --source-bucket b --no-source-bucket-key --source-access-profile=-x",
    {
      command: 'apply',
      flags: [['--force'], ['--accept-breaking', 'a b']],
      on: {
        configs: ['a.yaml', 'b.yaml'],
        profile: 'prod',
        destinationProfile: 'd r',
        sandbox: true,
        state: 'dir',
        values: [['--source-bucket', 'b'], ['--no-source-bucket-key'], ['--source-access-profile', '-x']],
      },
    },
  ],
  [
    's3repl sandbox ls acme --versions --state dir',
    { command: 'sandbox ls', operands: ['acme'], flags: [['--versions']], on: { state: 'dir' } },
  ],
  [
    "s3repl apply 'my plan' --config 'a b.yaml' --state 'x;y'",
    { command: 'apply', operands: ['my plan'], on: { configs: ['a b.yaml'], state: 'x;y' } },
  ],
])('a command is written as it is typed: %s', (text, command) => {
  expect(commandLine(command)).toBe(text);
});
