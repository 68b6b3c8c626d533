import { expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/connect/connect.ts';
import { baseProviders, closePool, newPool } from '../../src/connect/pool.ts';
import { aPractice } from '../apply/in-sandbox.ts';
import { aDestination, aSource, aSpec } from '../builders.ts';
import { branded } from '../plain.ts';

async function aSharedPractice() {
  const practice = await aPractice();
  const pool = newPool(practice.surroundings);
  onTestFinished(() => closePool(pool));
  const identities = () => practice.requests.filter(({ operation }) => operation === 'GetCallerIdentity').length;
  return { surroundings: { ...practice.surroundings, pool }, identities };
}

const named = (name: string) =>
  aSpec({ name, source: aSource({ bucket: name }), destinations: [aDestination({ bucket: `${name}-replica` })] });

it('setups that share a pool sign in to each account once, also at the same moment, and have the same clients', async () => {
  const { surroundings, identities } = await aSharedPractice();
  const [a, b] = await Promise.all([connect(named('a'), surroundings), connect(named('b'), surroundings)]);
  a.close();
  const c = await connect(named('c'), surroundings);
  expect(identities()).toBe(2);
  expect(b.get('source').s3).toBe(a.get('source').s3);
  expect(c.get('destinations[0]').inRegion(branded('eu-west-1'))).toBe(
    b.get('destinations[0]').inRegion(branded('eu-west-1')),
  );
  expect(b.get('source')).not.toBe(b.get('destinations[0]'));
});

it('whoever names another account than the one signed in to is told of its own bucket', async () => {
  const { surroundings } = await aSharedPractice();
  const elsewhere = {
    ...surroundings,
    credentialsFor: () => surroundings.credentialsFor?.(named('a').source) ?? never(),
  };
  for (const name of ['a', 'b']) {
    await expect(connect(named(name), elsewhere)).rejects.toMatchObject({
      code: 'wrong-account',
      message: expect.stringContaining(`the destination bucket ${name}-replica is in account 222222222222`),
    });
  }
});

it('what the network did to the first is tried again for the next', async () => {
  const { surroundings } = await aSharedPractice();
  let broken = true;
  const flaky: typeof surroundings = {
    ...surroundings,
    credentialsFor: (side) => async () => {
      if (broken) throw new Error('connect ECONNREFUSED 127.0.0.1:1');
      return (surroundings.credentialsFor?.(side) ?? never())();
    },
  };
  await expect(connect(named('a'), flaky)).rejects.toMatchObject({ outcome: 'failed', code: 'network' });
  broken = false;
  expect((await connect(named('b'), flaky)).get('source').account).toBe(named('b').source.account);
});

it('a profile is read once for all who sign in with it, and once more for those of them who renew', () => {
  const pool = newPool({ env: {}, now: () => 0, sleep: async () => undefined });
  const one = baseProviders(pool, 'prod');
  const other = baseProviders(pool, 'prod');
  const make = () => async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
  const first = one(make);
  expect(other(make)).toBe(first);
  expect(baseProviders(pool, undefined)(make)).not.toBe(first);
  const second = one(make);
  expect(second).not.toBe(first);
  expect(other(make)).toBe(second);
  expect(other(make)).not.toBe(second);
});

function never(): never {
  throw new Error('the practice has credentials');
}
