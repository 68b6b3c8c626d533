import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configFiles } from '../../src/session/config-files.ts';

function aFolder(...files: readonly string[]): (file?: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-configs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'inner.yaml'));
  for (const file of files) writeFileSync(join(folder, file), '');
  return (file = '') => join(folder, file);
}

it('one file is one configuration, whether it is there or not', async () => {
  const at = aFolder('a.yaml');
  expect(await configFiles([at('a.yaml')])).toBeUndefined();
  expect(await configFiles([at('none.yaml')])).toBeUndefined();
});

it('a folder stands for its *.yaml and *.yml, sorted, not for what is hidden, of another kind or deeper', async () => {
  const at = aFolder('b.yml', 'a.yaml', 'C.yaml', '.hidden.yaml', 'a.yaml~', 'README.md', 'inner.yaml/deep.yaml');
  expect(await configFiles([at()])).toEqual([at('C.yaml'), at('a.yaml'), at('b.yml')]);
});

it('files and folders come in the order in which they are given', async () => {
  const [at, other] = [aFolder('a.yaml', 'b.yaml'), aFolder('c.yaml')];
  expect(await configFiles([other('c.yaml'), at()])).toEqual([other('c.yaml'), at('a.yaml'), at('b.yaml')]);
});

it('a folder without any is an error that names it', async () => {
  const at = aFolder('README.md');
  await expect(configFiles([at()])).rejects.toMatchObject({
    outcome: 'invalid',
    message: `there is no *.yaml or *.yml file in the folder ${at()}`,
  });
});

it('a file that is given twice is named, also where it is so by its folder or by a link', async () => {
  const at = aFolder('a.yaml', 'b.yaml');
  symlinkSync(at('a.yaml'), at('link.yaml'));
  await expect(configFiles([at('a.yaml'), at('a.yaml')])).rejects.toThrow(`${at('a.yaml')} twice`);
  await expect(configFiles([at()])).rejects.toThrow(`link.yaml twice, the first time as ${at('a.yaml')}`);
  await expect(configFiles([at('b.yaml'), at()])).rejects.toThrow(`${at('b.yaml')} twice`);
});
