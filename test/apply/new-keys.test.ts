import { expect, it } from 'vitest';
import { NewKeys } from '../../src/apply/new-keys.ts';
import type { Call } from '../../src/state/change.ts';
import { keySlots, newKeyArn } from '../../src/state/names.ts';
import { aSpec, keyArn, SOURCE } from '../builders.ts';

const [slot] = keySlots(aSpec());
if (!slot) throw new Error('no key to make');
const standIn = newKeyArn(slot);
const arn = keyArn(SOURCE, 'eu-west-1', 'made');
const call = (operation: string, input: object = {}) =>
  ({ service: 'KMS', operation, input, side: 'source', turn: 1 }) as unknown as Call;
const naming = call('PutRolePolicy', { Resource: standIn });

function made(): NewKeys {
  const keys = new NewKeys();
  keys.learn(standIn, call('CreateKey'), { KeyMetadata: { Arn: arn } });
  return keys;
}

it('what names a new key waits for its alias; the calls of the key itself do not', async () => {
  const keys = made();
  const waiting = keys.replaceStandIns(naming, 'role');
  const own = call('CreateAlias', { TargetKeyId: standIn });
  expect((await keys.replaceStandIns(own, standIn)).input).toEqual({ TargetKeyId: arn });
  expect(await Promise.race([waiting, Promise.resolve('still waiting')])).toBe('still waiting');
  keys.learn(standIn, own, {});
  expect((await waiting).input).toEqual({ Resource: arn });
});

it('nothing begins to wait once the run is over, and what waits already is told', async () => {
  const keys = made();
  const over = new Error('over');
  const waiting = keys.replaceStandIns(naming, 'role');
  keys.giveUp(over);
  await expect(waiting).rejects.toBe(over);
  await expect(keys.replaceStandIns(naming, 'role')).rejects.toBe(over);
});
