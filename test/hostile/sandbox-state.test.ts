import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/events/failure.ts';
import { reachSandbox } from '../../src/session/reach-sandbox.ts';
import { runApply } from '../run-command.ts';
import { patience, runs } from './runs.ts';

let journal = '';

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-hostile-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What `sandbox status` says of a folder: how many accounts there are, or the failure. */
async function statusIn(folder: string): Promise<number | Failure> {
  try {
    const sandbox = await reachSandbox(folder);
    try {
      return (await sandbox.status()).length;
    } finally {
      await sandbox.close();
    }
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

async function refusalIn(folder: string): Promise<string> {
  const status = await statusIn(folder);
  if (!(status instanceof Failure)) throw new Error('it was taken');
  expect(status.code).toMatch(/^sandbox-(state|busy)$/);
  return status.message;
}

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-hostile-'));
  const output = { write: () => undefined };
  const signal = new AbortController().signal;
  const context = { stdout: output, stderr: output, env: {}, signal, use: () => undefined };
  const options = { config: 'docs/examples/invoices.yaml', yes: true, sandbox: true, color: false, flagValues: {} };
  await runApply({ ...options, state: folder }, context);
  journal = readFileSync(join(folder, 'sandbox.journal'), 'utf8');
  rmSync(folder, { recursive: true });
});

describe('a state that somebody else has written', () => {
  it('is taken where it is ours', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'sandbox.journal'), journal);
    expect(await statusIn(folder)).toBe(2);
  });

  it.each(['sandbox.journal', 'sandbox.json'])('is named where %s is garbage, too much, or no file', async (name) => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    const bad: ((file: string) => void)[] = [
      (file) => writeFileSync(file, Buffer.from([0, 1, 2, 255, 10, 0, 254])),
      (file) => writeFileSync(file, '[['.repeat(100_000)),
      (file) =>
        writeFileSync(file, `{"journal":1,"snapshot":0}\n[[["buckets"],${'['.repeat(50_000)}${']'.repeat(50_000)}]]\n`),
      (file) => writeFileSync(file, `{"version":1,"buckets":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
      (file) => writeFileSync(file, `{"journal":1,"snapshot":0}\n[[["replication","other"],${deep}]]\n`),
      (file) => writeFileSync(file, `{"version":1,"replication":${deep}}`),
      (file) => {
        writeFileSync(file, 'x');
        truncateSync(file, 10 * 2 ** 30);
      },
      (file) => mkdirSync(file),
      (file) => execFileSync('mkfifo', [file]),
      (file) => symlinkSync('/dev/zero', file),
      (file) => symlinkSync(join(file, '..', 'nothing'), file),
    ];
    for (const make of bad) {
      const folder = aFolder();
      make(join(folder, name));
      expect(await refusalIn(folder)).toContain(name);
    }
  });

  it('is refused where its folder is a file or a link', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync(aFolder(), join(folder, 'link'));
    expect(await refusalIn(join(folder, 'file'))).toMatch(/cannot keep its state: ENOTDIR/);
    expect(await refusalIn(join(folder, 'link'))).toMatch(/symbolic link, which is not followed/);
  });

  it('and a lock that is no file of ours is named, not waited for', async () => {
    for (const make of [
      (file: string) => mkdirSync(file),
      (file: string) => execFileSync('mkfifo', [file]),
      (file: string) => symlinkSync('/dev/zero', file),
      (file: string) => writeFileSync(file, 'x'.repeat(1_000_000)),
    ]) {
      const folder = aFolder();
      make(join(folder, 'sandbox.lock'));
      expect(await refusalIn(folder)).toContain('sandbox.lock');
    }
    const folder = aFolder();
    writeFileSync(join(folder, 'sandbox.lock'), '{"pid":1,"started":3,"servedAt":"http://example.com:80"}');
    expect(await statusIn(folder)).toBe(0);
  });

  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(1e300, -1, '', '__proto__', [], {}, null));

  it('is taken or named, whatever was changed in it', { timeout: patience }, async () => {
    const lines = journal.trimEnd().split('\n');
    const folder = aFolder();
    const change = fc.oneof(
      fc.nat(journal.length).map((length) => journal.slice(0, length)),
      fc
        .tuple(fc.nat(journal.length), fc.string({ unit: 'binary', maxLength: 4 }))
        .map(([at, text]) => journal.slice(0, at) + text + journal.slice(at + 1)),
      fc.tuple(fc.nat(400), value).map(([which, other]) => {
        const values = [...journal.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+|\[\]|\{\}/g)];
        const one = values[which % values.length];
        return one
          ? journal.slice(0, one.index) + JSON.stringify(other) + journal.slice(one.index + one[0].length)
          : '';
      }),
      fc
        .tuple(
          fc.array(
            fc.constantFrom(
              'buckets',
              'keys',
              'accounts',
              'now',
              'sessions',
              'acme-invoices',
              'objects',
              '111111111111',
              'roles',
              'length',
              '__proto__',
              '0',
            ),
            { maxLength: 4 },
          ),
          value,
        )
        .map(([path, other]) => `${journal}${JSON.stringify([[path, other]])}\n`),
      fc.tuple(fc.nat(lines.length), fc.nat(lines.length)).map(
        ([a, b]) =>
          `${lines
            .toSpliced(a, 1)
            .toSpliced(b, 0, lines[a] ?? '')
            .join('\n')}\n`,
      ),
    );
    await fc.assert(
      fc.asyncProperty(change, async (text) => {
        writeFileSync(join(folder, 'sandbox.journal'), text);
        const status = await statusIn(folder);
        if (status instanceof Failure) expect(status.code).toBe('sandbox-state');
      }),
      { numRuns: runs(60) },
    );
  });
});
