import { describe, expect, it } from 'vitest';
import { findConfigAbove } from '../../src/session/find-config.ts';
import { aFolder, type Folder, invoices } from './cli.ts';

/** A repository with repl.yaml at its root, seen from a folder below. */
function belowRepository(config = invoices): { readonly root: Folder; readonly below: Folder } {
  const root = aFolder();
  root.below('.git');
  root.write('repl.yaml', config);
  return { root, below: root.below('docs', 'deep') };
}

describe('in a folder of a repository, below repl.yaml', () => {
  it('commands that write nothing find the file and the sandbox beside it, say so, and name it in what to run next', async () => {
    const { root, below } = belowRepository();
    const plan = await below.s3repl(['plan', '--sandbox']);
    expect(plan).toMatchObject({ code: 0, stderr: expect.stringContaining('Using ../../repl.yaml') });
    expect(plan.stdout).toContain('s3repl apply --config ../../repl.yaml --sandbox --state ../../.s3repl');

    await root.s3repl(['apply', '--sandbox', '--yes']);
    const again = await below.s3repl(['plan', '--sandbox', '--json']);
    expect(again.code).toBe(0);
    expect(again.lines[0]).toMatchObject({ type: 'config', config: '../../repl.yaml' });
    expect(again.lines.at(-1)).toMatchObject({ outcome: 'unchanged' });
    for (const command of [['permissions'], ['doctor'], ['verify', '--no-canary'], ['backfill', '--list']]) {
      const ended = await below.s3repl([...command, '--sandbox']);
      expect([command, ended.code]).toEqual([command, 0]);
      expect(ended.stderr).toContain('Using ../../repl.yaml');
    }
  });

  it.each([
    ['apply', '--yes'],
    ['destroy', '--yes'],
    ['verify'],
    ['verify', '--alerts', '--no-canary'],
    ['backfill', '--yes'],
    ['backfill', '--cancel', '12345678-1234-1234-1234-123456789012'],
  ])('commands that write do not, but name it: %s %s', async (...command) => {
    const { below } = belowRepository();
    const { code, stderr } = await below.s3repl([...command, '--sandbox']);
    expect(code).toBe(3);
    expect(stderr).toContain('there is no repl.yaml in this folder');
    expect(stderr).toContain('--config ../../repl.yaml');
  });

  it('a file that was named, or that is in the folder itself, is the one', async () => {
    const { below } = belowRepository('version: 2\n');
    below.write('mine.yaml', invoices);
    const named = await below.s3repl(['plan', '--sandbox', '--config', 'mine.yaml']);
    expect(named).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Using') });
    below.write('repl.yaml', invoices);
    expect(await below.s3repl(['plan', '--sandbox'])).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('Using'),
    });
  });

  it('with a bucket or a snapshot, doctor looks for no file', async () => {
    const { root, below } = belowRepository('version: 2\n');
    root.write('good.yaml', invoices);
    await root.s3repl(['apply', '--sandbox', '--yes', '--config', 'good.yaml']);
    const asked = ['--sandbox', '--state', '../../.s3repl', '--source-account', '111111111111'];
    const seen = await below.s3repl(['doctor', '--bucket', 'acme-invoices', '--save-snapshot', 's.json', ...asked]);
    expect(seen.stderr).not.toContain('version');
    expect((await below.s3repl(['doctor', '--snapshot', 's.json'])).stderr).not.toContain('version');
  });
});

describe('the file above', () => {
  it('is the nearest one, up to the root of the repository', async () => {
    const { root, below } = belowRepository();
    const { path } = below;
    expect(await findConfigAbove(path)).toBe('../../repl.yaml');
    root.below('docs').write('repl.yaml', invoices);
    expect(await findConfigAbove(path)).toBe('../repl.yaml');
  });

  it('is not one beyond the root of the repository, whose .git may be a file, nor one without a repository', async () => {
    const { below } = belowRepository();
    below.write('.git', 'gitdir: elsewhere');
    expect(await findConfigAbove(below.path)).toBeUndefined();
    const alone = aFolder();
    alone.write('repl.yaml', invoices);
    expect(await findConfigAbove(alone.below('deep').path)).toBeUndefined();
  });
});

describe('without any file', () => {
  it('what to do is said: init', async () => {
    const { code, stderr } = await aFolder().s3repl(['plan', '--sandbox']);
    expect(code).toBe(3);
    expect(stderr).toContain('there is no repl.yaml in this folder');
    expect(stderr).toContain('→ s3repl init asks for the values and writes it');
  });

  it('a name that was given is the one that is told', async () => {
    const { code, stderr } = await aFolder().s3repl(['apply', '--sandbox', '--config', 'other file.yaml']);
    expect(code).toBe(3);
    expect(stderr).toContain('there is no file other file.yaml');
    expect(stderr).toContain("s3repl init --config 'other file.yaml'");
  });
});
