import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { parseObject } from '../../src/session/doctor-options.ts';
import { readCases } from '../model/replication/read-cases.ts';
import { healthy, policy, snapshotOf } from '../model/replication/world.ts';
import { aFolder } from '../stories/cli.ts';

const cases = new Map(readCases().map((one) => [one.id, one]));

function caseNamed(id: string) {
  const found = cases.get(id);
  if (!found) throw new Error(`no case ${id}`);
  return found;
}

interface Told {
  readonly commands: readonly string[];
  readonly byHand?: string;
}

async function doctor(snapshot: Snapshot | string, ...args: string[]) {
  const folder = aFolder();
  folder.write('s.json', typeof snapshot === 'string' ? snapshot : JSON.stringify(snapshot));
  // No credentials reach it, nor would a call: the endpoint does not answer.
  return folder.s3repl(['doctor', '--snapshot', 's.json', ...args], { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
}

describe('s3repl doctor --snapshot', () => {
  it.each([
    ['healthy-cross-account', 0, 'healthy'],
    ['no-destination-bucket-policy', 5, 'blocked'],
    ['destination-key-disabled', 5, 'blocked'],
    ['rule-disabled', 5, 'blocked'],
    ['existing-object', 0, 'healthy'],
  ])('of %s ends with exit %d', async (id, exit, outcome) => {
    const { code, lines, stderr } = await doctor(caseNamed(id).snapshot, '--json');
    expect(code).toBe(exit);
    expect(lines.at(-1)).toMatchObject({ type: 'result', command: 'doctor', outcome, changes: 0 });
    expect(stderr).toBe('');
  });

  it('ends with exit 6 where something that decides is unknown', async () => {
    const world = healthy();
    world.dst.policy = 'unknown';
    const { code, stdout } = await doctor(snapshotOf(world));
    expect(code).toBe(6);
    expect(stdout).toMatch(/^\? unknown$/m);
  });

  it('says a line a check, then a line a verdict, in the shape of the contract', async () => {
    const { snapshot, object } = caseNamed('via-service-of-the-wrong-region');
    const { lines } = await doctor(snapshot, '--json');
    const types = lines.map(({ type }) => type);
    expect(types).toEqual([...types].sort((a, b) => order.indexOf(String(a)) - order.indexOf(String(b))));
    expect(lines.find(({ check }) => check === 'C24')).toMatchObject({
      type: 'check',
      status: 'failed',
      causes: [{ level: 'fails', summary: expect.any(String), fix: expect.any(String), remedy: { statement: {} } }],
    });
    const verdict = lines.find((line) => line.type === 'verdict' && line.object === object);
    expect(Object.keys(verdict ?? {})).toEqual([
      ...['type', 'object', 'versionId', 'rule', 'destination', 'outcome', 'reason', 'causes', 'warnings', 'replica'],
    ]);
    expect(verdict).toMatchObject({ outcome: 'fails', reason: 'DstPutObjectNotPermitted', replica: null });
    expect(lines).toContainEqual(expect.objectContaining({ type: 'verdict', probe: 'new-object' }));
  });

  it('explains to people what is wrong, where, and what to put in its place', async () => {
    const { stdout } = await doctor(caseNamed('no-destination-bucket-policy').snapshot);
    expect(stdout).toMatch(/^✖ The bucket policy of kestrel-standby-archives does not allow role$/m);
    expect(stdout).toMatch(/^ {2}where {4}arn:aws:s3:::kestrel-standby-archives$/m);
    expect(stdout).toMatch(/^aws s3api put-bucket-policy .*"Sid\\":\\"ReplicationDestinationObjects\\".*'$/m);
    expect(stdout).toMatch(/^✖ blocked$/m);
    const text = stdout.replace(/^\($.*?^\)$/gms, '');
    const long = text.split('\n').filter((line) => line.length > 80 && /\S\s+\S/.test(line.slice(11).trim()));
    expect(long).toEqual([]);
  });

  it('begins with the answer, tells one missing policy once, then what else was looked at', async () => {
    const { stdout } = await doctor(caseNamed('no-destination-bucket-policy').snapshot);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 5)).toEqual([
      '✖ New objects in bucket kestrel-prod-archives would not replicate',
      '  (DstPutObjectNotPermitted).',
      '  Bucket kestrel-prod-archives of account 886600609287, as of',
      '  2026-11-05T02:05:00Z.',
      '  The sampled object would fail (DstPutObjectNotPermitted).',
    ]);
    expect(lines.filter((line) => line.startsWith('✖ '))).toHaveLength(3); // The answer, the cause, and the outcome.
    expect(stdout.match(/^aws /gm)).toHaveLength(1);
    const also = stdout.match(/^ {2}also {5}/gm) ?? [];
    expect(also.length).toBeGreaterThan(0);
    expect(stdout).toMatch(/^\d+ checks passed \(--all lists them\)$/m);
    expect(stdout).not.toMatch(/^✔ C/m);
  });

  it('counts the checks that S3 does not get to', async () => {
    const world = healthy();
    world.trust = policy();
    const { stdout } = await doctor(snapshotOf(world));
    expect(stdout).toMatch(/^\d+ checks passed, \d+ not looked at \(--all lists them\)$/m);
  });

  it('lists every check with --all', async () => {
    const { stdout } = await doctor(caseNamed('no-destination-bucket-policy').snapshot, '--all');
    expect(stdout).toMatch(/^✔ C01 {2}The replication role exists$/m);
    expect(stdout).toMatch(/^✖ C12 /m);
    expect(stdout).not.toContain('--all lists them');
  });

  it('says of each cause what to run, or why a person must do it', async () => {
    const seen = new Set<string>();
    for (const { snapshot } of cases.values()) {
      const { lines } = await doctor(snapshot, '--json');
      const causes = lines.flatMap((line) => (line.type === 'check' ? (line.causes as Told[]) : []));
      for (const { commands, byHand } of causes) {
        expect(commands.length > 0).toBe(byHand === undefined);
        seen.add(commands.length > 0 ? 'commands' : 'by hand');
      }
    }
    expect(seen).toEqual(new Set(['commands', 'by hand']));
  });

  it('shows how many objects, never all of them', async () => {
    const { snapshot } = caseNamed('destination-key-disabled');
    const [object] = snapshot.objects === 'unknown' ? [] : snapshot.objects;
    if (!object) throw new Error('no object');
    const objects = Array.from({ length: 1000 }, (_, index) => ({ ...object, key: `many/${index}` }));
    const { stdout } = await doctor({ ...snapshot, objects });
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '1,000 of 1,000 sampled objects: many/0, many/1, many/2, many/3, many/4 and 995 more',
    );
    expect(stdout.split('\n').length).toBeLessThan(100);
  });

  it('explains one object', async () => {
    const { snapshot, object } = caseNamed('object-is-a-replica');
    const { code, stdout } = await doctor(snapshot, '--object', object);
    expect(code).toBe(0);
    expect(stdout).toContain('is a replica itself');
    expect(stdout.replace(/\s+/g, ' ')).toContain('not-replicated: replica');
  });

  it('names the command that replicates old objects', async () => {
    const { stdout } = await doctor(caseNamed('existing-object').snapshot);
    expect(stdout).toMatch(/^- .* is older than rule /m);
    expect(stdout).toMatch(/^ {2}fix {6}Replicate it .* \(s3repl backfill\)\.$/m);
  });

  it('says so where there is no such object', async () => {
    const { code, lines } = await doctor(caseNamed('healthy-cross-account').snapshot, '--json', '--object', 'gone');
    expect(code).toBe(3);
    expect(lines.at(-1)).toMatchObject({ outcome: 'invalid', error: { code: 'no-object' } });
  });

  it('gives one clear error for what is no snapshot', async () => {
    const { code, lines, stdout } = await doctor('{“version”: 1}', '--json');
    expect(code).toBe(3);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(lines.at(-1)).toMatchObject({ outcome: 'invalid', error: { code: 'snapshot' } });
  });

  it('reads no configuration, and marks what is of the sandbox', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', 'this: [is no');
    folder.write('s.json', JSON.stringify(caseNamed('healthy-cross-account').snapshot));
    const { code, stdout } = await folder.s3repl(['doctor', '--snapshot', 's.json', '--sandbox']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\[sandbox\] ✔ New objects in bucket northwind-backups replicate\.$/m);
    expect(stdout).toMatch(/^\[sandbox\] ✔ healthy$/m);
  });

  it('lets nothing of a snapshot reach the terminal as a command', async () => {
    const { snapshot } = caseNamed('no-destination-bucket-policy');
    const [object] = snapshot.objects === 'unknown' ? [] : snapshot.objects;
    if (!object) throw new Error('no object');
    const { stdout } = await doctor({ ...snapshot, objects: [{ ...object, key: '\u001b[2Jx' }] });
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('\\u001b[2Jx');
  });

  it.each([
    [['--sample', 'many'], /sample/],
    [['--bucket', 'b'], /bucket/],
    [['--save-snapshot', 'x'], /save-snapshot/],
  ] as const)('refuses %s beside it', async (args, message) => {
    const { code, stderr } = await doctor(snapshotOf(healthy()), ...args);
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
  });
});

describe('--object', () => {
  it.each([
    ['Tax/a.txt', { key: 'Tax/a.txt' }],
    ['Tax/a.txt?versionId=v1', { key: 'Tax/a.txt', versionId: 'v1' }],
    ['what?.txt', { key: 'what?.txt' }],
    ['a?versionId=', { key: 'a?versionId=' }],
    ['a?versionId=1?versionId=2', { key: 'a?versionId=1', versionId: '2' }],
  ])('%s', (text, parsed) => {
    expect(parseObject(text)).toEqual(parsed);
  });
});

const order = ['check', 'verdict', 'result'];
