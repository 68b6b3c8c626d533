import { execFile } from 'node:child_process';
import { type Client, PLACES, type Place, type Trial } from './client.ts';
import type { Stage } from './stage.ts';

/** How a script ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only what hangs takes this long, in milliseconds. */
const LIMIT = 180_000;

/** Runs Bash there; the first command that fails ends it. */
export function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env, timeout: LIMIT, maxBuffer: 2 ** 26 };
    execFile('bash', ['--norc', '-euo', 'pipefail', '-c', script], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/**
 * Its version, the first two numbers of it.
 *
 * @returns undefined where the client is not installed.
 */
export async function versionOf(client: Client): Promise<string | undefined> {
  const { code, stdout, stderr } = await bash(client.version, '.', process.env);
  return code === 0 ? /\d+\.\d+/.exec(stdout + stderr)?.[0] : undefined;
}

/** What is wrong with how a trial ended, in a sentence; undefined where it ended as the table says. */
export function surpriseOf({ prints, fails }: Trial, { code, stdout, stderr }: Ended): string | undefined {
  const works = code === 0 && (prints === undefined || stdout.trim() === prints);
  if (fails === undefined) return works ? undefined : `does not work:\n${stdout}${stderr}`;
  if (works) return 'works now: take its `fails` away';
  return (stdout + stderr).includes(fails.saying)
    ? undefined
    : `fails otherwise than with ${fails.saying}:\n${stdout}${stderr}`;
}

/**
 * Tries all that the client can do, in one bucket after the other, each trial after the one before it.
 *
 * @param tell is given a line on each trial that did not end as the table says.
 * @returns how many trials ended as the table says.
 */
export async function tryClient(
  client: Client,
  stage: Pick<Stage, 'roomFor'>,
  tell: (line: string) => void,
): Promise<number> {
  let expected = 0;
  for (const place of PLACES) {
    const { folder, env } = stage.roomFor(client.name, place);
    const prepared = await bash(client.prepare?.(place) ?? '', folder, env);
    if (prepared.code !== 0) tell(`${client.name}: its settings were not written:\n${prepared.stderr}`);
    for (const trial of client.trials.filter(({ places = PLACES }) => places.includes(place))) {
      const surprise = surpriseOf(trial, await bash(tidy(trial.script), folder, env));
      if (surprise === undefined) expected += 1;
      else tell(`${client.name}, ${trial.does} (bucket: ${place}) ${surprise}`);
    }
  }
  return expected;
}

/** The script, with what the trials before it have fetched taken away. */
function tidy(script: string): string {
  return `rm -rf back synced restored\n${script}`;
}

/** How many trials there are of it, over all buckets. */
export function trialsOf({ trials }: Client): number {
  return trials.reduce((sum, { places = PLACES }: { readonly places?: readonly Place[] }) => sum + places.length, 0);
}
