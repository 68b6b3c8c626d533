/** Other configurations than the default: the printed policies let each be set up, proven and taken out again, and no more. */
import { describe, expect, it } from 'vitest';
import { listOf, statementsOf } from '../../src/aws/policy.ts';
import { DESTINATION, SOURCE } from '../builders.ts';
import { drawFrom, drawsAll } from '../draws.ts';
import { aCloud, aKey, aLimit, applied, type Change, keyId, limitArn } from './clouds.ts';
import { printed } from './printed.ts';
import { act, runs } from './scenarios.ts';
import { configFile, ran, sandboxFrom } from './set-up-roles.ts';

const keyArn = (account: string, region: string, digit: string) =>
  `arn:aws:kms:${region}:${account}:key/${keyId(digit)}`;
const rule = { id: 'all' };
const here = 'eu-west-1';
const there = 'eu-central-1';

interface Other {
  readonly title: string;
  readonly config: Parameters<typeof configFile>[1];
  readonly before?: readonly Change[];
  readonly verified?: string;
}

const others: readonly Other[] = [
  {
    title: 'given keys',
    config: {
      source: { kmsKey: keyArn(SOURCE, here, '1'), additionalKmsKeys: [keyArn(SOURCE, here, '2')] },
      destinations: [{ kmsKey: keyArn(DESTINATION, there, '3') }],
    },
    before: [aKey(SOURCE, here, '1'), aKey(SOURCE, here, '2'), aKey(DESTINATION, there, '3')],
  },
  {
    title: 'given aliases',
    config: { source: { kmsKey: 'alias/given-1' }, destinations: [{ kmsKey: 'alias/given-3' }] },
    before: [aKey(SOURCE, here, '1'), aKey(DESTINATION, there, '3')],
  },
  { title: "the source's new key for both", config: { destinations: [{ region: here, kmsKey: 'source' }] } },
  {
    title: "the source's given key for both",
    config: { source: { kmsKey: 'alias/given-1' }, destinations: [{ region: here, kmsKey: 'source' }] },
    before: [aKey(SOURCE, here, '1')],
  },
  {
    title: 'another key of the source account at the destination',
    config: { destinations: [{ region: here, kmsKey: keyArn(SOURCE, here, '1') }] },
    before: [aKey(SOURCE, here, '1')],
  },
  { title: 'one account', config: { destinations: [{ account: SOURCE }] } },
  {
    title: 'several destinations',
    config: {
      destinations: [
        {},
        { bucket: 'acme-invoices-second' },
        { region: 'us-east-1', bucket: 'acme-invoices-us' },
        { account: SOURCE, region: here, bucket: 'acme-invoices-near' },
      ],
    },
  },
  {
    title: 'rules without RTC, owner override and delete markers',
    config: {
      destinations: [
        {
          rules: [
            { ...rule, replicationTimeControl: false, metrics: false, ownerOverride: false, deleteMarkers: false },
          ],
        },
      ],
    },
  },
  {
    title: 'administrators and users of new keys',
    config: {
      newKeys: {
        administrators: [SOURCE, DESTINATION].map((account) => `arn:aws:iam::${account}:user/sandbox-admin`),
        users: [`arn:aws:iam::${DESTINATION}:user/sandbox-admin`],
      },
    },
  },
  {
    title: 'a role with a path and a boundary',
    config: { role: { name: 'copier', path: '/replication/', permissionsBoundary: limitArn } },
    before: [aLimit],
  },
];

describe('the policies of s3repl permissions for', () => {
  it.each(drawFrom(others, 4))(
    '$title are enough to set up, to prove and to take out',
    async ({ title, config, before = [] }) => {
      const file = configFile(title.replace(/\W/g, '-'), config);
      const policies = await printed(file);
      const sandbox = await sandboxFrom(await aCloud(undefined, ...before)(), policies);
      await act(sandbox, file, [
        ['apply', 'applied'],
        ['verify', 'verified'],
        ...(drawsAll ? ([['doctor', 'healthy']] as const) : []),
        ['destroy', 'destroyed'],
      ]);
    },
  );

  it.each([
    [
      'role',
      { role: { name: 'other' } },
      'planned',
      /the former replication role arn:aws:iam::111111111111:role\/s3repl-invoices-dr does not exist, or/,
    ],
    [
      'key',
      { destinations: [{ kmsKey: 'alias/given-3' }] },
      // The bucket encrypts with the former key: somebody has to decide that first.
      'blocked',
      /the former key arn:aws:kms:eu-central-1:222222222222:key\/UUID does not exist, or/,
    ],
  ] as const)(
    'what drops a %s that may then not be read is no silent success: what stays is named',
    async (...given) => {
      const [what, config, end, warning] = given;
      const cloud = aCloud(undefined, aKey(DESTINATION, there, '3'), applied(configFile('before')));
      const file = configFile(`other-${what}`, config);
      const { outcome, said } = await ran(await sandboxFrom(await cloud(), await printed(file)), file, runs.plan);
      expect(outcome, said).toBe(end);
      expect(said).toMatch(warning);
    },
  );

  it('given keys make none, and write the policy of no other', async () => {
    const [given] = others;
    const policies = await printed(configFile('given', given?.config));
    for (const statement of Object.values(policies).flatMap(statementsOf)) {
      expect(listOf(statement.Action)).not.toContain('kms:CreateKey');
      if (listOf(statement.Action).includes('kms:PutKeyPolicy'))
        expect(statement.Resource).toBe(keyArn(DESTINATION, there, '3'));
    }
  });
});
