import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/events/failure.ts';
import { readText } from '../../src/files/text-file.ts';

const bound = { most: 1024, refuse: (what: string) => new Failure('invalid', 'file', what) };

function aFile(content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-text-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'file');
  writeFileSync(file, content);
  return file;
}

it('a text is given without its byte order mark, and none where there is no file', async () => {
  expect(await readText(aFile('\uFEFFa: é\n'), bound)).toBe('a: é\n');
  expect(await readText(aFile(''), bound)).toBe('');
  expect(await readText(`${aFile('')}.none`, bound)).toBeUndefined();
});

it.each<[string, string | Buffer, string]>([
  ['a byte more than may be', 'x'.repeat(1025), 'FILE is larger than 1 KiB'],
  ['text in UTF-16', Buffer.from('\uFEFFname', 'utf16le'), 'FILE is text in UTF-16, and has to be in UTF-8'],
  ['text in Latin-1', Buffer.from('naïve', 'latin1'), 'FILE is not text in UTF-8'],
  ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0xf8, 0xff]), 'FILE is not text in UTF-8'],
])('%s is refused', async (_, content, message) => {
  const file = aFile(content);
  await expect(readText(file, bound)).rejects.toThrow(message.replace('FILE', file));
});

it('a file of ten gigabytes, a device without an end and a folder are refused', async () => {
  const file = aFile('');
  truncateSync(file, 10 * 2 ** 30);
  await expect(readText(file, bound)).rejects.toThrow('is larger than 1 KiB');
  await expect(readText('/dev/zero', bound)).rejects.toThrow('is larger than 1 KiB');
  await expect(readText(tmpdir(), bound)).rejects.toThrow('is a directory');
  await expect(readText(join(file, 'x'), bound)).rejects.toThrow('ENOTDIR');
});

it('a pipe is read to its end', async () => {
  const pipe = `${aFile('')}.pipe`;
  execFileSync('mkfifo', [pipe]);
  execFile('sh', ['-c', '{ printf "name: "; printf x; } > "$0"', pipe]);
  expect(await readText(pipe, bound)).toBe('name: x');
});
