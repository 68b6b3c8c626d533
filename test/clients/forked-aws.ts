/** The AWS CLI without the second that each of its commands takes to load itself (forked-aws.py). */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('forked-aws.py', import.meta.url));

/** The Python that the AWS CLI is a package of; undefined where it brings its own, or is missing. */
function pythonOfAws(): string | undefined {
  const find = 'import importlib.util, sys; importlib.util.find_spec("awscli.clidriver") and print(sys.executable)';
  for (const command of ['python3', 'python']) {
    const { stdout } = spawnSync(command, ['-c', find], { encoding: 'utf8' });
    if (stdout?.trim()) return stdout.trim();
  }
  return undefined;
}

/** `aws` as a shell finds it: hands all that it has to the server, and ends as the command does. */
const command = (python: string, socket: string) => `#!${python} -IS
import marshal, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect(${JSON.stringify(socket)})
request = marshal.dumps(([os.fsencode(one) for one in sys.argv[1:]], os.getcwdb(), dict(os.environb)))
socket.send_fds(server, [len(request).to_bytes(8, "big")], [0, 1, 2])
server.sendall(request)
ended = server.recv(1)
sys.exit(ended[0] if ended else 70)
`;

export interface ForkedAws {
  /** A PATH on which `aws` is found first. */
  readonly PATH: string;
  stop(): Promise<void>;
}

/**
 * Where the AWS CLI brings a Python of its own, commands are the usual ones; so they are with S3REPL_AS_PROCESSES=1.
 */
export async function forkedAws(): Promise<ForkedAws> {
  const { PATH = '' } = process.env;
  const python = process.env.S3REPL_AS_PROCESSES === '1' ? undefined : pythonOfAws();
  if (python === undefined) return { PATH, stop: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 's3repl-aws-'));
  const socket = join(folder, 'socket');
  writeFileSync(join(folder, 'aws'), command(python, socket));
  chmodSync(join(folder, 'aws'), 0o755);
  const child = spawn(python, [server, socket], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  if (child.exitCode !== null) throw new Error(`forked-aws.py ended with ${child.exitCode}`);
  return {
    PATH: `${folder}:${PATH}`,
    async stop() {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
