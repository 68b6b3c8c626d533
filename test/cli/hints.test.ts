import { describe, expect, it } from 'vitest';
import { hintFor } from '../../src/cli/hints.ts';
import { aFolder } from '../stories/cli.ts';

describe('words of other tools', () => {
  it.each([
    [['delete'], 's3repl destroy'],
    [['apply', '--dry-run'], 's3repl plan'],
    [['health', '--json'], 's3repl status'],
    [['apply', '--auto-approve'], '--yes'],
    [['plan', '--output=json'], '--json'],
    [['doctor', '--region', 'eu-west-1'], '--source-region'],
  ])('%j: named by what they mean', (argv, named) => {
    expect(hintFor(argv)).toContain(named);
  });

  it.each([[['aply']], [['plan', '--jsn']], [[]]])('%j: nothing, as the spelling helps more', (argv) => {
    expect(hintFor(argv)).toBeUndefined();
  });

  it('win over what is spelled alike', async () => {
    const { stderr } = await aFolder().s3repl(['plan', '--region', 'eu-west-1']);
    expect(stderr).toBe("✖ unknown option '--region'\n  → use --source-region and --destination-region\n");
  });

  it('are told with the error, which ends with exit 3', async () => {
    const { code, stderr } = await aFolder().s3repl(['apply', '--dry-run']);
    expect(code).toBe(3);
    expect(stderr).toContain("unknown option '--dry-run'");
    expect(stderr).toContain('→ s3repl plan shows what apply would do');
  });

  it('version is the option of that name', async () => {
    const { code, stdout } = await aFolder().s3repl(['version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
