import { DeleteBucketPolicyCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aSetUp, ending, type People, REPLICA } from './by-hand.ts';
import type { Ended } from './cli.ts';
import { denying } from './old-objects.ts';

/** Puts objects while the destination denies, and takes the Deny away again. */
async function failing(people: People, ...keys: readonly string[]) {
  await denying(people, async () => {
    for (const key of keys) expect((await people.put(key)).source.ReplicationStatus).toBe('FAILED');
  });
}

/** Of the check of statuses, as doctor tells them. */
function statusCauses({ lines }: Ended) {
  return lines.flatMap(({ check, causes }) => (check === 'C36' ? (causes as readonly object[]) : []));
}

it('and nothing explains it: plan, apply and doctor cannot tell, until an object arrives again', async () => {
  const { s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand((people) => failing(people, 'a', 'b'));

  for (const [command, ...more] of [['plan'], ['apply', '--yes'], ['doctor'], ['doctor', '--object', 'a']] as const) {
    const ended = await s3repl(command, ...more);
    expect([command, ending(ended)]).toMatchObject([command, { code: 6, outcome: 'unknown' }]);
    expect(ended.stdout).toMatch(/nothing that s3repl has read explains it/);
    expect(ended.stdout).toMatch(/[Rr]un s3repl verify/);
    if (command !== 'doctor') expect(ended.stdout).toContain('(SCPs) of account 111111111111');
  }
  const doctor = await s3repl('doctor');
  expect(statusCauses(doctor)).toMatchObject([{ level: 'unknown', objects: { count: 2 }, commands: [] }]);
  expect(doctor.lines.at(-1)).toMatchObject({ next: expect.stringMatching(/^s3repl verify .*--sandbox$/) });
  expect(ending(await s3repl('plan', '--force'))).toMatchObject({ code: 6, outcome: 'unknown' });
  expect(ending(await s3repl('apply', '--yes', '--verify'))).toMatchObject({ code: 0, outcome: 'verified' });

  await byHand(async ({ put }) => expect((await put('c')).source.ReplicationStatus).toBe('COMPLETED'));
  expect(ending(await s3repl('plan'))).toMatchObject({ code: 0, outcome: 'unchanged' });
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'unchanged' });
  const toReplicate = expect.stringMatching(/^s3repl backfill --status failed .*--sandbox$/);
  const looks = [
    { more: [], end: { code: 0, outcome: 'healthy' }, level: 'warning' },
    { more: ['--object', 'a'], end: { code: 5, outcome: 'blocked', next: toReplicate }, level: 'fails' },
  ] as const;
  for (const { more, end, level } of looks) {
    const doctor = await s3repl('doctor', ...more);
    expect(ending(doctor)).toMatchObject(end);
    expect('next' in end || doctor.lines.at(-1)?.next === undefined).toBe(true);
    expect(statusCauses(doctor)).toMatchObject([
      {
        level,
        summary: expect.stringMatching(/FAILED earlier, for a reason that is not there any more/),
        commands: [toReplicate],
      },
    ]);
  }
});

const without = ['--source-account', '111111111111', '--source-region', 'eu-west-1'];

it.each([
  ['with repl.yaml', [], 's3repl verify --sandbox'],
  [
    'without',
    ['--bucket', 'acme-invoices', ...without, '--destination-account', '222222222222', '--except', 'tag=a=b'],
    /^s3repl doctor --bucket acme-invoices --except tag=a=b --sandbox .*--destination-account 222222222222$/,
  ],
])('and doctor says in one sentence why it cannot tell, and names what works next, %s', async (_, more, next) => {
  const { s3repl, byHand, folder } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand((people) => failing(people, 'a'));
  const { code, stdout } = await folder.s3repl(['doctor', '--sandbox', ...more]);
  expect(code).toBe(6);
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    '? All that s3repl has read would let new objects in bucket acme-invoices replicate, but the last version that S3 tried under rule s3repl.invoices-dr.all FAILED. A new object shows whether it works now.',
  );
  expect(stdout).not.toContain('could read every policy');
  const [, command = ''] = /^ {2}next: (.*)$/m.exec(stdout) ?? [];
  expect(command).toMatch(next);
  await byHand(({ put }) => put('b'));
  expect((await folder.s3repl(command.split(' ').slice(1))).code).toBe(0);
});

it('and the cause remains: doctor names the backfill of failed objects for after the fix, and counts what it shows', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(async ({ destination, put }) => {
    await destination.send(new DeleteBucketPolicyCommand({ Bucket: REPLICA }));
    await put('lost');
  });
  const { stdout } = await folder.s3repl(['doctor', '--sandbox']);
  expect(stdout).toMatch(/^ {2}then {5}s3repl backfill --status failed --sandbox$/m);
  expect(stdout).not.toMatch(/^ {2}run +s3repl backfill/m);
  const shown = (sign: string) => stdout.match(new RegExp(`^[${sign}] .*`, 'gm'))?.length;
  expect([shown('✖'), shown('!')]).toEqual([1, 2]);
  expect(stdout).toContain('  1 cause keeps objects from replicating; 2 warnings\n');
  expect(statusCauses(await s3repl('doctor'))).toMatchObject([{ afterFix: true }]);
});

it('and one of them is asked about: it is not healthy until a backfill has replicated it', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  await s3repl('apply', '--yes');
  await byHand(async (people) => {
    await failing(people, 'a');
    await people.put('b');
  });
  const ask = async () => (await folder.s3repl(['doctor', '--sandbox', '--object', 'a'])).stdout.replace(/\s+/g, ' ');
  const before = await ask();
  expect(before).toContain('✖ a is FAILED. Nothing would stop it now, but S3 does not retry.');
  expect(before).toMatch(/under rule \S+ to \S+ FAILED /);
  expect(before).not.toContain('healthy');
  const command = /next: s3repl (.*?) ?$/.exec(before)?.[1] ?? '';
  const backfilled = await folder.s3repl([...command.split(' '), '--yes']);
  expect([command, backfilled.code]).toEqual(['backfill --status failed --sandbox', 0]);
  expect(await ask()).toContain('✔ a replicates.');
});

it('and the header says how many are FAILED, not that they would fail', async () => {
  const { s3repl, byHand, folder } = aSetUp();
  await s3repl('apply', '--yes');
  const look = async () => (await folder.s3repl(['doctor', '--sandbox'])).stdout;
  await byHand((people) => failing(people, 'a'));
  expect(await look()).toMatch(/^ {2}The sampled object is FAILED\.$/m);
  await byHand(({ put }) => put('b'));
  expect(await look()).toMatch(/^ {2}1 of 2 sampled objects is FAILED\.$/m);
  await byHand((people) => failing(people, 'c'));
  expect(await look()).toMatch(/^ {2}2 of 3 sampled objects are FAILED\.$/m);
});

it('and apply takes the cause away: it ends well, and says that a backfill has to replicate them', async () => {
  const { s3repl, byHand } = aSetUp();
  const first = await s3repl('apply', '--yes');
  expect(first.stdout).not.toContain('meanwhile');
  await byHand(async ({ destination, put }) => {
    await destination.send(new DeleteBucketPolicyCommand({ Bucket: REPLICA }));
    expect((await put('lost')).source.ReplicationStatus).toBe('FAILED');
  });
  const again = await s3repl('apply', '--yes');
  expect(ending(again)).toMatchObject({ code: 0, outcome: 'applied' });
  const command = /not replicated by this: (s3repl backfill [^;"]+)/.exec(again.stdout)?.[1];
  expect(command).toBe('s3repl backfill --sandbox');
});
