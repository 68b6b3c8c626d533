/** A terminal as far as s3repl sees it, with s3repl in this process at it: what the kernel and Node do for a real one, and no more. */
import { EventEmitter } from 'node:events';
import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { runInProcess } from '../stories/run-s3repl.ts';

const controlC = '\u0003';
const ignore = () => undefined;

/** Line by line, with an echo, unless somebody asks for each key. */
export class Keyboard extends Readable {
  readonly isTTY = true;
  isRaw = false;
  #line = '';

  override _read(): void {
    // What is typed is pushed.
  }

  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }

  press(keys: string, echo: (text: string) => void = ignore, interrupt: () => void = ignore): void {
    if (this.isRaw) {
      this.push(keys);
      return;
    }
    for (const key of keys) {
      if (key === controlC) {
        this.#line = '';
        echo('^C');
        interrupt();
        continue;
      }
      this.#line += key === '\r' ? '\n' : key;
      echo(key === '\r' ? '\r\n' : key);
      if (key !== '\r') continue;
      this.push(this.#line);
      this.#line = '';
    }
  }
}

export class Screen extends Writable {
  readonly isTTY = true;
  readonly rows = 24;
  /** As Node marks its own: what is piped here does not end it. */
  readonly _isStdio = true;
  columns: number;

  constructor(columns: number, draw: (text: string) => void) {
    super({
      decodeStrings: false,
      write(chunk, _, done) {
        draw(String(chunk).replaceAll('\n', '\r\n'));
        done();
      },
    });
    this.columns = columns;
  }

  getWindowSize(): [number, number] {
    return [this.columns, this.rows];
  }

  cursorTo(x: number): boolean {
    return cursorTo(this, x);
  }

  moveCursor(dx: number, dy: number): boolean {
    return moveCursor(this, dx, dy);
  }

  clearLine(direction: -1 | 0 | 1): boolean {
    return clearLine(this, direction);
  }
}

export interface Program {
  onData(listener: (text: string) => void): void;
  onExit(listener: (ended: { exitCode: number }) => void): void;
  write(keys: string): void;
  kill(signal?: 'SIGTERM' | 'SIGKILL'): void;
  /** Makes the terminal so wide, which tells s3repl. */
  resize(columns: number): void;
}

export interface Seat {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** 0: a terminal that nobody looks at. */
  readonly columns: number;
}

/** Starts s3repl at such a terminal, when what runs in this process has ended. */
export function startInProcess({ folder, args, env, columns }: Seat): Program {
  const output = new EventEmitter();
  const signals = new EventEmitter();
  const draw = (text: string) => void output.emit('data', text);
  const [stdin, screen] = [new Keyboard(), new Screen(columns, draw)];
  let isTold = false;
  // A second time would end this process.
  const tell = () => {
    if (!isTold) signals.emit('SIGINT');
    isTold = true;
  };
  const ended = runInProcess(folder, args, env, { stdin, stdout: screen, stderr: screen, signals });
  return {
    onData: (listener) => void output.on('data', listener),
    onExit: (listener) => void ended.then((exitCode) => listener({ exitCode })),
    write: (keys) => stdin.press(keys, draw, tell),
    kill: tell,
    resize: (to) => {
      screen.columns = to;
      screen.emit('resize');
    },
  };
}
