import { EncryptCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/connect/connect.ts';
import { Failure } from '../../src/events/failure.ts';
import { readKmsRequests } from '../../src/observe/kms-requests.ts';
import type { SandboxFault } from '../../src/sandbox/practice/faults.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aSpec, SOURCE } from '../builders.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { makeKey } from '../sandbox/replicating.ts';

const minute = 60_000;

async function read(practice: Practice, region?: 'destination', deadline?: AbortSignal) {
  const spec = aSpec();
  const connections = await connect(spec, { ...practice.surroundings, ...(deadline && { deadline }) });
  try {
    const at = connections.get('source');
    const there = region === undefined ? at : at.inRegion(connections.get('destinations[0]').region);
    return await readKmsRequests(there, new Date(practice.sandbox.clock.now()));
  } finally {
    connections.close();
  }
}

/** Two minutes with requests in the source Region: three and one. */
async function busy(): Promise<Practice> {
  const practice = await aPractice();
  const { clock } = practice.sandbox;
  const KeyId = await makeKey(practice.sandbox);
  const { kms } = clientsOf(practice.sandbox, SOURCE);
  for (const count of [3, 1]) {
    await clock.sleep(minute - (clock.now() % minute));
    for (let at = 0; at < count; at++) await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
  }
  await clock.sleep(minute);
  return practice;
}

describe('what an account asks of KMS', () => {
  it('is its busiest minute of the last hour, by the second and by Region', async () => {
    const practice = await busy();
    expect(await read(practice)).toBe(3 / 60);
    expect(await read(practice, 'destination')).toBe(0);
    await practice.sandbox.clock.sleep(62 * minute);
    expect(await read(practice)).toBe(0);
  });

  it.each<[string, SandboxFault]>([
    ['may not be read', { code: 'AccessDeniedException', status: 400 }],
    ['cannot be read', 'truncated'],
  ])('that %s is unknown', async (_, fault) => {
    const practice = await busy();
    practice.fault = ({ service }) => (service === 'monitoring' ? fault : undefined);
    expect(await read(practice)).toBe('unknown');
  });

  it('is not what is missing at the deadline', async () => {
    const practice = await busy();
    const deadline = new AbortController();
    practice.fault = ({ service }) => {
      if (service === 'monitoring') deadline.abort(new Failure('failed', 'deadline', 'the time is up'));
      return undefined;
    };
    await expect(read(practice, undefined, deadline.signal)).rejects.toThrow('the time is up');
  });
});
