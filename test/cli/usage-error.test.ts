import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/commands.ts';
import { aFolder } from '../stories/cli.ts';

const mistakes = [
  [['permissions', '--for', 'nope'], "'nope' is invalid. Allowed choices are plan, apply,", 'permissions'],
  [['backfill', '--report', '/x'], "'/x' is invalid: use BUCKET or BUCKET/PREFIX", 'backfill'],
  [['plan', '--jsn'], "unknown option '--jsn' (Did you mean --json?)", 'plan'],
  [['aply'], "unknown command 'aply' (Did you mean apply?)", undefined],
  [['sandbox', 'lss'], "unknown command 'lss' (Did you mean ls?)", 'sandbox'],
  [['sandbox', 'put'], "missing required argument 'bucket/key'", 'sandbox put'],
  [['apply', 'a', 'b'], "too many arguments for 'apply'", 'apply'],
  [['completion'], "missing required argument 'shell'", 'completion'],
] as const;

describe.each(mistakes)('s3repl %j', (argv, said, command) => {
  it('ends with exit 3, in lines of 80 columns, and names the help of that command', async () => {
    const { code, stdout, stderr } = await aFolder().s3repl(argv);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stderr.replace(/\s+/g, ' ')).toContain(said);
    expect(stderr).toContain(`→ s3repl ${command === undefined ? '' : `${command} `}--help lists what it takes\n`);
  });

  it('is one line of JSON with --json', async () => {
    const { code, lines, stderr } = await aFolder().s3repl([...argv, '--json']);
    expect([code, stderr]).toEqual([3, '']);
    expect(lines).toMatchObject([
      { type: 'result', outcome: 'invalid', error: { code: 'arguments', message: expect.stringContaining(said) } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('\\n');
  });
});

describe('s3repl help', () => {
  it.each([[], ['sandbox']])('comes on stdout where no command is named: %j', async (...argv) => {
    const { code, stdout, stderr } = await aFolder().s3repl(argv);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: ${['s3repl', ...argv].join(' ')} `);
  });

  it('refuses what is no command, and guesses', async () => {
    const { code, stdout, stderr } = await aFolder().s3repl(['help', 'plna']);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain("unknown command 'plna' (Did you mean plan?)");
  });

  it.each([
    [['help'], 'Usage: s3repl [options] [command]'],
    [['help', 'plan'], 'Usage: s3repl plan [options]'],
    [['config'], 'Usage: s3repl COMMAND [values]'],
    [['help', 'config'], 'Usage: s3repl COMMAND [values]'],
  ])('%j shows it', async (argv, usage) => {
    expect(await aFolder().s3repl(argv)).toMatchObject({ code: 0, stdout: expect.stringContaining(usage) });
  });
});

it('a value that was refused cannot steer the terminal', async () => {
  const { stderr } = await aFolder().s3repl(['plan', '--show', '\u001b[2J']);
  expect(stderr).toContain('\\u001b[2J');
  expect(stderr).not.toContain('\u001b');
});

it('every command has a help that a mistake can name', async () => {
  for (const { name } of commands) {
    const { stderr } = await aFolder().s3repl([name, '--no-such-option']);
    expect(stderr).toContain(`s3repl ${name} --help`);
  }
});
