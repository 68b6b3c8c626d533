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

/** Otherwise nobody looked for jobs, or there are none. */
export const withJobs = ({ prepared: { snapshot } }: Scope) => snapshot.jobs !== undefined && snapshot.jobs.length > 0;

function memberOf<T extends object>(value: Found<T>, name: keyof T): unknown {
  return value === null || value === 'unknown' ? 'unknown' : value[name];
}
