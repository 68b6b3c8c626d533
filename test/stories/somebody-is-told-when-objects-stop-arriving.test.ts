import { GetKeyPolicyCommand, ListAliasesCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { DeleteBucketReplicationCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { alarmsIn, codes, mine, minuteMs, withAlerts } from './alerted.ts';
import { aSetUp, ending, type People, SOURCE } from './by-hand.ts';

/** Subjects of the mails that arrived. */
function mailsTo({ sandbox }: People, address: string): readonly string[] {
  return Object.values(sandbox.state.sns.messages)
    .filter(({ deliveries }) => deliveries.some(({ endpoint }) => endpoint === address))
    .map(({ subject = '' }) => subject);
}

async function nextMinute({ sandbox }: People, minutes = 1): Promise<void> {
  const { clock } = sandbox;
  await clock.sleep(minutes * minuteMs - (clock.now() % minuteMs) + 1);
}

/** Somebody tidies up the key policy of the replicas' key, and gives it back later. */
async function withoutReplicaKey(people: People, work: () => Promise<void>): Promise<void> {
  const kms = people.destinationKeys;
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({}));
  const KeyId = Aliases.find(({ AliasName }) => AliasName?.endsWith('-replica'))?.TargetKeyId ?? '';
  const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
  const { Statement, ...rest } = JSON.parse(Policy) as { Statement: { Sid: string }[] };
  const kept = Statement.filter(({ Sid }) => !Sid.startsWith('S3repl'));
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify({ ...rest, Statement: kept }) }));
  await work();
}

it('one object that fails turns the alarm on in the next minute, and the mail arrives; mended, it is quiet again', async () => {
  const { s3repl, byHand, folder } = aSetUp(withAlerts());
  const applied = await s3repl('apply', '--yes');
  expect(ending(applied)).toMatchObject({ code: 0, outcome: 'applied' });
  expect(codes(applied)).toEqual(['alarms-pending', 'subscription-pending']);

  expect((await folder.s3repl(['sandbox', 'confirm', mine, '--json'])).code).toBe(0);

  await byHand(async (people) => {
    await people.put('well');
    await nextMinute(people);
    expect(await alarmsIn(people)).toEqual({ 's3repl.invoices-dr.all.failures': 'OK' });
    await withoutReplicaKey(people, async () => {
      expect(await people.put('lost')).toMatchObject({ source: { ReplicationStatus: 'FAILED' } });
      await nextMinute(people);
      expect(await alarmsIn(people)).toEqual({ 's3repl.invoices-dr.all.failures': 'ALARM' });
      expect(mailsTo(people, mine).at(-1)).toBe('ALARM: "s3repl.invoices-dr.all.failures" in eu-west-1');
      await nextMinute(people, 4);
      expect(mailsTo(people, mine).at(-1)).toBe('OK: "s3repl.invoices-dr.all.failures" in eu-west-1');
    });
  });

  // The metrics are there by now.
  const mended = await s3repl('apply', '--yes');
  expect(ending(mended)).toMatchObject({ code: 0, outcome: 'applied' });
  expect(codes(mended)).toEqual([]);
  await byHand(async (people) => {
    await nextMinute(people);
    expect(Object.keys(await alarmsIn(people, 'eu-central-1'))).toEqual(['s3repl.invoices-dr.all.latency']);
  });
  expect(ending(await s3repl('verify'))).toMatchObject({ code: 0, outcome: 'verified' });
  const lost = await s3repl('backfill', '--yes', '--status', 'failed');
  expect(ending(lost)).toMatchObject({ code: 0 });
  expect(ending(await s3repl('plan'))).toMatchObject({ code: 0, outcome: 'unchanged' });
});

it('replication that is late turns its alarm on, and so do metrics that stop; the mails arrive', async () => {
  const { s3repl, byHand, folder } = aSetUp(withAlerts('  silence: true\n  latency: 5m\n'));
  const [latency, silence] = ['s3repl.invoices-dr.all.latency', 's3repl.invoices-dr.all.silence'];
  await s3repl('apply', '--yes');
  await folder.s3repl(['sandbox', 'confirm', mine]);
  await byHand(async (people) => {
    await people.put('first');
    await nextMinute(people, 2);
  });
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ outcome: 'applied', changes: 2 });

  await byHand(
    async (people) => {
      await nextMinute(people, 6);
      expect(await alarmsIn(people, 'eu-central-1')).toEqual({ [latency]: 'OK', [silence]: 'OK' });
      expect(await people.put('late')).toMatchObject({ source: { ReplicationStatus: 'PENDING' }, replica: undefined });
      await nextMinute(people, 12);
      expect(await alarmsIn(people, 'eu-central-1')).toEqual({ [latency]: 'ALARM', [silence]: 'OK' });
      expect(mailsTo(people, mine).at(-1)).toBe(`ALARM: "${latency}" in eu-central-1`);
      await nextMinute(people, 20);
      expect(await alarmsIn(people, 'eu-central-1')).toEqual({ [latency]: 'OK', [silence]: 'OK' });
      expect(mailsTo(people, mine).at(-1)).toBe(`OK: "${latency}" in eu-central-1`);
    },
    { objectReplicated: 20 * minuteMs },
  );

  await byHand(async (people) => {
    await people.source.send(new DeleteBucketReplicationCommand({ Bucket: SOURCE }));
    await nextMinute(people, 15);
    expect(await alarmsIn(people, 'eu-central-1')).toEqual({ [latency]: 'OK', [silence]: 'OK' });
    await nextMinute(people, 15);
    expect(await alarmsIn(people, 'eu-central-1')).toEqual({ [latency]: 'OK', [silence]: 'ALARM' });
    expect(mailsTo(people, mine).at(-1)).toBe(`ALARM: "${silence}" in eu-central-1`);
    expect(await alarmsIn(people)).toEqual({ 's3repl.invoices-dr.all.failures': 'OK' });
  });
});
