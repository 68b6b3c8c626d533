import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { aFolder } from '../stories/cli.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The lines of a block, without the marks for what is left out. */
function linesOf(block: string): readonly string[] {
  return block.split('\n').filter((line) => line !== '…' && line !== '');
}

describe('the README', () => {
  it('shows what the program really prints', async () => {
    const block = /```console\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const folder = aFolder('as processes');
    for (const part of block.split(/^(?=\$ )/m)) {
      const [command = '', ...shown] = part.split('\n');
      const args = command.replace('$ s3repl ', '').replace('docs/', `${root}docs/`).split(' ');
      const { stdout, stderr } = await folder.s3repl(args);
      const printed = `${stderr}\n${stdout}`.split('\n');
      for (const line of linesOf(shown.join('\n'))) expect(printed).toContain(line);
    }
  });

  it('shows a repl.yaml without problems', () => {
    const block = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    expect(parseConfig(block, { file: 'repl.yaml' })).toMatchObject({ ok: true, warnings: [] });
  });

  it('names every exit code', () => {
    const named = [...readme.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(named).toEqual([...new Set(Object.values(exitCodes))].sort((a, b) => a - b));
  });
});
