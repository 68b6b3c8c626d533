import { alarmsIn, areTopicsRead, chainsOf, isHeard, listTargets } from '../model/alerts/listeners.ts';
import type { Rule } from '../model/replication/rule.ts';
import type { BucketSnapshot, Found, KeySnapshot } from '../model/snapshot.ts';
import type { Scope } from './scope.ts';

/** `unknown` stands for what was not read, and for members of things that do not exist. */
export type Need = (scope: Scope) => readonly unknown[];

export const theRole: Need = ({ prepared: { role } }) => [role.value];
export const trustPolicy: Need = ({ prepared: { role } }) => [memberOf(role.value, 'trustPolicy')];
export const rolePolicies: Need = ({ prepared: { role, identity, boundary } }) => [role.value, ...identity, boundary];
export const bothBuckets: Need = ({ prepared: { source }, destinations }) =>
  [source, ...destinations].map(({ value }) => value ?? 'unknown');
export const theKeys: Need = ({ keys }) => keys.map(({ value }) => value ?? 'unknown');
export const theObjects: Need = ({ prepared: { snapshot } }) => (snapshot.objects === 'unknown' ? ['unknown'] : []);

export const theJobs: Need = ({ prepared: { snapshot } }) => (snapshot.jobs === 'unknown' ? ['unknown'] : []);

/** What S3 and KMS count; a rule without metrics has none. */
export const theLag: Need = ({ prepared: { snapshot } }) => [
  ...(snapshot.replicationMetrics ?? []).map(({ latency }) => latency),
  ...(snapshot.kms ?? []).map(({ requests }) => requests),
];

/** What is heard by alarms needs no notification. */
export const whoHears: Need = ({ prepared, rules }) => {
  const isHeardOf = (rule: Rule) => rule.metrics && chainsOf(prepared, rule).some(isHeard);
  return rules.length > 0 && rules.every(isHeardOf) ? [] : [memberOf(prepared.source.value, 'notification')];
};

/** Undefined: nobody looked. */
export const theAlarms: Need = ({ prepared }) => (alarmsIn(prepared) === 'unknown' ? ['unknown'] : []);
export const theTopics: Need = ({ prepared }) => listTargets(prepared).flatMap(({ topic }) => topic?.value ?? []);

export const ofSource =
  (name: keyof BucketSnapshot): Need =>
  ({ prepared: { source } }) => [memberOf(source.value, name)];
export const ofDestinations =
  (name: keyof BucketSnapshot): Need =>
  ({ destinations }) =>
    destinations.map(({ value }) => memberOf(value, name));
export const ofKeys =
  (name: keyof KeySnapshot): Need =>
  ({ keys }) =>
    keys.map(({ value }) => memberOf(value, name));

export const acrossAccounts = ({ prepared: { source }, destinations }: Scope) =>
  destinations.some(({ account }) => account !== source.account);
export const withKeys = ({ keys }: Scope) => keys.length > 0;
export const withObjectLock = ({ prepared: { source } }: Scope) => memberOf(source.value, 'objectLock') !== null;
export const withObjects = ({ prepared: { snapshot } }: Scope) =>
  snapshot.objects === 'unknown' || snapshot.objects.length > 0;

/** Otherwise no version is PENDING. */
export const withLag = ({ prepared: { snapshot } }: Scope) => snapshot.replicationMetrics !== undefined;

/** Otherwise nobody looked for jobs, or there are none. */
export const withJobs = ({ prepared: { snapshot } }: Scope) => snapshot.jobs !== undefined && snapshot.jobs.length > 0;

export const withAlarms = ({ prepared }: Scope) => {
  const alarms = alarmsIn(prepared);
  return alarms === 'unknown' || (alarms !== undefined && alarms.length > 0);
};
/** Where topics were looked at. */
export const withTopics = ({ prepared }: Scope) =>
  areTopicsRead(prepared) && listTargets(prepared).some(({ topic }) => topic !== undefined);

function memberOf<T extends object>(value: Found<T>, name: keyof T): unknown {
  return value === null || value === 'unknown' ? 'unknown' : value[name];
}
