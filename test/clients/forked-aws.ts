/** The AWS CLI without the second that each of its commands takes to load itself (forked-aws.py). */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('forked-aws.py', import.meta.url));

const find =
  'import importlib.util, sys; print(sys.executable if importlib.util.find_spec("awscli.clidriver") else "")';

/** Its Python, where the AWS CLI is a package of it; undefined where the AWS CLI brings its own, or is missing. */
function findPython(): string | undefined {
  for (const one of ['python3', 'python']) {
    const { status, stdout } = spawnSync(one, ['-c', find], { encoding: 'utf8' });
    if (status === 0 && stdout.trim() !== '') return stdout.trim();
  }
  return undefined;
}

const python = process.env.S3REPL_AS_PROCESSES === '1' ? undefined : findPython();

/** Whether there is an AWS CLI. To ask it for its version takes half a second. */
export const awsCliIsThere = python !== undefined || spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0;

/** `aws` as a shell finds it: hands all that it has to the server, and ends as the command does. */
const command = (interpreter: string, socket: string) => `#!${interpreter} -IS
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

/** Where the AWS CLI brings a Python of its own, and with S3REPL_AS_PROCESSES=1, each command loads itself. */
export async function forkedAws(): Promise<ForkedAws> {
  const { PATH = '' } = process.env;
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
