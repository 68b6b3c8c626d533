import {
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  type ReplicationConfiguration,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, type People, SOURCE } from './by-hand.ts';
import { invoices } from './cli.ts';

async function changeReplication(
  { source }: People,
  change: (configuration: ReplicationConfiguration) => ReplicationConfiguration['Rules'],
): Promise<void> {
  const at = { Bucket: SOURCE };
  const { ReplicationConfiguration: before } = await source.send(new GetBucketReplicationCommand(at));
  if (before === undefined) throw new Error('no replication configuration');
  const ReplicationConfiguration = { Role: before.Role, Rules: change(before) };
  await source.send(new PutBucketReplicationCommand({ ...at, ReplicationConfiguration }));
}

/** A neighbor's rule for `archive/` with a higher priority and without the opt-in to SSE-KMS. */
const addTheirs = (people: People) =>
  changeReplication(people, ({ Rules: [ours, ...more] = [] }) => {
    const { SourceSelectionCriteria: _, Destination: to, ...rest } = ours ?? { Status: 'Enabled' };
    const Destination = { Bucket: to?.Bucket };
    const theirs = { ...rest, ID: 'theirs', Priority: 900, Filter: { Prefix: 'archive/' }, Destination };
    return [...(ours ? [ours] : []), ...more, theirs];
  });

it('of higher priority, and doctor says so in the words of plan, until repl.yaml leaves them out', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(addTheirs);
  const plan = await s3repl('plan');
  const problem = plan.lines.find(({ type }) => type === 'problem');
  const doctor = await s3repl('doctor');
  expect([plan.code, doctor.code]).toEqual([5, 5]);
  const failing = doctor.lines.flatMap(({ causes }) =>
    ((causes ?? []) as readonly { readonly level: string }[]).filter(({ level }) => level === 'fails'),
  );
  expect(failing).toMatchObject([{ summary: problem?.message, fix: problem?.fix, paste: problem?.paste }]);
  expect(problem).toMatchObject({
    message: expect.stringMatching(/^Rule theirs \(priority 900\).* takes objects under archive\/ of rule \S+\.all /),
    fix: expect.stringContaining('"priority" above 900'),
  });
  const { stdout } = await folder.s3repl(['doctor', '--sandbox']);
  expect(stdout).toMatch(/^ {2}write {4}except: \[\{ key: "archive\/\*", why: "…" \}\]$/m);
  expect(stdout).not.toContain('s3repl init asks');

  folder.write('repl.yaml', `${invoices}    rules: [{ id: all, except: [{ key: "archive/*", why: "kept here" }] }]\n`);
  expect((await s3repl('plan')).code).toBe(0);
  const after = await folder.s3repl(['doctor', '--sandbox']);
  expect([after.code, after.stdout]).toEqual([0, expect.stringContaining('archive/*')]);
});

it('of ours that lost its opt-in: apply repairs it, and names the backfill of what was left out', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(async (people) => {
    await changeReplication(people, ({ Rules = [] }) =>
      Rules.map(({ SourceSelectionCriteria: _, Destination: to, ...rule }) => {
        const { EncryptionConfiguration: _key, ...Destination } = to ?? { Bucket: undefined };
        return { ...rule, Destination };
      }),
    );
    expect(await people.put('left-out')).toMatchObject({ replica: undefined });
  });
  const { code, stdout } = await folder.s3repl(['apply', '--sandbox', '--yes']);
  expect(code).toBe(0);
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'objects that failed or were left out meanwhile are not replicated by this: s3repl backfill --sandbox;',
  );
  expect((await folder.s3repl(['backfill', '--sandbox', '--yes'])).code).toBe(0);
  const look = await folder.s3repl(['doctor', '--sandbox', '--object', 'left-out']);
  expect(look.stdout).toContain('left-out replicates');
});
