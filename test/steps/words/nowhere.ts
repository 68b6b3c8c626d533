import type { Statement } from '../../../src/aws/policy.ts';
import { sidPrefix } from '../../../src/state/names.ts';
import type { State } from '../../../src/state/state.ts';
import { aBucket, aSpec, DESTINATION, keyArn, ownKey, rootPolicy, SOURCE } from '../../builders.ts';
import { allowing, inBothAccounts, type Scenario } from './scenario.ts';

const prefix = sidPrefix(aSpec());
const dead = { Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } };
const role = { Principal: { AWS: `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr` } };

/** Statements of others that matter where a policy is written again, beside ours. */
const bucketPolicy = allowing({ Sid: 'Website', Principal: '*' }, dead, { ...role, Sid: `${prefix}ReplicaWrites` });

function keyIn(account: string, region: string) {
  const arn = keyArn(account, region);
  const app = { Principal: { AWS: `arn:aws:iam::${account}:role/App` } };
  const other = { ...role, Sid: 'S3repl0123456789abReplicaKey' };
  const statements = [dead, other, { ...role, Sid: `${prefix}ReplicaKey` }, { ...app, Sid: `${prefix}KeyUsers` }];
  const Statement = [
    ...[rootPolicy(account).Statement].flat(),
    ...[allowing(...statements).Statement].flat(),
  ] as Statement[];
  return {
    [arn]: ownKey(arn, 'replica', aSpec(), { policy: { Version: '2012-10-17', Statement } }),
    [keyArn(account, region, 'gone')]: null,
  };
}

function inAccount(account: string, region: string): State {
  const left = {
    roles: {},
    publicAccessBlock: { BlockPublicPolicy: true },
    buckets: { 'acme-former': aBucket({ region, policy: bucketPolicy }), gone: null },
    keys: keyIn(account, region),
  };
  return { accounts: { ...inBothAccounts().accounts, [account]: left } };
}

/** A former bucket and key, and whether a side is in their account and Region. */
export const places: readonly [string, State][] = [
  ['where a side is', inAccount(DESTINATION, 'eu-central-1')],
  ['in an account where no side is', inAccount('333333333333', 'eu-central-1')],
  ['in a Region where no side is', inAccount(DESTINATION, 'eu-west-1')],
];

/** What an earlier repl.yaml has left, seen from one that names other places. */
export const nowhere: readonly Scenario[] = places.flatMap(([where, state]): readonly Scenario[] => {
  const change = { newKeys: { administrators: [], users: [`arn:aws:iam::${DESTINATION}:role/App`] } };
  return [
    { title: `a former bucket and key ${where}`, state, change },
    { title: `destroy: a former bucket and key ${where}`, state, change, destroy: true },
    {
      title: `destroy --delete-keys: a former bucket and key ${where}`,
      state,
      change,
      destroy: { objects: [], force: false },
    },
  ];
});
