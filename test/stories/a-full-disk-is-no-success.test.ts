import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { drawFrom } from '../draws.ts';
import { aFolder, invoices } from './cli.ts';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

/** Runs s3repl with stdout going to a device that is always full, as Linux has one. */
async function intoFull(cwd: string, args: readonly string[]) {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, stderr };
}

const lines = [
  'permissions',
  'permissions --json',
  'plan --sandbox',
  'plan --sandbox --json',
  'plan --sandbox --show commands',
  'doctor --sandbox --json',
  'plan --sandbox --detailed-exitcode',
  'sandbox reset',
  'sandbox reset --json',
  '--help',
  '--version',
];

describe.runIf(existsSync('/dev/full'))('stdout that cannot be written to', () => {
  it.each(drawFrom(lines))('is an error of s3repl %s, which says so once', async (line) => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const { code, stderr } = await intoFull(folder.path, line.split(' '));
    expect(code).toBe(1);
    expect(stderr.match(/✖ cannot write to stdout: ENOSPC/g)).toHaveLength(1);
    expect(stderr).not.toContain('✔');
    expect(stderr).not.toContain('cannot write to stdout: ENOSPC: no space left on device, write\n✖');
  });

  it('does not hide what went wrong before, and is in the summary', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices.replace('eu-west-1', 'nowhere'));
    const { code, stderr } = await intoFull(folder.path, ['permissions', '--json']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot write to stdout')]);
    const human = await intoFull(folder.path, ['permissions']);
    expect([human.code, human.stderr]).toEqual([3, expect.stringContaining('is not a Region')]);

    folder.write('repl.yaml', invoices);
    await intoFull(folder.path, ['plan', '--sandbox', '--summary', 'summary.md']);
    expect(readFileSync(join(folder.path, 'summary.md'), 'utf8')).toContain('cannot write to stdout');
  });

  it('stops nothing of an apply, which has done its work', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    expect(await intoFull(folder.path, ['apply', '--sandbox', '--yes'])).toMatchObject({ code: 1 });
    const { lines } = await folder.s3repl(['plan', '--sandbox', '--json']);
    expect(lines.at(-1)).toMatchObject({ outcome: 'unchanged' });
  });
});

it('a reader that has seen enough makes no error', async () => {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  const child = spawn(process.execPath, [bin, 'plan', '--sandbox', '--json'], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.destroy();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number];
  expect([code, stderr]).toEqual([0, '']);
});
