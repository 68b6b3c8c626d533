/** How long Enter alone takes from the start of `init --sandbox` to a proven replica, at a terminal. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

/** What a frame of a question ends with: the cursor is put in its column. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a terminal obeys
const frameEnd = /\u001b\[\d+G(?:\u001b\[\?25[hl])?$/;

/** Of one run: keystrokes, and seconds of wall time. Each question is answered as soon as it is drawn. */
export async function wizardRun() {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-wizard-'));
  const { CI: _, ...env } = process.env;
  const started = performance.now();
  const child = spawn(process.execPath, [bin, 'init', '--sandbox'], {
    ...{ name: 'xterm-256color', cols: 80, rows: 24, cwd: folder },
    env: { ...env, HOME: folder, LANG: 'C.UTF-8' },
  });
  let text = '';
  let answered = '';
  let keystrokes = 0;
  child.onData((piece) => {
    text += piece;
    const [, question, frame] = /^\? (.{9})(?![\s\S]*^\? )([\s\S]*)/m.exec(stripVTControlCharacters(text)) ?? [];
    // A list that is still being read takes no Enter.
    const isReady = frameEnd.test(text) && (!frame?.includes('navigate') || frame.includes('❯'));
    if (question === undefined || question === answered || !isReady) return;
    answered = question;
    keystrokes += 1;
    child.write('\r');
  });
  const tooLong = setTimeout(() => child.kill(), 60_000);
  const code = await new Promise((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
  clearTimeout(tooLong);
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0 || !text.includes('verified')) throw new Error(`the wizard ended with ${code}: ${text.slice(-1000)}`);
  return { keystrokes, seconds: (performance.now() - started) / 1000 };
}
