import { expect, it } from 'vitest';
import { anApplied } from '../apply/in-sandbox.ts';
import { aDestination, aSpec, DESTINATION } from '../builders.ts';

it.each([
  ['does not know it', 'NotFoundException'],
  ['refuses', 'AccessDeniedException'],
])('a key that only our rule names is not lost by one answer that %s', async (_, code) => {
  const practice = await anApplied(aSpec());
  const former = Object.keys((await practice.state(aSpec())).accounts[DESTINATION]?.keys ?? {});
  const spec = aSpec({ destinations: [aDestination({ kmsKey: { kind: 'alias', alias: 'alias/none' } })] });
  let looks = 0;
  // The first look is for the alias.
  practice.fault = ({ operation, account }) =>
    operation === 'DescribeKey' && account === DESTINATION && ++looks === 2 ? { code, status: 400 } : undefined;
  const state = await practice.state(spec);
  expect(looks).toBe(3);
  expect(Object.keys(state.accounts[DESTINATION]?.keys ?? {})).toEqual(former);
});
