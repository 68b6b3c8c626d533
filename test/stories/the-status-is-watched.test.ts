import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aTerminal, controlC, enter } from '../wizard/terminal.ts';
import { aFolder, invoices } from './cli.ts';

const bin = fileURLToPath(new URL('../../bin/s3repl.js', import.meta.url));

/** s3repl at a terminal of the kernel; then a shell says how that terminal is set, and takes a line there. */
const settings = "stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon -e echo | tr '\\n' ' '";
const thenSettings = ['sh', '-c', `"$0" "$@"; code=$?; ${settings}; read _; exit $code`, process.execPath, bin];

const minutes = /24 h to (\d{4}-\d\d-\d\d \d\d:\d\d) UTC/;
const [takeScreen, giveScreen, showCursor] = ['\u001b[?1049h', '\u001b[?1049l', '\u001b[?25h'];

async function aSetup() {
  const folder = aFolder();
  folder.write('repl.yaml', invoices);
  expect((await folder.s3repl(['apply', '--sandbox', '--yes'])).code).toBe(0);
  return folder;
}

async function watched() {
  const folder = await aSetup();
  const terminal = aTerminal(folder.path, ['status', '--watch', '--sandbox'], { program: thenSettings });
  onTestFinished(() => terminal.kill('SIGKILL'));
  await terminal.shows('q ends this. In the sandbox, a minute passes each second.');
  return terminal;
}

describe('somebody who watches the status at a terminal', () => {
  it('sees it anew each minute, also in a window of another size, and gets the terminal back as it was with q', async () => {
    const terminal = await watched();
    const first = minutes.exec(terminal.text())?.[1];
    const second = await terminal.shows(new RegExp(`24 h to (?!${first})\\d{4}-`));
    expect(second.match(/Healthy/g)).toHaveLength(1);
    terminal.resize(60);
    await terminal.shows(/24 h to\n {2}\d{4}-/);
    terminal.press('q');
    await terminal.shows('icanon echo');
    terminal.press(enter);
    expect(await terminal.ended).toBe(0);
    const raw = terminal.raw();
    expect(raw.split(takeScreen)).toHaveLength(2);
    expect(raw.split(giveScreen)).toHaveLength(2);
    expect(raw.lastIndexOf(showCursor)).toBeGreaterThan(raw.indexOf(takeScreen));
    expect(terminal.text()).toMatch(/✔ Healthy: no failure seen[\s\S]*✔ healthy/);
  });

  it('gets the terminal back with Ctrl-C as well, and what was seen last', async () => {
    const terminal = await watched();
    terminal.press(controlC);
    await terminal.shows('icanon echo');
    terminal.press(enter);
    expect(await terminal.ended).toBe(130);
    expect(terminal.raw()).toContain(giveScreen);
    expect(terminal.text()).toMatch(/✔ Healthy: no failure seen[\s\S]*stopped watching/);
  });

  it('gets a line a look where nothing can be drawn again', async () => {
    const folder = await aSetup();
    const terminal = aTerminal(folder.path, ['status', '--watch', '--sandbox', '--deadline', '2m'], {
      env: { TERM: 'dumb' },
    });
    onTestFinished(() => terminal.kill('SIGKILL'));
    expect(await terminal.ended).toBe(0);
    expect(terminal.text().match(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}✔ healthy {2}pending/gm)).toHaveLength(2);
    expect(terminal.raw()).not.toContain(takeScreen);
  });
});

describe('a log of the status', () => {
  it('has the reason below each look that is not healthy', async () => {
    const folder = await aSetup();
    const fault = ['--sandbox-fault', 'ListObjectVersions=AccessDenied'];
    const { code, stdout } = await folder.s3repl(['status', '--watch', '--sandbox', '--deadline', '2m', ...fault]);
    expect(code).toBe(6);
    const look = /^[\d: -]+UTC {2}\? unknown {2}pending .*\n {2}the newest versions could not be read: s3:List.*…$/gm;
    expect(stdout.match(look)).toHaveLength(2);
  });
});

it('a log that nobody reads any more ends with the outcome of the last look', async () => {
  const folder = await aSetup();
  const watch = '"$0" "$1" status --watch --sandbox $2; echo "exit $?" >&2';
  for (const flag of ['', '--json']) {
    const shell = ['-c', `{ ${watch}; } | head -n 1`, process.execPath, bin, flag];
    const { stderr } = await promisify(execFile)('sh', shell, { cwd: folder.path });
    expect(stderr).toContain('exit 0');
  }
});

describe('a program that watches the status', () => {
  it('gets the lines of each look, and a result at the deadline', async () => {
    const folder = await aSetup();
    const { code, lines } = await folder.s3repl(['status', '--watch', '--sandbox', '--json', '--deadline', '2m']);
    expect(code).toBe(0);
    expect(lines.filter(({ type }) => type === 'configuration')).toHaveLength(2);
    expect(lines.filter(({ type }) => type === 'replication')).toHaveLength(2);
    expect(lines.at(-1)).toMatchObject({ type: 'result', command: 'status', outcome: 'healthy' });
  });
});
