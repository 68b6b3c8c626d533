import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drawFrom } from '../draws.ts';
import { aTerminal, controlC, enter, type Terminal, type TerminalOptions } from '../wizard/terminal.ts';
import { aFolder, type Folder, invoices } from './cli.ts';

const commands = [
  ['plan', '--sandbox'],
  ['apply', '--sandbox', '--yes'],
  ['verify', '--sandbox', '--yes'],
  ['doctor', '--sandbox'],
  ['destroy', '--sandbox', '--yes'],
];

/** What moves the cursor or clears a line (ECMA-48, CSI with a final byte other than m), and the private modes of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const redrawing = /\u001b\[[?\d;]*[A-Za-ln-z]/;

/** What a spinner writes when it stops (DECTCEM). */
const showCursor = '\u001b[?25h';

function atTerminal(folder: Folder, args: readonly string[], options: TerminalOptions): Terminal {
  const terminal = aTerminal(folder.path, args, options);
  onTestFinished(() => terminal.kill('SIGKILL'));
  return terminal;
}

/** A machine that takes connections, and never says a word. */
async function silence(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function silentAws() {
  return {
    AWS_ENDPOINT_URL: await silence(),
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'nothing-secret',
  };
}

const terminals: readonly (readonly [name: string, TerminalOptions])[] = [
  ['of 0 columns', { columns: 0 }],
  ['that is dumb', { env: { TERM: 'dumb' } }],
];

describe.each(drawFrom(terminals))('a terminal %s', (_, options) => {
  it('gets plain lines from every command, each once, and an end', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    for (const args of commands) {
      const terminal = atTerminal(folder, args, options);
      const code = await terminal.ended;
      const raw = terminal.raw();
      expect([args[0], code], raw).toEqual([args[0], 0]);
      expect(raw.match(/Looking at what is there …/g), args[0]).toHaveLength(1);
      expect(redrawing.exec(raw), args[0]).toBeNull();
      expect(raw.length, args[0]).toBeLessThan(50_000);
    }
  });

  it('is asked in plain lines, and Ctrl-C leaves the questions', async () => {
    const terminal = atTerminal(aFolder(), ['init', '--sandbox'], options);
    await terminal.shows('Number [1]:');
    terminal.press(enter);
    await terminal.shows('Source bucket');
    terminal.press(controlC);
    expect(await terminal.ended).toBe(130);
    expect(redrawing.exec(terminal.raw())).toBeNull();
    expect(terminal.raw().length).toBeLessThan(10_000);
  });

  it('is asked for approval in plain lines: Enter alone changes nothing, yes applies, and the name destroys', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const answers = async (command: string, ...typed: readonly string[]) => {
      const terminal = atTerminal(folder, [command, '--sandbox'], options);
      for (const answer of typed) {
        await terminal.shows(command === 'apply' ? 'yes or no [no]:' : 'Type the name');
        terminal.press(answer, enter);
      }
      const code = await terminal.ended;
      expect(redrawing.exec(terminal.raw()), command).toBeNull();
      return { code, text: terminal.text() };
    };
    expect(await answers('apply', '')).toMatchObject({ code: 130, text: expect.stringContaining('not applied') });
    expect(await answers('apply', 'yes')).toMatchObject({ code: 0, text: expect.stringContaining('applied') });
    const destroyed = await answers('destroy', 'invoices-dr');
    expect(destroyed).toMatchObject({ code: 0, text: expect.stringContaining('remove it (invoices-dr): ') });
  });

  it.each(['Ctrl-C', 'SIGTERM'])('is left by %s while AWS is silent', async (how) => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const env = { ...options.env, ...(await silentAws()) };
    const terminal = atTerminal(folder, ['plan'], { ...options, env, isReal: true });
    const stop = () => void (how === 'Ctrl-C' ? terminal.press(controlC) : terminal.kill('SIGTERM'));
    await terminal.shows('Looking at what is there');
    stop();
    await terminal.shows('stopping:');
    stop();
    expect(await terminal.ended).toBe(130);
  });
});

describe('a terminal that is resized to 0 columns while s3repl runs', () => {
  it('has nothing that moves from then on, and Ctrl-C still ends the run', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const terminal = atTerminal(folder, ['plan'], { env: await silentAws(), isReal: true });
    await terminal.shows('Looking at what is there');
    terminal.resize(0);
    await terminal.writes(showCursor);
    const { length } = terminal.raw();
    terminal.press(controlC);
    await terminal.shows('stopping:');
    terminal.press(controlC);
    expect(await terminal.ended).toBe(130);
    expect(terminal.raw().length - length).toBeLessThan(1000);
  });
});
