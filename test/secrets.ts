/**
 * Looks for the credentials that the suite uses in everything that it brings forth: what child processes write, what goes through
 * our views, and the files of each folder that a test makes, when it is removed. Set up before every test file (vitest.config.ts).
 *
 * Exceptions: `sandbox credentials`, which prints the administrators' secret on purpose (any text would do as well), and the
 * sandbox's own state, where the tokens of its sessions have to be.
 */
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, vi } from 'vitest';
import type { Output } from '../src/show/view.ts';
import { longestMark, lookForSecrets, secretsFound } from './found-secrets.ts';

const isWatched = 'secretsWatched' in globalThis;
Object.assign(globalThis, { secretsWatched: true });

function lookInFolder(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) lookInFolder(path);
    else if (entry.isFile() && !/^sandbox\.journal(\.new)?$/.test(basename(path)))
      if (fs.statSync(path).size < 2 ** 27)
        // Latin-1 takes any bytes, and the marks are ASCII; what a test made too large to read is a hole.
        lookForSecrets(fs.readFileSync(path, 'latin1'), path);
  }
}

function failIfFound(): void {
  const all = secretsFound();
  if (all.length > 0) throw new Error(`credentials were written:\n${all.join('\n')}`);
}

/** Looks at what passes through a stream, also where it comes in pieces, without making it flow. */
function watch(stream: Readable | null | undefined, where: string): void {
  if (!stream) return;
  const push = stream.push.bind(stream);
  let last = '';
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk !== null) {
      const text = last + Buffer.from(chunk as Uint8Array).toString('latin1');
      lookForSecrets(text, where);
      last = text.slice(-longestMark);
    }
    return push(chunk, encoding);
  };
}

type Spawns = { spawn(options: { args?: readonly string[] }): unknown };

function watchNode(): void {
  const { prototype } = childProcess.ChildProcess as unknown as { prototype: Spawns };
  const { spawn } = prototype;
  prototype.spawn = function (this: Spawns & childProcess.ChildProcess, options) {
    const outcome = spawn.call(this, options);
    const line = (options.args ?? []).join(' ');
    if (!/\bsandbox credentials\b/.test(line)) for (const stream of [this.stdout, this.stderr]) watch(stream, line);
    return outcome;
  };

  const { rmSync } = fs;
  const { rm } = fs.promises;
  fs.rmSync = (path, options) => {
    if (options?.recursive && fs.existsSync(path)) lookInFolder(String(path));
    rmSync(path, options);
    failIfFound();
  };
  fs.promises.rm = async (path, options) => {
    if (options?.recursive && fs.existsSync(path)) lookInFolder(String(path));
    await rm(path, options);
    failIfFound();
  };
  syncBuiltinESMExports();
}
if (!isWatched) watchNode();

const watched = (output: Output): Output =>
  new Proxy(output, {
    get: (target, name) =>
      name === 'write'
        ? (text: string) => {
            lookForSecrets(text, 'a view');
            return target.write(text);
          }
        : Reflect.get(target, name),
  });

vi.mock('../src/show/human-view.ts', async (original) => {
  const { humanView, ...rest } = await original<typeof import('../src/show/human-view.ts')>();
  return {
    ...rest,
    humanView: (...[stdout, stderr, options]: Parameters<typeof humanView>) =>
      humanView(watched(stdout), watched(stderr), options),
  };
});
vi.mock('../src/show/json-view.ts', async (original) => {
  const { jsonView, ...rest } = await original<typeof import('../src/show/json-view.ts')>();
  return {
    ...rest,
    jsonView: (...[stdout, options]: Parameters<typeof jsonView>) => jsonView(watched(stdout), options),
  };
});

afterEach(failIfFound);
afterAll(failIfFound);
