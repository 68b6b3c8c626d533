/** Specs, and accounts in any condition: empty, half set up by us, full of other people's things. */
import fc from 'fast-check';
import type { Statement } from '../../src/aws/policy.ts';
import type { DestinationSide, Spec } from '../../src/config/spec.ts';
import { planApply } from '../../src/plan/plan.ts';
import { alertsTag, keyUseTag, ownerTag, ruleIdPrefix, sidPrefix } from '../../src/state/names.ts';
import type { BucketState, KeyState, RoleState, State } from '../../src/state/state.ts';
import {
  aBucket,
  aDestination,
  aKey,
  aRole,
  aRule,
  aSource,
  aSpec,
  DESTINATION,
  keyArn,
  ownKey,
  rootPolicy,
  SOURCE,
} from '../builders.ts';
import { type AlertParts, anyAlertParts, anyAlerts, othersInAlerts } from './arbitrary-alerts.ts';

const prefix = fc.constantFrom('', 'tax/', 'invoices/2026/', 'odd*pre?fix/$x');
const tags = fc.constantFrom<Record<string, string>>({}, { team: 'billing' }, { team: 'billing', keep: 'yes' });

const rule = fc
  .record({
    prefix,
    tags,
    enabled: fc.boolean(),
    rtc: fc.boolean(),
    deleteMarkers: fc.boolean(),
    priority: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
  })
  .map(
    (r) => (id: string) =>
      aRule({
        id,
        prefix: r.prefix,
        tags: r.tags,
        enabled: r.enabled,
        replicationTimeControl: r.rtc,
        deleteMarkers: r.deleteMarkers && Object.keys(r.tags).length === 0,
        ...(r.priority === undefined ? {} : { priority: r.priority }),
      }),
  );

const destination = fc.record({
  account: fc.constantFrom(DESTINATION, DESTINATION, '333333333333', SOURCE),
  region: fc.constantFrom('eu-west-1', 'eu-central-1'),
  key: fc.constantFrom('create', 'source', 'arn'),
  rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
});

/** Specs as the parser would let them through. */
export const anySpec: fc.Arbitrary<Spec> = fc
  .record({
    destinations: fc.array(destination, { minLength: 1, maxLength: 3 }),
    sourceKey: fc.constantFrom('create', 'arn'),
    additional: fc.boolean(),
    bucketKey: fc.boolean(),
    users: fc.boolean(),
    acceptNarrowing: fc.boolean(),
    tlsOnly: fc.option(fc.boolean(), { nil: undefined }),
    role: fc.constantFrom('s3repl-invoices-dr', 'legacy-replication'),
    jobRole: fc.constantFrom('s3repl-invoices-dr-backfill', 'legacy-jobs'),
    tags: fc.constantFrom<Record<string, string>>({}, { team: 'platform' }),
    alerts: fc.option(anyAlerts, { nil: undefined }),
  })
  .map((s) => {
    const explicit = new Set<number>();
    const destinations = s.destinations.map((d, index): DestinationSide => {
      const shared = d.key === 'source' && d.region === 'eu-west-1';
      return aDestination({
        id: `destinations[${index}]`,
        account: d.account,
        region: d.region,
        bucket: `acme-replica-${index}`,
        kmsKey: shared
          ? { kind: 'source' }
          : d.key === 'arn'
            ? { kind: 'arn', arn: keyArn(d.account, d.region, givenId) }
            : { kind: 'create' },
        rules: d.rules.map((make, n) => {
          const { priority, ...made } = make(`rule-${index}-${n}`);
          if (priority === undefined || explicit.has(priority)) return made;
          explicit.add(priority);
          return { ...made, priority };
        }),
      });
    });
    return aSpec({
      source: aSource({
        bucketKey: s.bucketKey,
        kmsKey: s.sourceKey === 'arn' ? { kind: 'arn', arn: keyArn(SOURCE, 'eu-west-1', givenId) } : { kind: 'create' },
        additionalKmsKeys: s.additional ? [keyArn(SOURCE, 'eu-west-1', additionalId)] : [],
      }),
      destinations,
      role: { name: s.role },
      backfill: { role: s.jobRole },
      newKeys: s.users
        ? {
            administrators: [`arn:aws:iam::${SOURCE}:role/KeyAdmin`],
            users: [`arn:aws:iam::${DESTINATION}:role/Reader`],
          }
        : { administrators: [], users: [] },
      tags: s.tags,
      ...(s.alerts && { alerts: s.alerts }),
      ...(s.acceptNarrowing ? { acceptNarrowing: true } : {}),
      ...(s.tlsOnly === undefined ? {} : { tlsOnly: s.tlsOnly }),
    });
  });

const givenId = 'aaaaaaaa-0000-0000-0000-000000000001';
const additionalId = 'aaaaaaaa-0000-0000-0000-000000000002';

const foreignStatement: fc.Arbitrary<Statement> = fc.constantFrom<Statement>(
  {
    Sid: 'DenyWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: ['arn:aws:s3:::x', 'arn:aws:s3:::x/*'],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  },
  {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::444444444444:root' },
    Action: ['s3:GetObject'],
    Resource: 'arn:aws:s3:::x/*',
  },
  {
    Sid: 'S3replffffffffffffReplicaWrites',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::444444444444:role/other' },
    Action: 's3:ReplicateObject',
    Resource: 'arn:aws:s3:::x/*',
  },
);

const statements = fc.uniqueArray(foreignStatement, { maxLength: 3 });

const foreignTags = fc.constantFrom<Record<string, string>>({}, { owner: 'someone', cost: '42' });

const foreignRules = fc.uniqueArray(
  fc.constantFrom(
    {
      ID: 'theirs-1',
      Priority: 30,
      Status: 'Enabled' as const,
      Filter: { Prefix: 'logs/' },
      DeleteMarkerReplication: { Status: 'Disabled' as const },
      Destination: { Bucket: 'arn:aws:s3:::elsewhere' },
    },
    {
      ID: 'theirs-2',
      Priority: 31,
      Status: 'Disabled' as const,
      Filter: {},
      DeleteMarkerReplication: { Status: 'Disabled' as const },
      Destination: { Bucket: 'arn:aws:s3:::elsewhere' },
    },
  ),
  { maxLength: 2 },
);

/** Accounts as they might be found for a spec: our part absent, whole, or spoiled here and there. */
export function anyState(spec: Spec): fc.Arbitrary<State> {
  const bucket = (isSource: boolean, name: string): fc.Arbitrary<BucketState | null> =>
    fc.option(
      fc
        .record({
          statements,
          foreignTags,
          foreignRules,
          spoilt: fc.boolean(),
          made: fc.boolean(),
          tls: fc.subarray(['Theirs', `${sidPrefix(spec)}TlsOnly`]),
          versioning: fc.constantFrom('Enabled', 'Suspended', null),
          former: fc.boolean(),
        })
        .map((b) => {
          const ours: Statement[] = b.spoilt
            ? [
                {
                  Sid: `${sidPrefix(spec)}ReplicaWrites`,
                  Effect: 'Allow',
                  Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' },
                  Action: 's3:ReplicateObject',
                  Resource: `arn:aws:s3:::${name}/*`,
                },
              ]
            : [];
          const tls = b.tls.map(
            (Sid): Statement => ({
              Sid,
              Effect: 'Deny',
              Principal: { AWS: '*' },
              Action: 's3:*',
              Resource: [`arn:aws:s3:::${name}/*`, `arn:aws:s3:::${name}`],
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          );
          const all = [...b.statements, ...tls, ...ours];
          const rules = [...(b.former ? [formerRule(spec)] : []), ...b.foreignRules];
          return aBucket({
            versioning: b.versioning,
            policy: all.length > 0 ? { Version: '2012-10-17', Statement: all } : null,
            replication:
              isSource && rules.length > 0
                ? { Role: `arn:aws:iam::${SOURCE}:role/${spec.role.name}`, Rules: rules }
                : null,
            tags: b.made ? { ...b.foreignTags, [ownerTag]: spec.name } : b.foreignTags,
          });
        }),
    );
  const givenKey = (arn: string): fc.Arbitrary<KeyState> =>
    fc.record({ delegates: fc.boolean(), statements, foreignTags, former: formerAccess(spec) }).map((k) => {
      const account = arn.split(':')[4] ?? '';
      const root = rootPolicy(account).Statement as readonly Statement[];
      const named: Statement = {
        Sid: 'Admin',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:role/Admin` },
        Action: 'kms:*',
        Resource: '*',
      };
      return aKey(arn, {
        policy: { Version: '2012-10-17', Statement: [...(k.delegates ? root : [named]), ...k.statements, ...k.former] },
        tags: k.foreignTags,
      });
    });
  const roleWith = (policyName: string): fc.Arbitrary<RoleState | null> =>
    fc.option(
      fc.record({ own: fc.boolean(), other: fc.boolean(), spoilt: fc.boolean(), foreignTags }).map((r) =>
        aRole({
          inlinePolicies: {
            ...(r.other ? { theirs: { Version: '2012-10-17', Statement: [] } } : {}),
            ...(r.spoilt ? { [policyName]: { Version: '2012-10-17', Statement: [] } } : {}),
          },
          attachedPolicies: r.other ? ['arn:aws:iam::aws:policy/ReadOnlyAccess'] : [],
          tags: r.own ? { ...r.foreignTags, [ownerTag]: spec.name } : r.foreignTags,
        }),
      ),
    );
  const given = [
    ...[spec.source, ...spec.destinations].flatMap((side) => (side.kmsKey.kind === 'arn' ? [side.kmsKey.arn] : [])),
    ...spec.source.additionalKmsKeys,
  ];
  return fc
    .record({
      source: bucket(true, spec.source.bucket),
      destinations: fc.tuple(...spec.destinations.map((side) => bucket(false, side.bucket))),
      keys: fc.tuple(...[...new Set(given)].map(givenKey)),
      ownSource: fc.option(fc.record({ alias: fc.boolean(), rotation: fc.boolean(), former: formerAccess(spec) })),
      role: roleWith(`s3repl-${spec.name}`),
      jobRole: roleWith(`s3repl-${spec.name}-backfill`),
      alerts: fc.option(anyAlertParts(spec)),
    })
    .map((f) => {
      const accounts: Record<
        string,
        {
          roles: Record<string, RoleState | null>;
          buckets: Record<string, BucketState | null>;
          keys: Record<string, KeyState>;
          topics?: AlertParts['topics'];
          alarms?: AlertParts['alarms'];
          series?: AlertParts['series'];
        }
      > = {};
      const at = (account: string) => {
        accounts[account] ??= { roles: {}, buckets: {}, keys: {} };
        return accounts[account];
      };
      // They are read where the spec has alerts, or had some.
      const { notification = null, ...alerts } =
        f.alerts ?? (spec.alerts ? { topics: {}, alarms: {}, series: [] } : {});
      if (f.alerts || spec.alerts) accounts[spec.source.account] = { ...at(spec.source.account), ...alerts };
      at(spec.source.account).buckets[spec.source.bucket] =
        f.source && (f.alerts || spec.alerts) ? { ...f.source, notification } : f.source;
      spec.destinations.forEach((side, index) => {
        const found = f.destinations[index] ?? null;
        at(side.account).buckets[side.bucket] = found && { ...found, region: side.region };
      });
      for (const key of f.keys) at(key.metadata.Arn.split(':')[4] ?? '').keys[key.metadata.Arn] = key;
      if (f.ownSource && spec.source.kmsKey.kind === 'create') {
        const arn = keyArn(SOURCE, 'eu-west-1', 'bbbbbbbb-0000-0000-0000-000000000001');
        const statements = [...(rootPolicy(SOURCE).Statement as readonly Statement[]), ...f.ownSource.former];
        const whole = ownKey(arn, 'source', spec, {
          rotation: f.ownSource.rotation,
          policy: { ...rootPolicy(SOURCE), Statement: statements },
        });
        at(SOURCE).keys[arn] = f.ownSource.alias ? whole : { ...whole, aliases: [] };
      }
      if (f.role) at(SOURCE).roles[`arn:aws:iam::${SOURCE}:role/${spec.role.name}`] = f.role;
      if (f.jobRole) at(SOURCE).roles[`arn:aws:iam::${SOURCE}:role/${spec.backfill.role}`] = f.jobRole;
      return { accounts };
    });
}

/** What earlier versions gave to users and readers, for some of those who are asked for today and some who are not. */
function formerAccess(spec: Spec): fc.Arbitrary<Statement[]> {
  const allow = (purpose: string, principals: readonly string[], Action: readonly string[]): Statement => ({
    Sid: `${sidPrefix(spec)}${purpose}`,
    Effect: 'Allow',
    Principal: { AWS: principals },
    Action,
    Resource: '*',
  });
  const some = (...all: string[]) => fc.subarray(all);
  return fc
    .tuple(
      some(`arn:aws:iam::${DESTINATION}:role/Reader`, 'AROAEXAMPLEEXAMPLE123', `arn:aws:iam::${SOURCE}:role/Left`),
      some(`arn:aws:iam::${DESTINATION}:root`, '333333333333', `arn:aws:iam::444444444444:root`),
    )
    .map(([users, roots]) => [
      ...(users.length > 0 ? [allow('KeyUsers', users, ['kms:DescribeKey', 'kms:Encrypt', 'kms:Decrypt'])] : []),
      ...(roots.length > 0 ? [allow('ReplicaReaders', roots, ['kms:Decrypt', 'kms:DescribeKey'])] : []),
    ]);
}

function formerRule(spec: Spec) {
  return {
    ID: `${ruleIdPrefix(spec)}no-longer-asked-for`,
    Priority: 40,
    Status: 'Enabled' as const,
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Disabled' as const },
    Destination: { Bucket: 'arn:aws:s3:::former' },
  };
}

/** A state as it is after a whole run. */
export function setUp(state: State, spec: Spec): State {
  return planApply(state, spec).desired;
}

/** What is not ours in a state: everything without our statements, rules, tags, inline policy, aliases, and without what we made. */
export function othersIn(state: State, spec: Spec): unknown {
  const foreign = (sid: string | undefined) => !sid?.startsWith(sidPrefix(spec));
  const policy = (document: { Statement: Statement | readonly Statement[] } | null) =>
    document === null ? [] : (document.Statement as readonly Statement[]).filter((one) => foreign(one.Sid));
  const own = (tagged: { readonly tags: Readonly<Record<string, string>> }) => tagged.tags[ownerTag] === spec.name;
  const tagsOf = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(all).filter(
        ([name]) => ![ownerTag, keyUseTag, alertsTag, ...Object.keys(spec.tags)].includes(name),
      ),
    );
  return Object.entries(state.accounts).flatMap(([account, { buckets, keys, roles, topics = {} }]) => {
    const alerts = Object.values(buckets).flatMap((found) =>
      othersInAlerts(
        { topics, notification: (found && !('inaccessible' in found) && found.notification) || null },
        spec,
      ),
    );
    const parts = {
      alerts,
      buckets: Object.entries(buckets).flatMap(([name, found]) => {
        if (found === null || 'inaccessible' in found) return [];
        const statements = policy(found.policy);
        const rules = (found.replication?.Rules ?? []).filter((one) => !one.ID?.startsWith(ruleIdPrefix(spec)));
        const tags = tagsOf(found.tags);
        return statements.length + rules.length + Object.keys(tags).length > 0 ? [[name, statements, rules, tags]] : [];
      }),
      keys: Object.entries(keys).flatMap(([arn, found]) =>
        found === null || own(found) ? [] : [[arn, policy(found.policy), found.tags, found.aliases, found.rotation]],
      ),
      roles: Object.entries(roles).flatMap(([arn, found]) => {
        if (found === null) return [];
        const { [`s3repl-${spec.name}`]: _, [`s3repl-${spec.name}-backfill`]: __, ...inline } = found.inlinePolicies;
        const others = Object.keys(inline).length > 0 || found.attachedPolicies.length > 0 || !own(found);
        return others
          ? [[arn, inline, found.attachedPolicies, tagsOf(found.tags), own(found) ? null : found.trustPolicy]]
          : [];
      }),
    };
    return Object.values(parts).some((part) => part.length > 0) ? [{ account, ...parts }] : [];
  });
}
