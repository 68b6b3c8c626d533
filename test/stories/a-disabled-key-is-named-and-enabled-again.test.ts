import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { aSetUp, ending, type People } from './by-hand.ts';

const KeyId = 'alias/s3repl-invoices-dr-replica';
const keyId = async ({ destinationKeys }: People) =>
  (await destinationKeys.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyId;

it('the object fails with the reason of AWS, verify and doctor name the key, and when it is enabled verify passes', async () => {
  const { folder, s3repl, byHand } = aSetUp();
  await s3repl('apply', '--yes');
  const id = await byHand(async (people) => {
    const disabled = await keyId(people);
    await people.destinationKeys.send(new DisableKeyCommand({ KeyId: disabled }));
    expect((await people.put('unlucky')).source.ReplicationStatus).toBe('FAILED');
    const [event] = Object.values(people.sandbox.state.replication.events);
    expect(event?.replicationEventData.failureReason).toBe('DstKmsKeyInvalidState');
    return disabled ?? '';
  });
  const verify = await s3repl('verify');
  expect(verify.code).not.toBe(0);
  expect(verify.stdout).toContain(id);
  expect(verify.stdout).toMatch(/[Dd]isabled/);
  const doctor = await s3repl('doctor', '--object', 'unlucky');
  expect(ending(doctor)).toMatchObject({ code: 5, outcome: 'blocked' });
  expect(doctor.stdout).toContain('DstKmsKeyInvalidState');
  expect(doctor.stdout).toContain(id);
  const { stdout } = await folder.s3repl(['doctor', '--sandbox']);
  expect(stdout).toMatch(
    /^ {11}s3repl sandbox serve &\n {11}eval "\$\(s3repl sandbox credentials 222222222222\)"\n\n\($/m,
  );
  expect(stdout).not.toMatch(/^ {2}where .*key\//m);
  const prose = stdout.replace(/^\($.*?^\)$/gms, '');
  expect(prose.split('\n').filter((line) => line.length > 80)).toEqual([]);

  await byHand(({ destinationKeys }) => destinationKeys.send(new EnableKeyCommand({ KeyId: id })));
  expect(ending(await s3repl('verify'))).toMatchObject({ code: 0, outcome: 'verified' });
});
