import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/aws/policy.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { CheckResult, Diagnosis } from '../../src/doctor/diagnosis.ts';
import type { ObjectSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import { sourceActions } from '../../src/steps/scope.ts';
import { readCases } from '../model/replication/read-cases.ts';
import {
  conditioned,
  deny,
  dstKeyArn,
  healthy,
  inOneAccount,
  kmsCondition,
  other,
  plus,
  policy,
  roleArn,
  rootStatement,
  rule,
  snapshotOf,
  srcKeyArn,
  type World,
  without,
} from '../model/replication/world.ts';

/** The diagnosis of a healthy set-up in which something was changed, and somebody hears of failures. */
function diagnosisOf(change: (world: World) => void = () => undefined): Diagnosis {
  return diagnose(snapshotWith(change));
}

function snapshotWith(change: (world: World) => void): Snapshot {
  const world = healthy();
  world.rules = [
    rule({ Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::dst', Metrics: { Status: 'Enabled' } } }),
  ];
  world.src.notification = { QueueConfigurations: [{ Events: ['s3:Replication:*'] as never, QueueArn: 'q' }] };
  change(world);
  return snapshotOf(world);
}

function statusOf({ checks }: Diagnosis, id: CheckResult['check']): string | undefined {
  return checks.find(({ check }) => check === id)?.status;
}

function objects(count: number, more: Partial<ObjectSnapshot> = {}): ObjectSnapshot[] {
  return Array.from({ length: count }, (_, index) => ({ ...healthy().object, key: `a/${index}`, ...more }));
}

describe('a statement of an earlier s3repl on a key', () => {
  const wide: Statement = {
    Sid: 'S3repl0123456789abReplicaReaders',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::222222222222:root' },
  };
  const withWide = (more: Partial<Statement>) =>
    diagnosisOf(({ srcKey }) => {
      srcKey.policy = plus(srcKey.policy, {
        ...wide,
        Action: ['kms:Decrypt', 'kms:DescribeKey'],
        Resource: '*',
        ...more,
      });
    });

  it('is a warning that names who may use the key outside S3, and the command that narrows it', () => {
    const { outcome, causes } = withWide({});
    expect(outcome).toBe('healthy');
    expect(causes).toMatchObject([
      {
        level: 'warning',
        check: 'C26',
        summary: expect.stringContaining('lets arn:aws:iam::222222222222:root use the key outside S3'),
        fix: expect.stringContaining('s3repl apply --accept-narrowing'),
      },
    ]);
  });

  it('is none under a condition, under today’s Sids, or where somebody else wrote it', () => {
    const throughS3 = { Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } } };
    for (const more of [throughS3, { Sid: 'S3repl0123456789abKeyViewers' }, { Sid: 'ReplicaReaders' }])
      expect(withWide(more).causes).toEqual([]);
  });
});

describe('a healthy set-up', () => {
  it('is healthy, and every check that applies is ok', () => {
    const { outcome, checks, causes } = diagnosisOf();
    expect(outcome).toBe('healthy');
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['C01', 'C03', 'C12', 'C14', 'C16', 'C21', 'C31', 'C34', 'C36', 'C38']),
    );
    expect(causes).toEqual([]);
  });

  it('says nothing about checks that do not apply', () => {
    const { checks } = diagnosisOf(inOneAccount);
    const shown = checks.map(({ check }) => check);
    for (const id of ['C07', 'C08', 'C09', 'C12', 'C15', 'C16', 'C32', 'C33', 'C35']) expect(shown).not.toContain(id);
  });
});

describe('several rules', () => {
  const named = (ID: string, more: Partial<ReturnType<typeof rule>>) =>
    rule({ ID, ...more, Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::dst', ...more.Destination } });
  const verdictsOf = ({ verdicts }: Diagnosis) =>
    verdicts.flatMap(({ probe, verdict }) => (probe ? [`${probe} ${verdict.rule}`] : []));

  it('to one bucket are each asked about what they govern, once, and one that never takes effect is named', () => {
    const diagnosis = diagnosisOf((world) => {
      world.rules = [
        named('ours', { Priority: 2 }),
        named('team-rule', { Priority: 1, Filter: { Prefix: 'team/' } }),
        named('logs', { Priority: 3, Filter: { Prefix: 's3' } }),
      ];
    });
    expect(verdictsOf(diagnosis)).toEqual([
      'new-object logs',
      'delete-marker logs',
      'new-object ours',
      'delete-marker ours',
    ]);
    expect(diagnosis.causes).toContainEqual(
      expect.objectContaining({
        check: 'C28',
        level: 'warning',
        summary: expect.stringMatching(/^Rule team-rule never takes effect: rule ours \(priority 2\)/),
      }),
    );
    expect(statusOf(diagnosis, 'C28')).toBe('warning');
    expect(diagnosis.outcome).toBe('healthy');
  });

  it('to several buckets are each asked about once', () => {
    const diagnosis = diagnosisOf((world) => {
      const elsewhere = { ...rule().Destination, Bucket: 'arn:aws:s3:::elsewhere' };
      world.rules = [named('here', { Priority: 1 }), named('there', { Priority: 2, Destination: elsewhere })];
    });
    expect(verdictsOf(diagnosis)).toEqual([
      'new-object here',
      'delete-marker here',
      'new-object there',
      'delete-marker there',
    ]);
  });
});

describe('what keeps objects from replicating', () => {
  it.each<[string, CheckResult['check'], (world: World) => void]>([
    ['a role that is gone', 'C01', (world) => (world.role = () => null)],
    ['a trust policy without S3', 'C02', (world) => (world.trust = policy())],
    ['no configuration', 'C03', (world) => (world.noConfiguration = true)],
    ['disabled rules only', 'C03', (world) => (world.rules = [rule({ Status: 'Disabled' })])],
    ['a rule that does not take in KMS objects', 'C04', (world) => (world.rules = [withoutSelection()])],
    ['a source bucket that is gone', 'C05', (world) => (world.source = () => null)],
    ['a destination bucket that is gone', 'C05', (world) => (world.destination = () => null)],
    ['a destination without versioning', 'C06', (world) => (world.dst.versioning = 'Suspended')],
    ['a destination whose requesters pay', 'C07', (world) => (world.dst.requestPayment = 'Requester')],
    ['no bucket policy at the destination', 'C12', (world) => (world.dst.policy = null)],
    ['no s3:ReplicateObject', 'C13', (world) => (world.rolePolicy = without(world.rolePolicy, 's3:ReplicateObject'))],
    ['no s3:ReplicateDelete', 'C14', (world) => (world.rolePolicy = without(world.rolePolicy, 's3:ReplicateDelete'))],
    ['a destination key that is disabled', 'C19', (world) => disable(world)],
    [
      'a destination key for its own account only',
      'C21',
      (world) => (world.dstKey.policy = policy(rootStatement(other))),
    ],
    [
      'the Region of the other bucket in kms:ViaService',
      'C24',
      (world) => (world.rolePolicy = conditioned(world.rolePolicy, kmsCondition('us-east-1', ['arn:aws:s3:::*']))),
    ],
    [
      'a Deny in a bucket policy',
      'C30',
      (world) => (world.dst.policy = plus(world.dst.policy, deny('s3:Replicate*', { Principal: '*' }))),
    ],
  ])('%s is blocked, with a cause that has a fix', (_, check, change) => {
    const diagnosis = diagnosisOf(change);
    expect(diagnosis.outcome).toBe('blocked');
    expect(statusOf(diagnosis, check)).toBe('failed');
    expect(diagnosis.causes[0]?.level).toBe('fails');
    expect(diagnosis.causes).toContainEqual(
      expect.objectContaining({ check, level: 'fails', fix: expect.stringMatching(/\.$/) }),
    );
  });

  it('is told all at once, though S3 reports only the first', () => {
    const diagnosis = diagnosisOf((world) => {
      disable(world);
      world.dst.policy = null;
      world.dst.versioning = null;
    });
    for (const check of ['C06', 'C12', 'C19'] as const) expect(statusOf(diagnosis, check)).toBe('failed');
  });

  it('is not called ok under another name: a Deny, a condition', () => {
    const denied = diagnosisOf(
      (world) => (world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Principal: '*' }))),
    );
    expect(statusOf(denied, 'C13')).toBe('failed');
    const absent = diagnosisOf((world) => (world.dst.policy = null));
    expect(statusOf(absent, 'C13')).toBe('failed');
    const region = diagnosisOf(
      (world) => (world.rolePolicy = conditioned(world.rolePolicy, kmsCondition('eu-north-1', ['arn:aws:s3:::*']))),
    );
    expect(statusOf(region, 'C21')).toBe('failed');
  });

  it('is said once for all objects, with how many and the first few', () => {
    const snapshot = { ...snapshotWith((world) => (world.dst.policy = null)), objects: objects(100) };
    const causes = diagnose(snapshot).causes.filter(({ check }) => check === 'C12');
    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatchObject({
      objects: { count: 100, first: ['a/0', 'a/1', 'a/2', 'a/3', 'a/4'] },
      rules: { count: 1, first: ['all'] },
      probes: ['new-object'],
    });
  });

  it('names all actions that are refused for one cause', () => {
    const { causes } = diagnosisOf((world) => (world.dstKey.policy = policy(rootStatement(other))));
    expect(causes).toHaveLength(1);
    expect(causes[0]?.actions).toEqual(
      ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'].toSorted(byFirst(causes[0]?.actions)),
    );
  });
});

describe('a remedy', () => {
  const remedyAt = (check: string, change: (world: World) => void) =>
    diagnosisOf(change).causes.find((cause) => cause.check === check)?.remedy;

  it('is the statement that mends a bucket policy, a key policy, a role policy', () => {
    const mendings: readonly [string, (world: World) => void, (world: World, statement: never) => void][] = [
      ['C12', (world) => (world.dst.policy = null), (world, one) => (world.dst.policy = policy(one))],
      [
        'C21',
        (world) => (world.dstKey.policy = policy(rootStatement(other))),
        (world, one) => (world.dstKey.policy = plus(world.dstKey.policy, one)),
      ],
      [
        'C21',
        (world) => (world.rolePolicy = without(world.rolePolicy, 'kms:Encrypt', 'kms:GenerateDataKey')),
        (world, one) => (world.rolePolicy = plus(world.rolePolicy, one)),
      ],
      [
        'C11',
        (world) => (world.rolePolicy = without(world.rolePolicy, 's3:GetObjectVersionForReplication')),
        (world, one) => (world.rolePolicy = plus(world.rolePolicy, one)),
      ],
      [
        'C11',
        (world) => (world.rolePolicy = without(world.rolePolicy, ...sourceActions(true))),
        (world, one) => (world.rolePolicy = plus(world.rolePolicy, one)),
      ],
      ['C02', (world) => (world.trust = policy()), (world, one) => (world.trust = policy(one))],
    ];
    for (const [check, breaks, mends] of mendings) {
      const remedy = remedyAt(check, breaks);
      if (remedy?.kind !== 'statement') throw new Error(`${check} has no statement`);
      const mended = diagnosisOf((world) => {
        breaks(world);
        mends(world, remedy.statement as never);
      });
      expect(mended).toMatchObject({ outcome: 'healthy', causes: [] });
    }
  });

  it('reaches no further than the prefixes of the rules', () => {
    const remedy = remedyAt('C12', (world) => {
      world.rules = [
        { ...world.rules[0], Status: 'Enabled', Destination: rule().Destination, Filter: { Prefix: 'tax/' } },
      ];
      world.dst.policy = null;
    });
    expect(remedy).toMatchObject({ statement: { Principal: { AWS: roleArn }, Resource: 'arn:aws:s3:::dst/tax/*' } });
  });

  it('is a call where a setting is wrong', () => {
    expect(remedyAt('C06', (world) => (world.dst.versioning = null))).toMatchObject({
      calls: [{ operation: 'PutBucketVersioning', region: 'us-west-2', input: { Bucket: 'dst' } }],
    });
    const enabling = { operation: 'EnableKey', input: { KeyId: dstKeyArn } };
    expect(remedyAt('C19', disable)).toMatchObject({ calls: [enabling] });
    const pending = remedyAt('C19', (world) => {
      world.dstKey.metadata = { ...known(world.dstKey.metadata), KeyState: 'PendingDeletion' };
    });
    expect(pending).toMatchObject({ calls: [{ operation: 'CancelKeyDeletion' }, enabling] });
  });

  it('is left to a person where something denies', () => {
    expect(
      remedyAt(
        'C30',
        (world) => (world.dst.policy = plus(world.dst.policy, deny('s3:ReplicateObject', { Principal: '*' }))),
      ),
    ).toBeUndefined();
  });
});

describe('what could not be read', () => {
  it.each<[string, readonly CheckResult['check'][], (world: World) => void]>([
    ['the role', ['C01', 'C02', 'C11', 'C13', 'C21', 'C22', 'C24'], (world) => (world.role = () => 'unknown')],
    ['the destination bucket', ['C05', 'C06', 'C12', 'C13', 'C27'], (world) => (world.destination = () => 'unknown')],
    ['the destination bucket policy', ['C12', 'C13', 'C14', 'C30', 'C37'], (world) => (world.dst.policy = 'unknown')],
    ['the destination key policy', ['C21', 'C22', 'C24', 'C25', 'C26'], (world) => (world.dstKey.policy = 'unknown')],
    ['the state of the key', ['C19', 'C20'], (world) => (world.dstKey.metadata = 'unknown')],
    [
      'the replication configuration',
      ['C03', 'C04', 'C01', 'C13', 'C21'],
      (world) => (world.src.replication = 'unknown'),
    ],
  ])('%s makes its checks unknown, never ok, and the outcome unknown', (_, checks, change) => {
    const diagnosis = diagnosisOf(change);
    expect(diagnosis.outcome).toBe('unknown');
    for (const check of checks) expect([check, statusOf(diagnosis, check)]).toEqual([check, 'unknown']);
  });

  it.each<[string, CheckResult['check'], (world: World) => void]>([
    ['lifecycle', 'C31', (world) => (world.src.lifecycle = 'unknown')],
    ['notifications', 'C34', (world) => (world.src.notification = 'unknown')],
    ['ownership of the source', 'C10', (world) => (world.src.ownership = 'unknown')],
  ])('%s is unknown and decides nothing', (_, check, change) => {
    const diagnosis = diagnosisOf(change);
    expect(diagnosis.outcome).toBe('healthy');
    expect(statusOf(diagnosis, check)).toBe('unknown');
  });

  it('is a warning only where it is the control policies', () => {
    const diagnosis = diagnosisOf((world) => {
      world.serviceControl = 'unknown';
      world.ownersResourceControl = 'unknown';
    });
    expect(diagnosis.outcome).toBe('healthy');
    expect(statusOf(diagnosis, 'C30')).toBe('warning');
  });

  it('is told with why', () => {
    const snapshot = snapshotWith((world) => (world.dst.policy = 'unknown'));
    const unreadable = [{ path: `accounts["${other}"].buckets.dst.policy`, reason: 'AccessDenied: no' }];
    const { causes } = diagnose({ ...snapshot, unreadable });
    expect(causes[0]).toMatchObject({ level: 'unknown', unreadable: ['AccessDenied: no'] });
  });

  it('leaves what S3 does not come to unknown as well', () => {
    const diagnosis = diagnosisOf((world) => (world.role = () => null));
    for (const check of ['C11', 'C13', 'C21'] as const) expect(statusOf(diagnosis, check)).toBe('unknown');
    expect(statusOf(diagnosis, 'C05')).toBe('ok');
  });

  it('in objects alone does not hide what new objects meet', () => {
    const diagnosis = diagnose({ ...snapshotWith(() => undefined), objects: 'unknown' });
    expect(diagnosis.outcome).toBe('healthy');
    expect(statusOf(diagnosis, 'C36')).toBe('unknown');
  });
});

describe('objects', () => {
  const of = (...more: Partial<ObjectSnapshot>[]) =>
    diagnose({ ...snapshotWith(() => undefined), objects: more.map((one) => ({ ...healthy().object, ...one })) });

  const under = (Prefix: string, ...more: Partial<ObjectSnapshot>[]) =>
    diagnose({
      ...snapshotWith((world) => {
        const Destination = {
          ...rule().Destination,
          Bucket: 'arn:aws:s3:::dst',
          Metrics: { Status: 'Enabled' as const },
        };
        world.rules = [rule({ Filter: { Prefix }, Destination })];
      }),
      objects: more.map((one) => ({ ...healthy().object, ...one })),
    });

  it('that are not meant to replicate are healthy, and noted', () => {
    const diagnosis = of({ replicationStatus: 'REPLICA' }, { existedBeforeRule: true }, { storageClass: 'GLACIER' });
    expect(diagnosis.outcome).toBe('healthy');
    expect(diagnosis.causes.map(({ level, check }) => [check, level])).toEqual([
      ['C29', 'warning'],
      ['C36', 'note'],
      ['C36', 'note'],
    ]);
  });

  const failed = { replicationStatus: 'FAILED' as const, key: 'a/failed' };
  const completed = { replicationStatus: 'COMPLETED' as const, key: 'a/completed' };
  const [early, late] = ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'];

  it.each<[string, Partial<ObjectSnapshot>[]]>([
    ['one', [failed]],
    ['all', [failed, { ...failed, key: 'a/2' }]],
    ['all but those that are PENDING', [failed, { replicationStatus: 'PENDING', lastModified: late }]],
    [
      'the last',
      [
        { ...failed, lastModified: late },
        { ...completed, lastModified: early },
      ],
    ],
    [
      'all in one second',
      [
        { ...failed, lastModified: late },
        { ...completed, lastModified: late },
      ],
    ],
    [
      'all under the rule',
      [
        { ...failed, lastModified: early },
        { ...completed, key: 'b', lastModified: late },
      ],
    ],
    ['all, and what never was taken in is silent', [failed, { storageClass: 'GLACIER' }]],
  ])('that FAILED, %s, for no reason that is known leave it open whether new objects replicate', (_, more) => {
    const diagnosis = under('a/', ...more);
    expect(diagnosis.outcome).toBe('unknown');
    expect(statusOf(diagnosis, 'C36')).toBe('unknown');
    expect(diagnosis.causes[0]).toMatchObject({
      level: 'unknown',
      summary: expect.stringMatching(/FAILED, and nothing .* explains it/),
      fix: expect.stringMatching(/^Run s3repl verify.* S3 Batch Replication/),
    });
    expect(JSON.stringify(diagnosis.causes)).not.toContain('not there any more');
  });

  it.each<[string, Partial<ObjectSnapshot>[], RegExp]>([
    [
      'where a newer one COMPLETED under the same rule',
      [
        { ...failed, lastModified: early },
        { ...completed, lastModified: late },
      ],
      /^a\/failed FAILED earlier, for a reason that is not there any more/,
    ],
    [
      'where others COMPLETED, and the snapshot has no times',
      [failed, completed],
      /^a\/failed FAILED earlier, .*; the snapshot does not tell/,
    ],
  ])('that FAILED are a warning %s, and S3 Batch Replication the fix', (_, more, text) => {
    const diagnosis = under('a/', ...more);
    expect(diagnosis.outcome).toBe('healthy');
    expect(statusOf(diagnosis, 'C36')).toBe('warning');
    expect(diagnosis.causes[0]).toMatchObject({
      level: 'warning',
      summary: expect.stringMatching(text),
      fix: expect.stringMatching(/S3 Lifecycle neither expires nor moves them.* S3 Batch Replication/),
    });
  });

  it('that FAILED under one of two rules leave that one open, whatever COMPLETED under the other', () => {
    const diagnosis = diagnose({
      ...snapshotWith((world) => {
        world.rules = ['a', 'b'].map((ID) => rule({ ID, Filter: { Prefix: `${ID}/` } }));
      }),
      objects: [
        { ...healthy().object, ...failed, lastModified: early },
        { ...healthy().object, ...completed, key: 'b/1', lastModified: late },
      ],
    });
    expect(diagnosis.outcome).toBe('unknown');
    expect(diagnosis.causes[0]).toMatchObject({ level: 'unknown', rules: { count: 1, first: ['a'] } });
  });

  it('that FAILED for what the model finds block, as it says', () => {
    const snapshot = snapshotWith((world) => (world.dst.versioning = 'Suspended'));
    const diagnosis = diagnose({ ...snapshot, objects: [{ ...healthy().object, ...failed }] });
    expect(diagnosis.outcome).toBe('blocked');
    expect(JSON.stringify(diagnosis.causes)).not.toContain('nothing that s3repl has read explains');
  });

  it('that FAILED are told with what was not read', () => {
    const snapshot = snapshotWith((world) => {
      world.serviceControl = 'unknown';
      world.ownersServiceControl = 'unknown';
      world.ownersResourceControl = 'unknown';
    });
    const unreadable = ['a', 'b', 'c', 'd'].map((path) => ({ path: `accounts.${path}`, reason: 'AccessDenied' }));
    const { causes } = diagnose({ ...snapshot, unreadable, objects: [{ ...healthy().object, ...failed }] });
    expect(causes.find(({ level }) => level === 'unknown')?.summary).toContain(
      `(RCPs) of account ${other}, accounts.a, accounts.b, accounts.c, 1 more.`,
    );
  });

  it('that are asked about and FAILED are judged by what COMPLETED since', () => {
    const objects = [
      { ...healthy().object, ...failed, lastModified: early },
      { ...healthy().object, ...completed, lastModified: late },
    ];
    const snapshot = { ...snapshotWith(() => undefined), objects };
    const { outcome, causes } = diagnose(snapshot, { objects: objects.slice(0, 1) });
    expect(outcome).toBe('blocked');
    expect(causes).toMatchObject([
      { level: 'fails', check: 'C36', remedy: { kind: 'backfill', status: 'failed' }, objects: { count: 1 } },
    ]);
    expect(diagnose(snapshot, { objects: objects.slice(1) }).outcome).toBe('healthy');
    expect(diagnose({ ...snapshot, objects: [] }, { objects: objects.slice(0, 1) }).outcome).toBe('unknown');
  });

  it('that are asked about and FAILED block also where no rule takes them in any more', () => {
    const { outcome, causes } = diagnose(
      snapshotWith((world) => (world.rules = [])),
      { objects: [{ ...healthy().object, ...failed }] },
    );
    expect(outcome).toBe('blocked');
    expect(causes[0]).toMatchObject({ level: 'fails', check: 'C36', objects: { first: ['a/failed'] } });
  });

  it('without a status are noted where nobody knows their age, and unknown where they are asked about', () => {
    const old = { ...healthy().object, existedBeforeRule: 'unknown' as const };
    const snapshot = { ...snapshotWith(() => undefined), objects: [old] };
    expect(diagnose(snapshot)).toMatchObject({
      outcome: 'healthy',
      causes: [{ level: 'note', check: 'C36', summary: expect.stringMatching(/has no replication status/) }],
    });
    expect(diagnose(snapshot, { objects: [old] }).outcome).toBe('unknown');
  });

  it('without a status do not block by what S3 never came to', () => {
    const key = srcKeyArn.replace('1111-4111', '3333-4111');
    const old = { ...healthy().object, existedBeforeRule: 'unknown' as const, kmsKey: key };
    expect(diagnose({ ...snapshotWith(() => undefined), objects: [old] }).outcome).toBe('healthy');
  });

  it('with a key of their own that the role may not use block', () => {
    const key = srcKeyArn.replace('1111-4111', '3333-4111');
    const snapshot = snapshotWith((world) => {
      world.sourceKeys = { [key]: world.srcKey };
      world.object.kmsKey = key;
    });
    expect(diagnose(snapshot)).toMatchObject({
      outcome: 'blocked',
      causes: [{ check: 'C21', objects: { count: 1 }, probes: [] }],
    });
  });

  it('can be asked about alone, and then nothing else counts', () => {
    const snapshot = snapshotWith((world) => (world.dst.policy = without(world.dst.policy, 's3:ReplicateDelete')));
    expect(diagnose(snapshot).outcome).toBe('blocked');
    const alone = diagnose(snapshot, { objects: [healthy().object] });
    expect(alone).toMatchObject({ outcome: 'healthy', checks: [], verdicts: [{ verdict: { outcome: 'replicates' } }] });
  });
});

describe('the documents themselves', () => {
  it.each<[string, CheckResult['check'], RegExp, (world: World) => void]>([
    [
      'a leading slash',
      'C28',
      /begin with a slash/,
      (world) => (world.rules = [rule({ Filter: { Prefix: '/Tax/' } })]),
    ],
    [
      'S3 RTC without metrics',
      'C04',
      /S3 RTC without metrics/,
      (world) =>
        (world.rules = [
          rule({
            Destination: {
              ...rule().Destination,
              Bucket: 'arn:aws:s3:::dst',
              ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
            },
          }),
        ]),
    ],
    [
      'the same priority twice',
      'C04',
      /same priority as another rule, 1/,
      (world) => (world.rules = [rule(), rule({ ID: 'two' })]),
    ],
    ['ACLs at the source', 'C10', /ACLs are enabled/, (world) => (world.src.ownership = 'ObjectWriter')],
    [
      'typographic quotes in a policy',
      'C37',
      /copied from an article/,
      (world) =>
        (world.rolePolicy = plus(world.rolePolicy, { Effect: 'Allow', Action: '“s3:GetObject”', Resource: '*' })),
    ],
    [
      'a placeholder in a policy',
      'C37',
      /placeholders/,
      (world) =>
        (world.rolePolicy = plus(world.rolePolicy, {
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::<bucket>/*',
        })),
    ],
    [
      'a deleted role in the bucket policy',
      'C12',
      /AROAEXAMPLE was deleted|AROAEXAMPLE, a role/,
      (world) =>
        (world.dst.policy = plus(world.dst.policy, {
          Effect: 'Allow',
          Principal: { AWS: 'AROAEXAMPLE' },
          Action: 's3:ReplicateObject',
          Resource: '*',
        })),
    ],
    [
      'a Resource in a key policy',
      'C26',
      /a Resource other than/,
      (world) =>
        (world.dstKey.policy = plus(world.dstKey.policy, {
          Sid: 'X',
          Effect: 'Allow',
          Principal: { AWS: roleArn },
          Action: 'kms:Decrypt',
          Resource: dstKeyArn,
        })),
    ],
    [
      's3:PutBucketVersioning for a foreign role',
      'C38',
      /suspend versioning/,
      (world) =>
        (world.dst.policy = plus(world.dst.policy, {
          Effect: 'Allow',
          Principal: { AWS: roleArn },
          Action: 's3:PutBucketVersioning',
          Resource: 'arn:aws:s3:::dst',
        })),
    ],
  ])('%s are a warning', (_, check, summary, change) => {
    const diagnosis = diagnosisOf(change);
    expect(diagnosis.outcome).toBe('healthy');
    expect(statusOf(diagnosis, check)).toBe('warning');
    expect(diagnosis.causes).toContainEqual(
      expect.objectContaining({ check, summary: expect.stringMatching(summary) }),
    );
  });

  it('of an AWS managed key cannot be edited, so nobody is told to add a statement to it', () => {
    const { causes } = diagnosisOf(({ srcKey }) => {
      srcKey.metadata = { ...known(srcKey.metadata), KeyManager: 'AWS' };
      srcKey.policy = { Version: '2012-10-17', Statement: [] };
    });
    expect(causes.filter(({ check }) => check === 'C26')).toMatchObject([
      {
        fix: expect.stringMatching(
          /^AWS manages this key, and nobody can edit its policy: make a customer managed key/,
        ),
      },
    ]);
  });

  it('may be nonsense without an error', () => {
    const nonsense = [
      null,
      1,
      [],
      {},
      { Principal: 5, Action: {}, Resource: null, Effect: 'x' },
      { Principal: { AWS: [1] } },
    ];
    for (const Statement of nonsense) {
      const document = { Statement: [Statement] } as never;
      const diagnosis = diagnosisOf((world) => {
        world.dst.policy = document;
        world.dstKey.policy = document;
        world.rolePolicy = document;
        world.trust = document;
      });
      expect(diagnosis.outcome).not.toBe('healthy');
    }
  });
});

describe('the cases that come with the project', () => {
  it.each(readCases().map((one) => [one.id, one] as const))(
    '%s: asked about its object, ends as the case says',
    (_, one) => {
      const { snapshot, object, expected } = one;
      if (snapshot.objects === 'unknown') throw new Error('no objects');
      const { outcome } = diagnose(snapshot, { objects: snapshot.objects.filter(({ key }) => key === object) });
      const [wanted] = expected.outcome;
      expect(outcome).toBe(wanted === 'fails' ? 'blocked' : wanted === 'unknown' ? wanted : 'healthy');
    },
  );
});

function withoutSelection() {
  const { SourceSelectionCriteria: _criteria, ...rest } = rule();
  return rest;
}

function disable(world: World): void {
  world.dstKey.metadata = { ...known(world.dstKey.metadata), KeyState: 'Disabled' };
}

function known<T>(value: T | 'unknown'): T {
  if (value === 'unknown') throw new Error('unknown');
  return value;
}

function byFirst(order: readonly string[] = []): (a: string, b: string) => number {
  return (a, b) => order.indexOf(a) - order.indexOf(b);
}
