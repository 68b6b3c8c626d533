import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { aFolder, invoices } from './cli.ts';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

describe('a run that somebody stops watching', () => {
  it('is carried on to its end where its reader goes away', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const child = spawn(process.execPath, [bin, 'apply', '--sandbox', '--yes'], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    const again = await folder.s3repl(['apply', '--sandbox', '--yes', '--json']);
    expect(again.lines.at(-1)).toMatchObject({ outcome: 'unchanged' });
  });
});

describe('a run that is killed', () => {
  it('leaves a state from which the next run ends as if nothing had happened, with one key a side', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const child = spawn(process.execPath, [bin, 'apply', '--sandbox', '--yes', '--json', '--verbose'], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      seen += String(chunk);
      if (/"type":"call"[^\n]*"CreateKey"/.test(seen)) child.kill('SIGKILL');
    });
    const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
    expect(signal).toBe('SIGKILL');

    expect((await folder.s3repl(['apply', '--sandbox', '--yes'])).code).toBe(0);
    const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl') });
    expect(Object.values(sandbox.state.keys)).toHaveLength(2);
    await sandbox.close();
    const last = await folder.s3repl(['apply', '--sandbox', '--yes', '--json']);
    expect(last.lines.at(-1)).toMatchObject({ outcome: 'unchanged' });
  });
});

describe('two setups of one name', () => {
  it('are told apart: the second is refused instead of taking the role from the first', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    folder.write('other.yaml', invoices.replaceAll('acme-invoices', 'acme-orders'));
    await folder.s3repl(['apply', '--sandbox', '--yes']);
    const { code, lines } = await folder.s3repl(['apply', '--config', 'other.yaml', '--sandbox', '--yes', '--json']);
    expect(code).toBe(5);
    expect(lines.filter((line) => line.type === 'problem')).toMatchObject([
      { code: 'name-in-use', message: expect.stringContaining('acme-invoices') },
    ]);
    expect((await folder.s3repl(['plan', '--sandbox', '--json'])).lines.at(-1)).toMatchObject({ outcome: 'unchanged' });
  });
});
