/** The accounts of a snapshot: what was found in them, and what was not read. */
import { pathText } from '../model/replication/path.ts';
import type { AccountSnapshot, Found, Named, Things } from '../model/snapshot.ts';
import type { Reach, Thing } from './reach.ts';
import { type Unread, unreadAt } from './reading.ts';

type ControlPolicies = Pick<AccountSnapshot, 'serviceControlPolicies' | 'resourceControlPolicies'>;

export const unreadControlPolicies: ControlPolicies = {
  serviceControlPolicies: 'unknown',
  resourceControlPolicies: 'unknown',
};
export const noControlPolicies: ControlPolicies = { serviceControlPolicies: [], resourceControlPolicies: [] };

export function accountsOf(
  { accounts, unreached }: Reach,
  things: readonly Thing[],
  organization: ControlPolicies,
): Named<AccountSnapshot> {
  const collectNamed = <K extends keyof Things>(account: string, kind: K): Named<Found<Things[K]>> =>
    Object.fromEntries(
      things
        .filter((thing) => thing.account === account && thing.kind === kind)
        .map(({ name, found }) => [name, found.value as Found<Things[K]>]),
    );
  const reached = accounts.map((account) => [
    account,
    {
      roles: collectNamed(account, 'roles'),
      buckets: collectNamed(account, 'buckets'),
      keys: collectNamed(account, 'keys'),
      ...notOwnedBy(account, things),
      ...organization,
    },
  ]);
  const unknown = { roles: 'unknown', buckets: 'unknown', keys: 'unknown', ...organization };
  return Object.fromEntries([...reached, ...[...unreached].map((account) => [account, unknown])]);
}

function notOwnedBy(account: string, things: readonly Thing[]): Pick<AccountSnapshot, 'notOwned'> {
  const notOwned = things.flatMap((thing) => (thing.notOwnedBy?.includes(account) ? [thing.name] : []));
  return notOwned.length > 0 ? { notOwned } : {};
}

export function unreadIn({ account, kind, name, found }: Thing): readonly Unread[] {
  return unreadAt(['accounts', account, kind, name], found.refusals);
}

export function unreadControl({ accounts, unreached }: Reach): readonly Unread[] {
  const reason = 'only the management account of the organization, or a delegated administrator, can list them';
  return [...accounts, ...unreached].flatMap((account) =>
    Object.keys(unreadControlPolicies).map((member) => ({ path: pathText(['accounts', account, member]), reason })),
  );
}

export function unreadAccounts({ unreached }: Reach): readonly Unread[] {
  return [...unreached].flatMap((account) =>
    ['roles', 'buckets', 'keys'].map((member) => ({
      path: pathText(['accounts', account, member]),
      reason: `nobody is signed in to account ${account}`,
    })),
  );
}
