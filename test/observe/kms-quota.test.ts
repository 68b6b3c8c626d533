import { describe, expect, it } from 'vitest';
import { connect } from '../../src/connect/connect.ts';
import { Failure } from '../../src/events/failure.ts';
import { readKmsQuota } from '../../src/observe/kms-quota.ts';
import type { SandboxFault, SandboxRequest } from '../../src/sandbox/practice/faults.ts';
import { accountIn } from '../../src/sandbox/store/state.ts';
import { aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aSpec, DESTINATION, SOURCE } from '../builders.ts';

/** Of the source account. */
async function read(practice: Practice, region: 'source' | 'destination' = 'destination', deadline?: AbortSignal) {
  const connections = await connect(aSpec(), { ...practice.surroundings, ...(deadline && { deadline }) });
  try {
    const at = connections.get('source');
    return await readKmsQuota(region === 'source' ? at : at.inRegion(connections.get('destinations[0]').region));
  } finally {
    connections.close();
  }
}

type Broken = Readonly<Record<string, SandboxFault>>;
const failing = (faults: Broken) => (request: SandboxRequest) => faults[request.operation];
const denied = { code: 'AccessDeniedException', status: 400 };
const refused = (operation: string, code = 'AccessDeniedException') => ({
  refused: { action: `servicequotas:${operation}`, account: SOURCE, code },
});
const applied = 'GetServiceQuota';
const byDefault = 'GetAWSDefaultServiceQuota';

describe('the quota of KMS requests', () => {
  it('is what AWS has granted to the source account in the Region, and one call tells it', async () => {
    const practice = await aPractice();
    accountIn(practice.sandbox.state, SOURCE).kmsRates = { 'eu-central-1': 45_000 };
    accountIn(practice.sandbox.state, DESTINATION).kmsRates = { 'eu-central-1': 1 };
    expect(await read(practice)).toEqual({ value: { perSecond: 45_000, origin: 'applied' }, refusals: [] });
    expect(await read(practice, 'source')).toMatchObject({ value: { perSecond: 100_000, origin: 'applied' } });
    const asked = practice.requests.filter(({ service }) => service === 'servicequotas');
    expect(asked.map(({ operation }) => operation)).toEqual([applied, applied]);
  });

  it("is AWS's default where no applied value is there, which is no refusal", async () => {
    const practice = await aPractice();
    accountIn(practice.sandbox.state, SOURCE).kmsRates = { 'eu-central-1': null };
    expect(await read(practice)).toEqual({ value: { perSecond: 20_000, origin: 'default' }, refusals: [] });
  });

  it.each<[string, Broken, string, readonly object[]]>([
    ['the quota may not be read', { [applied]: denied }, 'default', [refused(applied)]],
    ['neither may', { [applied]: denied, [byDefault]: denied }, 'published', [refused(applied), refused(byDefault)]],
    [
      'nothing is known',
      {
        [applied]: { code: 'NoSuchResourceException', status: 400 },
        [byDefault]: { code: 'NotImplemented', status: 501 },
      },
      'published',
      [refused(byDefault, 'HTTP 501')],
    ],
    ['an answer is cut off', { [applied]: 'truncated' }, 'default', [{ reason: expect.stringContaining(applied) }]],
  ])('is taken from the next source where %s, and the refused call is told', async (_, faults, origin, refusals) => {
    const practice = await aPractice();
    practice.fault = failing(faults);
    const found = await read(practice);
    expect(found.value).toEqual({ perSecond: 20_000, origin });
    expect(found.refusals).toMatchObject(refusals);
    expect(found.refusals).toHaveLength(refusals.length);
  });

  it('is not what is missing at the deadline', async () => {
    const practice = await aPractice();
    const deadline = new AbortController();
    practice.fault = ({ service }) => {
      if (service === 'servicequotas') deadline.abort(new Failure('failed', 'deadline', 'the time is up'));
      return undefined;
    };
    await expect(read(practice, 'source', deadline.signal)).rejects.toThrow('the time is up');
  });
});
