/** Somebody breaks a set-up, and somebody else pastes what doctor prints. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ForkedAws, forkedAws } from '../clients/forked-aws.ts';
import { SOURCE } from '../stories/by-hand.ts';
import { aFolder, type Ended, type Folder } from '../stories/cli.ts';
import { serving } from '../stories/served.ts';
import { type Breakage, breakages, type Hands, handsOn, type Way } from './break.ts';
import { leftBehind } from './left-behind.ts';

const run = promisify(execFile);

/** A name that a shell has to be told as one word. */
const profiles = { source: "it's the source", replicas: 'replicas' };
const file = 'my repl.yaml';
const config = `version: 1
name: invoices-dr
source: { account: 111111111111, region: eu-west-1, bucket: ${SOURCE}, access: { profile: "${profiles.source}" } }
destinations:
  - { account: 222222222222, region: eu-central-1, bucket: acme-invoices-replica, access: { profile: ${profiles.replicas} } }
`;
const flagsOf: Readonly<Record<Way, readonly string[]>> = {
  'repl.yaml': ['--config', file],
  '--bucket': [
    ...['--bucket', SOURCE, '--source-account', '111111111111', '--source-region', 'eu-west-1'],
    ...['--source-access-profile', profiles.source, '--destination-account', '222222222222'],
    ...['--destination-region', 'eu-central-1', '--destination-access-profile', profiles.replicas],
  ],
};

interface Trial {
  readonly folder: Folder;
  readonly hands: Hands;
  /** In bash; what is asked of s3repl is done in this process, with a yes. */
  paste(commands: readonly string[]): Promise<void>;
}

async function aTrial(aws: ForkedAws): Promise<Trial> {
  const folder = aFolder();
  folder.write(file, config);
  const applied = await folder.s3repl(['apply', '--sandbox', '--yes', '--config', file]);
  expect(applied.code, applied.stderr).toBe(0);
  const server = await serving(folder);
  const profile = (name: string, account: string) =>
    `[profile "${name}"]\naws_access_key_id = SANDBOX${account}\naws_secret_access_key = any\n`;
  folder.write('aws', profile(profiles.source, '111111111111') + profile(profiles.replicas, '222222222222'));
  const env = { PATH: aws.PATH, HOME: folder.path, AWS_CONFIG_FILE: 'aws', AWS_ENDPOINT_URL: server.url };
  const asked = join(folder.path, 'asked');
  const recorder = `s3repl() { for word in "$@"; do printf '%s\\0' "$word"; done >> asked; printf '\\n' >> asked; }`;
  return {
    folder,
    hands: handsOn(server),
    paste: async (commands) => {
      const script = [recorder, ': > asked', ...commands].join('\n');
      await run('bash', ['-euc', script], { cwd: folder.path, env });
      const lines = readFileSync(asked, 'utf8').split('\n').slice(0, -1);
      rmSync(asked);
      for (const line of lines) {
        const { code, stderr } = await folder.s3repl([...line.split('\0').slice(0, -1), '--yes']);
        expect(code, stderr).toBe(0);
      }
    },
  };
}

interface Cause {
  readonly level: string;
  readonly summary: string;
  readonly commands: readonly string[];
  readonly byHand?: string;
}

async function findCauses({ folder }: Trial, way: Way): Promise<readonly Cause[]> {
  const { lines } = await folder.s3repl(['doctor', '--sandbox', '--json', ...flagsOf[way]]);
  const causes = lines.flatMap((line) => (line.type === 'check' ? (line.causes as Cause[]) : []));
  for (const { summary, commands, byHand = '' } of causes)
    expect(commands.length > 0 || byHand !== '', summary).toBe(true);
  return causes.filter(({ level }) => level === 'fails');
}

/** As often as it takes: some of what is missing shows only once the rest is there. @returns false where no command is for everybody. */
async function follow(trial: Trial, way: Way, { byHand = {} }: Breakage): Promise<boolean> {
  for (let round = 0; ; round += 1) {
    const causes = await findCauses(trial, way);
    const summaries = causes.map(({ summary }) => summary).join('\n');
    if (round === 0) expect(causes).not.toEqual([]);
    if (causes.length === 0) return true;
    expect(round, summaries).toBeLessThan(4);
    const commands = [...new Set(causes.flatMap((cause) => cause.commands))];
    await trial.paste(commands);
    if (commands.length > 0) continue;
    const person = byHand[way];
    if (person === undefined) throw new Error(`doctor prints no command for what a command could fix:\n${summaries}`);
    expect(causes.map((cause) => cause.byHand).join('\n')).toMatch(person.why);
    if (person.fixes === undefined) return false;
    await person.fixes(trial.hands);
  }
}

const outcome = ({ lines }: Ended) => lines.at(-1);

/** @param way how doctor is run; what it prints fixes the set-up either way. */
export function tryBreakages(way: Way): void {
  let aws: ForkedAws;
  beforeAll(async () => {
    aws = await forkedAws();
  });
  afterAll(() => aws.stop());

  it.each(breakages.map((one) => [one.what, one] as const))('%s', async (_what, breakage) => {
    const trial = await aTrial(aws);
    const s3repl = (command: string, ...args: readonly string[]) =>
      trial.folder.s3repl([command, '--sandbox', '--json', '--config', file, ...args]);
    await breakage.breaks(trial.hands);
    if (!(await follow(trial, way, breakage))) return;
    const { leaves = 0 } = way === '--bucket' ? breakage : {};
    expect(outcome(await s3repl('plan'))).toMatchObject({
      outcome: leaves > 0 ? 'planned' : 'unchanged',
      changes: leaves,
    });
    if (leaves > 0) expect(outcome(await s3repl('apply', '--yes'))).toMatchObject({ outcome: 'applied' });
    expect(outcome(await s3repl('verify'))).toMatchObject({ outcome: 'verified' });
    expect(outcome(await s3repl('destroy', '--yes'))).toMatchObject({ outcome: 'destroyed' });
    expect(await leftBehind(trial.hands)).toEqual([]);
  });
}
