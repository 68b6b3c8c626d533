/**
 * The program at a terminal, as a person sees it: keys go in, a screen comes out. `npm test` runs it in process, at a terminal as s3repl sees one, where
 * neither a process nor the kernel's terminal is the point; `npm run test:bundle` runs all of it at real ones, too.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { lookForSecrets } from '../found-secrets.ts';
import { asItsUsersDo } from '../stories/run-s3repl.ts';
import { type Program, type Seat, startInProcess } from './in-process.ts';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

export interface TerminalOptions {
  /** 0: a terminal that nobody looks at, as `docker run -t` in a job makes it. */
  readonly columns?: number;
  /** What runs in place of s3repl. */
  readonly program?: readonly string[];
  /** At a terminal of the kernel, in a process, where that is the point. */
  readonly isReal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Terminal {
  /** Waits until the last question is this one (a part of it), drawn to its end; gives all that is shown then. */
  asks(message: string): Promise<string>;
  /** Waits until this is anywhere on the screen or above it. */
  shows(text: string | RegExp): Promise<string>;
  /** Waits until a list is filtered to one line by this text; gives all that is shown then. */
  filteredBy(term: string): Promise<string>;
  press(...keys: readonly string[]): void;
  /** Makes the terminal so wide, 0 included, which tells the program (SIGWINCH). */
  resize(columns: number): void;
  /** Waits until this was written, seen or not. */
  writes(text: string): Promise<string>;
  /** Everything that was shown, as it stands now. */
  text(): string;
  /** The exit code. */
  readonly ended: Promise<number>;
  /** Resolves when it has ended. */
  kill(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** All that was written, every frame of it. */
  readonly raw: () => string;
}

/** Only for what never comes: a test says then what was on the screen. */
const patience = 120_000;

/** What a frame of a question ends with: the cursor is put in its column. A terminal may deliver a frame in pieces. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a terminal obeys
const frameEnd = /\u001b\[\d+G(?:\u001b\[\?25[hl])?$/;

export const enter = '\r';
export const down = '\u001b[B';
export const up = '\u001b[A';
export const controlC = '\u0003';

function startProcess({ folder, args, env, columns }: Seat, program: readonly string[]): Program {
  // node-pty makes none of 0 columns.
  const sized = columns === 0 ? ['sh', '-c', 'stty cols 0 rows 0 && exec "$0" "$@"'] : [];
  const [file = '', ...rest] = [...sized, ...program, ...args];
  const child = spawn(file, rest, { name: env.TERM ?? '', cols: columns || 80, rows: 24, cwd: folder, env });
  return {
    onData: (listener) => void child.onData(listener),
    onExit: (listener) => void child.onExit(listener),
    write: (keys) => child.write(keys),
    kill: (signal) => child.kill(signal),
    // node-pty refuses 0 columns.
    resize: (to) => {
      const sized = spawnSync('stty', ['-F', `/proc/${child.pid}/fd/2`, 'cols', String(to)]);
      if (sized.status !== 0) throw new Error(`stty: ${sized.stderr}`);
    },
  };
}

/** Starts s3repl in a folder; nothing of the environment that could sign in reaches it. */
export function aTerminal(folder: string, args: readonly string[], options: TerminalOptions = {}): Terminal {
  const { columns = 80, program = [process.execPath, bin], isReal = options.program !== undefined } = options;
  const screen = new headless.Terminal({ cols: columns || 80, rows: 24, scrollback: 5000, allowProposedApi: true });
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|CI$|FORCE_COLOR|NO_COLOR|LC_|LANG)/.test(name)),
  );
  const usual = { HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color', AWS_EC2_METADATA_DISABLED: 'true' };
  const env = { ...clean, ...usual, ...options.env };
  const seat = { folder, args, env, columns };
  let raw = '';
  let drawn = '';
  const child = isReal || asItsUsersDo ? startProcess(seat, program) : startInProcess(seat);
  const waiting = new Set<() => void>();
  const look = () => {
    for (const check of waiting) check();
  };
  child.onData((chunk) => {
    lookForSecrets(chunk, 'a terminal');
    raw += chunk;
    screen.write(chunk, () => {
      drawn += chunk;
      look();
    });
  });
  const ended = new Promise<number>((resolve) => {
    child.onExit(({ exitCode }) => screen.write('', () => resolve(exitCode)));
  });
  const text = () => {
    const { active } = screen.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
    return lines.join('\n').trimEnd();
  };
  const until = (what: string, holds: () => boolean) =>
    new Promise<string>((resolve, reject) => {
      const give = (why: string) => {
        waiting.delete(check);
        reject(new Error(`${why} before it showed ${what}:\n${text()}`));
      };
      const limit = setTimeout(() => give('nothing more came for two minutes'), patience);
      const check = () => {
        if (!holds()) return;
        clearTimeout(limit);
        waiting.delete(check);
        // What comes with the next piece may be drawn before who waits goes on.
        resolve(text());
      };
      waiting.add(check);
      void ended.then((code) => {
        check();
        if (waiting.has(check)) give(`ended with ${code}`);
      });
      check();
    });
  const isWhole = () => frameEnd.test(drawn.slice(-20));
  const lastQuestion = () =>
    text()
      .split('\n')
      .findLast((line) => line.startsWith('? ')) ?? '';
  return {
    asks: (message) => until(`the question ${message}`, () => isWhole() && lastQuestion().includes(message)),
    shows: (wanted) =>
      until(String(wanted), () => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text()))),
    filteredBy: (term) =>
      until(
        `one line for ${term}`,
        () => isWhole() && new RegExp(`^\\? .*${term}\\n[❯>] .*\\n\\n(?![\\s\\S]*\\n\\? )`, 'm').test(text()),
      ),
    press: (...keys) => {
      for (const key of keys) child.write(key);
    },
    resize: (to) => child.resize(to),
    writes: (wanted) => until(JSON.stringify(wanted), () => raw.includes(wanted)),
    text,
    ended,
    kill: (signal) => {
      child.kill(signal);
      return ended.then(() => undefined);
    },
    raw: () => raw,
  };
}
