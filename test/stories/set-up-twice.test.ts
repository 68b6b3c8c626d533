import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { aFolder } from './cli.ts';

const example = fileURLToPath(new URL('../../docs/examples/invoices.yaml', import.meta.url));

describe('the example of the README, in the sandbox', () => {
  it('is applied, and the second time unchanged without a single write', async () => {
    const folder = aFolder();
    const apply = ['apply', '--config', example, '--sandbox', '--yes', '--json', '--verbose'];

    const first = await folder.s3repl(apply);
    expect(first.code).toBe(0);
    expect(first.lines.at(-1)).toMatchObject({
      type: 'result',
      command: 'apply',
      outcome: 'applied',
      changes: 9,
      sandbox: true,
    });
    expect(first.lines.every((line) => line.sandbox === true)).toBe(true);

    const second = await folder.s3repl(apply);
    expect(second.code).toBe(0);
    expect(second.lines.at(-1)).toMatchObject({ type: 'result', outcome: 'unchanged', changes: 0 });
    const calls = second.lines.filter((line) => line.type === 'call');
    expect(calls).not.toEqual([]);
    expect(calls.filter((call) => call.write)).toEqual([]);
  });

  it('says that it is the sandbox, in words too, and keeps results and progress apart', async () => {
    const folder = aFolder();
    const { stdout, stderr } = await folder.s3repl(['apply', '--config', example, '--sandbox', '--yes']);
    expect(stdout).toMatch(/^\[sandbox\] invoices-dr\n/);
    expect(stdout).toContain('Plan: 9 to create, 0 to change, 0 to remove.');
    expect(stdout).toContain('[sandbox] ✔ applied\n  9 created, 0 changed, 0 removed');
    expect(stderr).toContain('[sandbox] Applying …');
    expect(stderr).toMatch(/waiting for the role to\s+become visible/);
    expect(stdout).not.toContain('Applying');
    // The path of the example is as long as the machine has it.
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => !line.includes(example));
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('is emptied by sandbox reset', async () => {
    const folder = aFolder();
    const apply = ['apply', '--config', example, '--sandbox', '--yes', '--json'];
    await folder.s3repl(apply);
    expect((await folder.s3repl(['sandbox', 'reset'])).stdout).toContain('the sandbox is empty');
    expect((await folder.s3repl(apply)).lines.at(-1)).toMatchObject({ outcome: 'applied', changes: 9 });
  });

  it('is emptied, where its state is damaged, in the folder that was named and in no other', async () => {
    const folder = aFolder();
    const plan = ['plan', '--config', example, '--sandbox', '--state', 'my state'];
    expect((await folder.s3repl(plan)).code).toBe(0);
    appendFileSync(join(folder.path, 'my state', 'sandbox.journal'), 'no line of ours\n');
    const { code, stderr } = await folder.s3repl(plan);
    expect(code).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toContain("→ s3repl sandbox reset --state 'my state' starts afresh");
    expect((await folder.s3repl(['sandbox', 'reset', '--state', 'my state'])).code).toBe(0);
    expect((await folder.s3repl(plan)).code).toBe(0);
  });

  it('keeps its state for its owner only, without any secret key', async () => {
    const folder = aFolder();
    await folder.s3repl(['apply', '--config', example, '--sandbox', '--yes', '--json']);
    const file = join(folder.path, '.s3repl', 'sandbox.journal');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^\{"journal":1,/);
  });
});
