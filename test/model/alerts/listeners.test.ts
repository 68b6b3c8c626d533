import { expect, it } from 'vitest';
import { alarmsIn, areTopicsRead } from '../../../src/model/alerts/listeners.ts';
import { prepare } from '../../../src/model/replication/prepare.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { alarmArn, anAlarm, type Hearing, snapshotWith } from '../../doctor/alarm-world.ts';
import { other, source } from '../replication/world.ts';

const nobodyLooked = (hearing: Hearing) => {
  hearing.alarms = undefined;
  hearing.topics = undefined;
};
const refusedHere = (hearing: Hearing) => {
  hearing.alarms = 'unknown';
  hearing.alarmsThere = {};
};
const refusedThere = (hearing: Hearing) => {
  hearing.alarmsThere = 'unknown';
};
const unknownAccounts: Snapshot = { ...snapshotWith(), accounts: 'unknown' };
const withUnknownAccount = (change?: (hearing: Hearing) => void): Snapshot => {
  const snapshot = snapshotWith(change);
  return { ...snapshot, accounts: { ...Object(snapshot.accounts), [other]: 'unknown' } };
};
const read = [{ arn: alarmArn, path: ['accounts', source, 'alarms', alarmArn], settings: anAlarm() }];

it.each<[string, Snapshot, ReturnType<typeof alarmsIn>]>([
  ['were read', snapshotWith(), read],
  ['were refused in the other account', snapshotWith(refusedThere), read],
  ['are in an account of which nothing else is known', withUnknownAccount(), read],
  ['were refused in the source account, and read in another', snapshotWith(refusedHere), 'unknown'],
  ['are what nobody looked at', snapshotWith(nobodyLooked), undefined],
  ['are of accounts that nobody knows', unknownAccounts, undefined],
])('alarms %s', (_, snapshot, expected) => {
  expect(alarmsIn(prepare(snapshot))).toEqual(expected);
});

it.each<[string, Snapshot, boolean]>([
  ['were read', snapshotWith(), true],
  ['were read in one account, and another is unknown', withUnknownAccount(), true],
  ['are what nobody looked at', snapshotWith(nobodyLooked), false],
  ['are what nobody looked at, and another account is unknown', withUnknownAccount(nobodyLooked), false],
  ['are of accounts that nobody knows', unknownAccounts, false],
])('topics %s', (_, snapshot, expected) => {
  expect(areTopicsRead(prepare(snapshot))).toBe(expected);
});
