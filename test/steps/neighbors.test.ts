import type { ReplicationRule } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterIn, jointFilter, selectsAllOf } from '../../src/aws/rule-filter.ts';
import { planApply } from '../../src/plan/plan.ts';
import type { State } from '../../src/state/state.ts';
import { aBucket, aDestination, aKey, aRole, aRule, aSpec, DESTINATION, keyArn, nothing, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';

const role = `arn:aws:iam::${SOURCE}:role/team`;
const replica = 'arn:aws:s3:::acme-invoices-replica';

function team(change: Partial<ReplicationRule> & { readonly to?: object } = {}): ReplicationRule {
  const { to, ...rule } = change;
  return {
    ID: 'team-rule',
    Priority: 7,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: replica, ...to },
    ...rule,
  };
}

const byKms = (KMSMasterKeyID: string) => ({
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID } }],
});

type OurRule = Parameters<typeof aRule>[0];

function planned(
  theirs: readonly ReplicationRule[],
  ours: readonly OurRule[],
  present: readonly ReplicationRule[] = [],
  start: State = nothing,
  to: Parameters<typeof aDestination>[0] = {},
) {
  const replication = { Role: role, Rules: [...theirs, ...present] };
  let observed: State = put(start, SOURCE, 'roles', role, aRole());
  observed = put(observed, SOURCE, 'buckets', 'acme-invoices', aBucket({ replication }));
  const spec = aSpec({
    role: { name: 'team' },
    destinations: [aDestination({ ...to, rules: ours.map((one) => aRule(one)) })],
  });
  const { desired, problems, warnings } = planApply(observed, spec);
  const rules = bucketOf(desired, SOURCE, 'acme-invoices')?.replication?.Rules ?? [];
  const told = [...problems, ...warnings].filter(({ step }) => step === 'replication-rule');
  return {
    priorities: rules.filter(({ ID }) => ID?.startsWith('s3repl.')).map(({ Priority }) => Priority),
    rules,
    codes: told.map(({ code }) => code),
    messages: told.map(({ message }) => message),
    fixes: told.map(({ fix }) => fix),
  };
}

describe('a new rule of ours, beside one of others to the same bucket', () => {
  it('goes below where they would otherwise arrive differently, and says whom it yields to', () => {
    const { priorities, codes, messages, fixes } = planned([team({ Filter: { Prefix: 'team/' } })], [{}]);

    expect(priorities).toEqual([6]);
    expect(codes).toEqual(['yields-to']);
    expect(messages[0]).toMatch(
      /^rule all yields to rule team-rule \(priority 7\), .* for objects under team\/ to acme-invoices-replica: .*(storage|KMS)/,
    );
    expect(fixes[0]).toContain('write "priority: 8"');
  });

  it('goes below all that it meets, and above what is about other objects or another bucket', () => {
    const theirs = [
      team({ Filter: { Prefix: 'team/' } }),
      team({ ID: 'low', Priority: 3, Filter: { Prefix: 'team/a/' } }),
      team({ ID: 'other', Priority: 1, Filter: { Prefix: 'logs/' } }),
      team({ ID: 'elsewhere', Priority: 0, to: { Bucket: 'arn:aws:s3:::elsewhere' } }),
      team({ ID: 'off', Priority: 5, Status: 'Disabled' }),
    ];

    expect(planned(theirs, [{ prefix: 'team' }]).priorities).toEqual([2]);
    expect(planned(theirs, [{ prefix: 'invoices/' }]).priorities).toEqual([8]);
  });

  it('gets a priority beside a rule of the old form, which has none', () => {
    const { Filter: _filter, Priority: _priority, ...old } = team();
    expect(planned([{ ...old, Prefix: 'team/' }], [{ prefix: 'invoices/' }]).priorities).toEqual([1]);
  });

  it('keeps the order of ours among themselves, where they meet', () => {
    const theirs = [team({ Filter: { Prefix: 'a/x/' } })];

    expect(
      planned(theirs, [
        { id: 'one', prefix: 'a/' },
        { id: 'two', prefix: 'a/y/' },
        { id: 'three', prefix: 'b/' },
      ]).priorities,
    ).toEqual([6, 5, 10]);
  });

  it('stays above another of ours that goes below, where they go to different buckets', () => {
    const replication = { Role: role, Rules: [team({ Filter: { Prefix: 'team/' } })] };
    let observed: State = put(nothing, SOURCE, 'roles', role, aRole());
    observed = put(observed, SOURCE, 'buckets', 'acme-invoices', aBucket({ replication }));
    const audit = aDestination({ id: 'destinations[1]', bucket: 'acme-audit', rules: [aRule({ id: 'audit' })] });
    const { desired } = planApply(observed, aSpec({ role: { name: 'team' }, destinations: [aDestination(), audit] }));
    const rules = bucketOf(desired, SOURCE, 'acme-invoices')?.replication?.Rules ?? [];
    expect(rules.map(({ ID, Priority }) => [ID, Priority])).toEqual([
      ['team-rule', 7],
      ['s3repl.invoices-dr.all', 6],
      ['s3repl.invoices-dr.audit', 9],
    ]);
  });

  it('keeps the priority that it has on AWS, and says nothing', () => {
    const own = team({ ID: 's3repl.invoices-dr.all', Priority: 12 });

    expect(planned([team({ Filter: { Prefix: 'team/' } })], [{}], [own])).toMatchObject({
      priorities: [12],
      codes: [],
    });
  });

  it('takes the priority that repl.yaml asks for, and says nothing', () => {
    expect(planned([team({ Filter: { Prefix: 'team/' } })], [{ priority: 20 }])).toMatchObject({
      priorities: [20],
      codes: [],
    });
  });

  it('is a problem where nothing would be left for it, with the ways out', () => {
    const { codes, messages, fixes } = planned([team({ to: { StorageClass: 'GLACIER' } })], [{ prefix: 'invoices/' }]);

    expect(codes).toEqual(['rule-covered']);
    expect(messages[0]).toMatch(
      /^rule all would never take effect: rule team-rule \(priority 7\).*storage class: GLACIER/,
    );
    expect(fixes[0]).toMatch(/narrower prefix.*"priority: 8".*--accept-breaking/);
  });

  it('is a problem where no lower priority is free', () => {
    const theirs = [
      team({ Priority: 1, Filter: { Prefix: 'team/' } }),
      team({ ID: 'zero', Priority: 0, Filter: { Prefix: 'logs/' }, to: { Bucket: 'arn:aws:s3:::x' } }),
    ];
    const { codes, messages } = planned(theirs, [{}]);

    expect(codes).toEqual(['no-priority-below']);
    expect(messages[0]).toContain('must go below team-rule');
  });

  it('names a priority for going first that nobody has, and none where S3 takes none', () => {
    const elsewhere = { Bucket: 'arn:aws:s3:::elsewhere' };
    const wayOut = (...theirs: readonly ReplicationRule[]) => planned(theirs, [{ prefix: 'invoices/' }]).fixes[0];

    expect(wayOut(team(), team({ ID: 'other', Priority: 8, to: elsewhere }))).toMatch(
      /"priority: 9" to go first, .* of team-rule: --accept-breaking team-rule$/,
    );
    expect(wayOut(team({ Priority: 2 ** 31 - 1 }))).toMatch(/no priority is above that of team-rule$/);
    expect(planned([team({ Priority: 2 ** 31 - 1, Filter: { Prefix: 'team/' } })], [{}]).fixes[0]).toMatch(
      /there is no priority above that of rule team-rule$/,
    );
  });

  it('goes below as well while it is disabled, of which there is nothing to say', () => {
    const theirs = [team({ Filter: { Prefix: 'team/' } })];

    expect(planned(theirs, [{ enabled: false }])).toMatchObject({ priorities: [6], codes: [] });
    expect(planned([team()], [{ enabled: false }])).toMatchObject({ priorities: [6], codes: [] });
  });

  describe('that does the same as theirs but for', () => {
    const id = '88888888-8888-4888-8888-888888888888';
    const key = keyArn(DESTINATION, 'eu-central-1', id);
    const ours = { replicationTimeControl: false, metrics: false, deleteMarkers: false };
    const beside = (ReplicaKmsKeyID: string, ownership: 'BucketOwnerEnforced' | 'ObjectWriter') => {
      const observed = put(
        put(nothing, DESTINATION, 'keys', key, aKey(key, { aliases: ['alias/team'] })),
        DESTINATION,
        'buckets',
        'acme-invoices-replica',
        aBucket({ region: 'eu-central-1', ownership, encryption: byKms(key) }),
      );
      const theirs = team({
        Filter: { Prefix: 'team/' },
        SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
        to: { EncryptionConfiguration: { ReplicaKmsKeyID } },
      });
      return planned([theirs], [{ ...ours, ownerOverride: true }], [], observed, {
        kmsKey: { kind: 'arn', arn: key },
      });
    };

    it('the owner override goes below, unless Bucket owner enforced makes replicas the bucket owner’s anyway', () => {
      expect(beside(key, 'ObjectWriter')).toMatchObject({ priorities: [6], codes: ['yields-to'] });
      expect(beside(key, 'BucketOwnerEnforced')).toMatchObject({ priorities: [8], codes: [] });
    });

    it('a key name without an account goes below: it means a key of the role’s account', () => {
      expect(beside(`arn:aws:kms:eu-central-1:${DESTINATION}:alias/team`, 'BucketOwnerEnforced').codes).toEqual([]);
      expect(beside('alias/team', 'BucketOwnerEnforced').messages).toEqual([
        expect.stringContaining('(KMS key: alias/team)'),
      ]);
      expect(beside(id, 'BucketOwnerEnforced').messages).toEqual([
        expect.stringContaining(`(KMS key: ${keyArn(SOURCE, 'eu-central-1', id)})`),
      ]);
    });
  });

  it('is a warning where theirs does the same with all of its objects already', () => {
    const key = 'arn:aws:kms:eu-central-1:222222222222:key/(new key s3repl-invoices-dr-replica)';
    const to = {
      AccessControlTranslation: { Owner: 'Destination' as const },
      EncryptionConfiguration: { ReplicaKmsKeyID: key },
    };
    const SourceSelectionCriteria = { SseKmsEncryptedObjects: { Status: 'Enabled' as const } };
    const theirs = team({ to, SourceSelectionCriteria });
    const { codes, messages, priorities } = planned(
      [theirs],
      [{ replicationTimeControl: false, metrics: false, deleteMarkers: false }],
    );

    expect(codes).toEqual(['already-replicated']);
    expect(messages[0]).toContain('already replicates everything that rule all selects');
    expect(priorities).toEqual([8]);
  });
});

const letters = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 3 }).map((some) => some.join(''));
const tags = fc.uniqueArray(fc.tuple(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2')), {
  maxLength: 2,
  selector: ([key]) => key,
});
const filter = fc.record({ prefix: letters, tags });

interface Tagged {
  readonly key: string;
  readonly tags: Readonly<Record<string, string>>;
}

function selects(
  { prefix, tags: wanted }: { prefix: string; tags: readonly (readonly [string, string])[] },
  object: Tagged,
) {
  return object.key.startsWith(prefix) && wanted.every(([key, value]) => object.tags[key] === value);
}

describe('filters', () => {
  const object: fc.Arbitrary<Tagged> = fc.record({
    key: fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 6 }).map((some) => some.join('')),
    tags: tags.map((some) => Object.fromEntries(some)),
  });

  it('of two rules select together what both select, and one covers the other where it selects all of that', () => {
    fc.assert(
      fc.property(filter, filter, object, (one, other, some) => {
        const joint = jointFilter(one, other);
        const both = selects(one, some) && selects(other, some);
        expect(joint !== undefined && selects(joint, some)).toBe(both);
        if (selectsAllOf(one, other) && selects(other, some)) expect(selects(one, some)).toBe(true);
      }),
      { numRuns: 2000, seed: 20261128 },
    );
  });

  it('are read from rules of either version', () => {
    expect(filterIn({ Prefix: 'a', Status: 'Enabled', Destination: { Bucket: 'b' } })).toEqual({
      prefix: 'a',
      tags: [],
    });
    expect(filterIn(team({ Filter: { Tag: { Key: 'x', Value: '1' } } }))).toEqual({ prefix: '', tags: [['x', '1']] });
  });
});

it('whatever rules others have, a rule of ours without a priority of its own goes before none that it differs from', () => {
  const rule = fc.record({
    filter: letters,
    priority: fc.integer({ min: 0, max: 30 }),
    status: fc.constantFrom('Enabled' as const, 'Disabled' as const),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(rule, { maxLength: 5, selector: ({ priority }) => priority }),
      fc.uniqueArray(letters, { minLength: 1, maxLength: 3 }),
      (foreign, prefixes) => {
        const theirs = foreign.map(({ filter: Prefix, priority, status }, index) =>
          team({ ID: `team-${index}`, Priority: priority, Status: status, Filter: { Prefix } }),
        );
        const { rules, codes } = planned(
          theirs,
          prefixes.map((prefix, index) => ({ id: `r${index}`, prefix })),
        );
        if (codes.includes('no-priority-below') || codes.includes('rule-covered')) return;
        const ours = rules.filter(({ ID }) => ID?.startsWith('s3repl.'));
        for (const own of ours) {
          for (const one of theirs) {
            const meet = one.Status === 'Enabled' && jointFilter(filterIn(one), filterIn(own)) !== undefined;
            if (meet) expect(own.Priority).toBeLessThan(one.Priority ?? 0);
          }
        }
        expect(new Set(rules.map(({ Priority }) => Priority)).size).toBe(rules.length);
      },
    ),
    { numRuns: 500, seed: 20261128 },
  );
});
