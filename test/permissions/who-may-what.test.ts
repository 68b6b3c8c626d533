/**
 * What each command is allowed by `s3repl permissions`, for configurations that differ in whose the keys are, line by line
 * (who-may-what/*.txt). That this is enough and no more is shown in test/least-privilege.
 */
import { expect, it } from 'vitest';
import { listOf, statementsOf } from '../../src/aws/policy.ts';
import type { AlertSpec, Spec } from '../../src/config/spec.ts';
import { type Bounds, setUpPolicies } from '../../src/permissions/set-up-policy.ts';
import { purposes } from '../../src/state/need.ts';
import { aDestination, aRule, aSource, aSpec, DESTINATION, keyArn, SOURCE } from '../builders.ts';
import { branded } from '../plain.ts';

const OTHER = '333333333333';
const user = (account: string) => `arn:aws:iam::${account}:user/operator`;
const second = { id: 'destinations[1]', bucket: 'acme-invoices-second' } as const;
const unmarked = aRule({ deleteMarkers: false, prefix: 'b/' });

const specs: Readonly<Record<string, Spec>> = {
  'new-keys': aSpec({
    newKeys: { administrators: [user(DESTINATION)], users: [user(OTHER)] },
    role: {
      name: 's3repl-invoices-dr',
      path: '/replication/',
      permissionsBoundary: 'arn:aws:iam::111111111111:policy/b',
    },
    destinations: [
      aDestination({ rules: [aRule({ tags: { class: 'a' } }), unmarked] }),
      aDestination({ ...second, account: SOURCE, region: 'eu-west-1', rules: [unmarked] }),
    ],
  }),
  'keys-of-others': aSpec({
    source: aSource({
      kmsKey: { kind: 'arn', arn: keyArn(OTHER) },
      additionalKmsKeys: [keyArn(), keyArn(SOURCE, 'eu-west-2')],
    }),
    destinations: [
      aDestination({ kmsKey: { kind: 'arn', arn: keyArn(DESTINATION, 'eu-central-1') }, rules: [unmarked] }),
      aDestination({ ...second, account: OTHER, region: 'eu-west-1', kmsKey: { kind: 'source' }, rules: [] }),
    ],
  }),
  'one-key': aSpec({
    newKeys: { administrators: [], users: [user(SOURCE)] },
    destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'source' }, rules: [] })],
  }),
  'one-given-key': aSpec({
    source: aSource({
      kmsKey: { kind: 'arn', arn: keyArn() },
      additionalKmsKeys: [keyArn(SOURCE, 'eu-west-1', 'other')],
    }),
    destinations: [aDestination({ region: 'eu-west-1', kmsKey: { kind: 'arn', arn: keyArn() } })],
  }),
  'keys-at-home': aSpec({
    destinations: [
      aDestination({ account: SOURCE, region: 'eu-west-2', kmsKey: { kind: 'arn', arn: keyArn(SOURCE, 'eu-west-2') } }),
      aDestination({ ...second, account: SOURCE, region: 'eu-west-3', rules: [] }),
      aDestination({
        id: 'destinations[2]',
        bucket: 'acme-invoices-third',
        region: 'eu-west-1',
        kmsKey: { kind: 'source' },
        rules: [],
      }),
    ],
  }),
  'one-account': aSpec({
    role: { name: 's3repl-invoices-dr', path: '/' },
    destinations: [aDestination({ account: SOURCE, region: 'eu-west-1', kmsKey: { kind: 'source' } })],
  }),
  alerts: aSpec({
    alerts: branded<AlertSpec>({
      topics: [],
      emails: ['storage@example.com'],
      failures: true,
      silence: true,
      events: 'arn:aws:sns:eu-west-1:111111111111:failed',
    }),
  }),
  aliases: aSpec({
    source: aSource({ kmsKey: { kind: 'alias', alias: 'alias/a' } }),
    destinations: [
      aDestination({ kmsKey: { kind: 'alias', alias: 'alias/b' } }),
      aDestination({ ...second, region: 'eu-west-1', kmsKey: { kind: 'source' } }),
    ],
  }),
};

/** A line for each action on a resource: in which account, under which Sid and condition, and for which commands. */
function lines(spec: Spec, bounds: Bounds = {}): string {
  const found = new Map<string, string[]>();
  for (const purpose of purposes)
    for (const [account, document] of Object.entries(setUpPolicies(spec, [purpose], bounds)))
      for (const { Sid, Action, Resource, Condition } of statementsOf(document))
        for (const action of listOf(Action))
          for (const resource of listOf(Resource)) {
            const line = `${account} ${Sid}: ${action} on ${resource}${Condition ? ` if ${JSON.stringify(Condition)}` : ''}`;
            found.set(line, [...(found.get(line) ?? []), purpose]);
          }
  return [...found]
    .map(([line, commands]) => `${line} (${commands.join(', ')})\n`)
    .sort()
    .join('');
}

it.each(Object.entries(specs))('everything that is allowed is written down: %s', async (name, spec) => {
  await expect(lines(spec)).toMatchFileSnapshot(`who-may-what/${name}.txt`);
});

/** The same with `--boundary --from-live`. */
const live: Readonly<Record<string, Bounds>> = {
  'one-account': {
    boundary: 'arn:aws:iam::111111111111:policy/b',
    keys: new Map([
      ['source', keyArn()],
      ['destinations[0]', keyArn()],
    ]),
  },
  aliases: {
    boundary: 'arn:aws:iam::111111111111:policy/b',
    keys: new Map([
      ['source', keyArn()],
      ['destinations[0]', keyArn(DESTINATION, 'eu-central-1')],
      ['destinations[1]', keyArn()],
    ]),
  },
  'new-keys': {
    keys: new Map([
      ['source', keyArn()],
      ['destinations[0]', keyArn(DESTINATION, 'eu-central-1')],
      ['destinations[1]', keyArn(SOURCE, 'eu-west-1', 'replica')],
    ]),
  },
};

it.each(Object.entries(live))('with a boundary and the keys that are there: %s', async (name, bounds) => {
  const spec = specs[name];
  if (!spec) throw new Error(name);
  await expect(lines(spec, bounds)).toMatchFileSnapshot(`who-may-what/${name}-live.txt`);
});
