/** The setups whose documents are kept whole in golden/, to be read line by line. */
import type { Spec } from '../../src/config/spec.ts';
import type { State } from '../../src/state/state.ts';
import {
  aBucket,
  aDestination,
  aKey,
  aRule,
  aSource,
  aSpec,
  DESTINATION,
  keyArn,
  nothing,
  rootPolicy,
  SOURCE,
} from '../builders.ts';

export interface GoldenCase {
  readonly spec: Spec;
  readonly observed: State;
}

const given = keyArn(SOURCE, 'eu-west-1', 'aaaaaaaa-0000-0000-0000-000000000001');
const additional = keyArn(SOURCE, 'eu-west-1', 'aaaaaaaa-0000-0000-0000-000000000002');

const withoutDelegation = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Admin',
      Effect: 'Allow' as const,
      Principal: { AWS: `arn:aws:iam::${SOURCE}:role/Admin` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
};

const dsse = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms:dsse' as const, KMSMasterKeyID: given } }],
};

function inPartition(partition: string, source: string, destination: string): GoldenCase {
  return {
    spec: aSpec({
      source: aSource({ partition, region: source }),
      destinations: [aDestination({ partition, region: destination })],
    }),
    observed: nothing,
  };
}

export const goldenCases: Readonly<Record<string, GoldenCase>> = {
  default: { spec: aSpec(), observed: nothing },

  'same-region': { spec: aSpec({ destinations: [aDestination({ region: 'eu-west-1' })] }), observed: nothing },

  'same-account': {
    spec: aSpec({ destinations: [aDestination({ account: SOURCE, rules: [aRule({ ownerOverride: false })] })] }),
    observed: nothing,
  },

  'shared-key': {
    spec: aSpec({ destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } })] }),
    observed: nothing,
  },

  'two-destinations': {
    spec: aSpec({
      destinations: [
        aDestination(),
        aDestination({
          id: 'destinations[1]',
          account: '333333333333',
          region: 'us-east-1',
          bucket: 'acme-invoices-audit',
          rules: [aRule({ id: 'all-2', ownerOverride: false, deleteMarkers: false, storageClass: 'GLACIER_IR' })],
        }),
      ],
    }),
    observed: nothing,
  },

  'two-buckets-one-replica-key': {
    spec: aSpec({
      destinations: [
        aDestination(),
        aDestination({
          id: 'destinations[1]',
          bucket: 'acme-invoices-audit',
          rules: [aRule({ id: 'audit', prefix: 'audit/' })],
        }),
      ],
    }),
    observed: nothing,
  },

  prefix: {
    spec: aSpec({
      destinations: [
        aDestination({ rules: [aRule({ id: 'tax', prefix: 'tax/' }), aRule({ id: 'odd', prefix: 'a*b/' })] }),
      ],
    }),
    observed: nothing,
  },

  tags: {
    spec: aSpec({
      destinations: [
        aDestination({
          rules: [
            aRule({ id: 'one', tags: { team: 'billing' }, deleteMarkers: false }),
            aRule({ id: 'more', prefix: 'tax/', tags: { team: 'billing', keep: 'yes' }, deleteMarkers: false }),
            aRule({ id: 'several', tags: { team: 'audit', keep: 'yes' }, deleteMarkers: false }),
          ],
        }),
      ],
    }),
    observed: nothing,
  },

  'additional-source-keys': {
    spec: aSpec({ source: aSource({ kmsKey: { kind: 'arn', arn: given }, additionalKmsKeys: [additional] }) }),
    observed: {
      accounts: {
        [SOURCE]: {
          roles: {},
          buckets: {},
          keys: { [given]: aKey(given), [additional]: aKey(additional, { policy: withoutDelegation }) },
        },
      },
    },
  },

  'key-administrators-and-users': {
    spec: aSpec({
      newKeys: {
        administrators: [`arn:aws:iam::${SOURCE}:role/KeyAdmin`, `arn:aws:iam::${DESTINATION}:role/KeyAdmin`],
        users: [`arn:aws:iam::${SOURCE}:role/App`, `arn:aws:iam::${DESTINATION}:user/auditor`],
        description: 'invoices, for replication',
      },
    }),
    observed: nothing,
  },

  'shared-key-with-users-of-both-accounts': {
    spec: aSpec({
      destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' } })],
      newKeys: {
        administrators: [],
        users: [`arn:aws:iam::${SOURCE}:role/App`, `arn:aws:iam::${DESTINATION}:role/Reader`],
      },
    }),
    observed: nothing,
  },

  dsse: {
    spec: aSpec({ source: aSource({ kmsKey: { kind: 'arn', arn: given } }) }),
    observed: {
      accounts: {
        [SOURCE]: {
          roles: {},
          buckets: { 'acme-invoices': aBucket({ encryption: dsse }) },
          keys: { [given]: aKey(given) },
        },
      },
    },
  },

  'object-lock': {
    spec: aSpec(),
    observed: {
      accounts: {
        [SOURCE]: { roles: {}, buckets: { 'acme-invoices': aBucket({ objectLock: 'Enabled' }) }, keys: {} },
        [DESTINATION]: {
          roles: {},
          buckets: { 'acme-invoices-replica': aBucket({ region: 'eu-central-1', objectLock: 'Enabled' }) },
          keys: {},
        },
      },
    },
  },

  'no-rtc-no-metrics': {
    spec: aSpec({
      destinations: [
        aDestination({
          rules: [
            aRule({
              id: 'plain',
              prefix: 'a/',
              replicationTimeControl: false,
              metrics: false,
              replicaModifications: true,
            }),
            aRule({ id: 'metrics', prefix: 'b/', replicationTimeControl: false, enabled: false, priority: 7 }),
          ],
        }),
      ],
    }),
    observed: nothing,
  },

  'destination-key-without-delegation': {
    spec: aSpec({
      destinations: [aDestination({ kmsKey: { kind: 'arn', arn: keyArn(DESTINATION, 'eu-central-1') } })],
    }),
    observed: {
      accounts: {
        [DESTINATION]: {
          roles: {},
          buckets: {},
          keys: {
            [keyArn(DESTINATION, 'eu-central-1')]: aKey(keyArn(DESTINATION, 'eu-central-1'), {
              policy: rootPolicy(DESTINATION),
            }),
          },
        },
      },
    },
  },

  'aws-cn': inPartition('aws-cn', 'cn-north-1', 'cn-northwest-1'),
  'aws-us-gov': inPartition('aws-us-gov', 'us-gov-west-1', 'us-gov-east-1'),
};
