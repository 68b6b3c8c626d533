/** What checks look at in a snapshot, and which set-ups they apply to. */
import type { BucketSnapshot, Found, KeySnapshot } from '../model/snapshot.ts';
import type { Scope } from './scope.ts';

/** The values that a check looks at; `unknown` stands for what was not read, and for what is of a thing that is not there. */
export type Need = (scope: Scope) => readonly unknown[];

export const theRole: Need = ({ prepared: { role } }) => [role.value];
export const trustPolicy: Need = ({ prepared: { role } }) => [memberOf(role.value, 'trustPolicy')];
export const rolePolicies: Need = ({ prepared: { role, identity, boundary } }) => [role.value, ...identity, boundary];
export const bothBuckets: Need = ({ prepared: { source }, destinations }) =>
  [source, ...destinations].map(({ value }) => value ?? 'unknown');
export const theKeys: Need = ({ keys }) => keys.map(({ value }) => value ?? 'unknown');
export const theObjects: Need = ({ prepared: { snapshot } }) => (snapshot.objects === 'unknown' ? ['unknown'] : []);

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

/** A member of a thing; of one that is not there nothing can be said. */
function memberOf<T extends object>(value: Found<T>, name: keyof T): unknown {
  return value === null || value === 'unknown' ? 'unknown' : value[name];
}
