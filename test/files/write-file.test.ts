import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/events/failure.ts';
import { AtomicFile, makeOwnFolder, writeFileAtomically } from '../../src/files/write-file.ts';

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-write-'));
  onTestFinished(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'it was written',
    (reason) => reason,
  );
  if (!(error instanceof Failure)) throw error;
  return error.message;
}

describe('a file that we write', () => {
  it('is for its owner only, also where a file that all could read was there', async () => {
    const file = join(aFolder(), 'plan.json');
    writeFileSync(file, 'before', { mode: 0o644 });
    await writeFileAtomically(file, 'after');
    expect(readFileSync(file, 'utf8')).toBe('after');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each(['a file that is there', 'a file that is not there'])('does not go through a link to %s', async (what) => {
    const folder = aFolder();
    const outside = join(aFolder(), 'outside');
    if (what.endsWith('is there')) writeFileSync(outside, 'theirs');
    const file = join(folder, 'plan.json');
    symlinkSync(outside, file);
    expect(await refusalOf(writeFileAtomically(file, 'ours'))).toBe(
      `cannot write ${file}: it is a symbolic link, which s3repl does not follow`,
    );
    expect(readlinkSync(file)).toBe(outside);
    expect(existsSync(outside) && readFileSync(outside, 'utf8')).toBe(what.endsWith('is there') && 'theirs');
    expect(readdirSync(folder)).toEqual(['plan.json']);
  });

  it('takes the place of no folder, device or pipe', async () => {
    const folder = aFolder();
    const [inside, pipe] = [join(folder, 'folder'), join(folder, 'pipe')];
    mkdirSync(inside);
    execFileSync('mkfifo', [pipe]);
    expect(await refusalOf(writeFileAtomically(inside, 'x'))).toBe(`cannot write ${inside}: it is a directory`);
    expect(await refusalOf(writeFileAtomically(pipe, 'x'))).toMatch(/it is a device, a pipe or a socket$/);
    expect(await refusalOf(writeFileAtomically('/dev/full', 'x'))).toMatch(/it is a device, a pipe or a socket$/);
    expect(statSync(pipe).isFIFO() && statSync('/dev/full').isCharacterDevice()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['folder', 'pipe']);
  });

  it('is refused where there is no such folder, or none that is one', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(await refusalOf(writeFileAtomically(join(folder, 'none', 'x'), 'x'))).toMatch(/ENOENT$/);
    expect(await refusalOf(writeFileAtomically(join(folder, 'file', 'x'), 'x'))).toMatch(/ENOTDIR$/);
    expect(await refusalOf(writeFileAtomically(join(folder, 'x'.repeat(300)), 'x'))).toMatch(/ENAMETOOLONG$/);
    expect(await refusalOf(writeFileAtomically('a\0b', 'x'))).toMatch(/ERR_INVALID_ARG_VALUE$/);
  });
});

describe('a file that we write piece by piece', () => {
  const pieces = Array.from({ length: 3000 }, (_, index) => `${index} ${'x'.repeat(50)}\n`);

  it('is not there before it is whole, and then for its owner only', async () => {
    const folder = aFolder();
    const path = join(folder, 'failed.csv');
    const file = await AtomicFile.open(path);
    for (const piece of pieces) file.write(piece);
    expect(existsSync(path)).toBe(false);
    file.keep();
    expect(readFileSync(path, 'utf8')).toBe(pieces.join(''));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['failed.csv']);
  });

  it('leaves what was there where it is discarded, also more than once', async () => {
    const folder = aFolder();
    const path = join(folder, 'failed.csv');
    writeFileSync(path, 'before');
    const file = await AtomicFile.open(path);
    for (const piece of pieces) file.write(piece);
    file.discard();
    file.discard();
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['failed.csv']);
  });

  it('leaves nothing where it cannot be put in its place', async () => {
    const folder = aFolder();
    const path = join(folder, 'failed.csv');
    const file = await AtomicFile.open(path);
    mkdirSync(join(path, 'inside'), { recursive: true });
    expect(() => file.keep()).toThrow(/^cannot write .*: (EISDIR|ENOTEMPTY|EEXIST)$/);
    expect(readdirSync(folder)).toEqual(['failed.csv']);
    expect(await refusalOf(AtomicFile.open('a\0b'))).toMatch(/ERR_INVALID_ARG_VALUE$/);
  });
});

describe('a folder of ours', () => {
  it('is for its owner only, and not behind a link', async () => {
    const folder = aFolder();
    await makeOwnFolder(join(folder, 'ours'));
    expect(statSync(join(folder, 'ours')).mode & 0o777).toBe(0o700);
    symlinkSync(aFolder(), join(folder, 'link'));
    expect(await refusalOf(makeOwnFolder(join(folder, 'link')))).toMatch(/symbolic link/);
    writeFileSync(join(folder, 'file'), '');
    expect(await refusalOf(makeOwnFolder(join(folder, 'file')))).toMatch(/EEXIST$/);
  });
});
