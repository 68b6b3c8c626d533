import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
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

describe.each([
  ['of 0 columns', { columns: 0 }],
  ['that is dumb', { env: { TERM: 'dumb' } }],
])('a terminal %s', (_, options: TerminalOptions) => {
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

  it.each(['Ctrl-C', 'SIGTERM'])('is left by %s while AWS is silent', async (how) => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    const env = {
      AWS_ENDPOINT_URL: await silence(),
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'nothing-secret',
    };
    const terminal = atTerminal(folder, ['plan'], { ...options, env: { ...options.env, ...env } });
    const stop = () => (how === 'Ctrl-C' ? terminal.press(controlC) : terminal.kill('SIGTERM'));
    await terminal.shows('Looking at what is there');
    stop();
    await terminal.shows('stopping:');
    stop();
    expect(await terminal.ended).toBe(130);
  });
});

it('questions are asked at a terminal of 0 columns as well, and Ctrl-C leaves them', async () => {
  const terminal = atTerminal(aFolder(), ['init', '--sandbox'], { columns: 0 });
  await terminal.asks('Where is the source');
  terminal.press(enter);
  await terminal.asks('Source bucket');
  terminal.press(controlC);
  expect(await terminal.ended).toBe(130);
  expect(terminal.raw().length).toBeLessThan(10_000);
});
