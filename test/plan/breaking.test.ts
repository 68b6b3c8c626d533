import { describe, expect, it } from 'vitest';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import { aBucket, DESTINATION, SOURCE } from '../builders.ts';
import { bucketOf, put } from '../plain-state.ts';
import { pureAws } from '../steps/pure-aws.ts';
import {
  beside,
  broken,
  copies,
  found as findingsOf,
  likeTheirs,
  may,
  messages,
  ours,
  teamRole,
  teamRule,
  theirKey,
  theirReplicaKey,
  theirs,
  usesAnyKey,
  withKms,
} from './beside-theirs.ts';

describe('beside a rule of somebody else, a plan', () => {
  it('is a problem where SSE-KMS as the default encryption ends what the rule replicates, and names the rule and the way on', () => {
    const [one, ...more] = broken(theirs({ rules: [teamRule()] }), beside());

    expect(more).toEqual([]);
    expect(one).toMatchObject({ level: 'problem', code: 'breaks-others', side: 'source' });
    expect(one?.message).toMatch(
      /^this plan would stop rule team-rule, which s3repl did not create: it replicates new objects from acme-invoices to team-archive now, and would not afterwards: Rule team-rule does not select SSE-KMS objects/,
    );
    expect(one?.fix).toMatch(/--accept-breaking team-rule$/);
  });

  it('is a warning once a person has accepted it, of that rule only', () => {
    const two = theirs({
      rules: [
        teamRule(),
        teamRule({ ID: 'second', Priority: 6, Filter: { Prefix: 'logs/' }, Destination: { Bucket: ours } }),
      ],
    });

    const levels = broken(two, beside({}, { prefix: 'invoices/' }), ['team-rule']).map(({ level, message }) => [
      level,
      message.includes('rule team-rule'),
    ]);

    expect(levels).toEqual([
      ['warning', true],
      ['problem', false],
    ]);
  });

  it('is a problem where their role may not use the new key', () => {
    const rules = [teamRule(withKms(theirKey))];
    const statements = [...copies, may(['kms:Encrypt', 'kms:GenerateDataKey'], theirKey)];

    const [one] = broken(theirs({ rules, statements }), beside({}, { prefix: 'invoices/' }));

    // s3repl's own statements let the role decrypt objects under invoices/ only.
    expect(one?.message).toMatch(/would stop rule team-rule.*kms:Decrypt/);
  });

  it('is a problem where replicas would be encrypted with another key than before', () => {
    const rules = [teamRule(withKms(theirKey))];
    const statements = [...copies, usesAnyKey];

    expect(messages(broken(theirs({ rules, statements }), beside()))).toEqual([
      expect.stringContaining(
        `afterwards replicas would be encrypted with SSE-KMS under ${theirKey} instead of SSE-S3`,
      ),
    ]);
  });

  it('says nothing where the rule goes on as before', () => {
    const rules = [
      teamRule({ ...withKms(theirKey), Filter: { Prefix: 'logs/' } }),
      teamRule({ ID: 'off', Priority: 1, Status: 'Disabled' }),
    ];
    const observed = theirs({ rules, statements: [...copies, usesAnyKey], sourceKey: theirKey });

    expect(broken(observed, beside({}, {}, theirKey))).toEqual([]);
  });

  it('says nothing of a rule that did not replicate before', () => {
    const rules = [teamRule({ Destination: { Bucket: 'arn:aws:s3:::gone' } })];
    const observed = put(theirs({ rules }), SOURCE, 'buckets', 'gone', null);

    expect(broken(observed, beside())).toEqual([]);
  });

  it('judges the readable side where the destination is not: what certainly ends is said, what nobody can tell is not', () => {
    const rules = [
      teamRule({ Destination: { Bucket: 'arn:aws:s3:::elsewhere' } }),
      teamRule({ ...withKms(theirKey, 'arn:aws:s3:::elsewhere-too'), ID: 'kms', Priority: 6 }),
    ];
    const observed = theirs({ rules, statements: [...copies, usesAnyKey] });

    expect(messages(broken(observed, beside()))).toEqual([
      expect.stringMatching(
        /would stop rule team-rule.*: s3repl cannot tell whether it replicates new objects from acme-invoices to elsewhere now, and it would not afterwards/,
      ),
    ]);
  });

  it('is a problem where an explicit priority takes their objects to the same bucket, as what they arrive differently', () => {
    const statements = [...copies, usesAnyKey, may(['s3:ObjectOwnerOverrideToBucketOwner'], `${ours}/*`)];
    const rule = teamRule({
      ...withKms(theirReplicaKey, ours, { StorageClass: 'GLACIER', ReplicationTime: { Status: 'Disabled' } }),
      Filter: { And: { Prefix: 'invoices/', Tags: [{ Key: 'team', Value: 'a' }] } },
    });
    const state = theirs({ rules: [rule], statements, sourceKey: theirKey });
    const replica = bucketOf(state, DESTINATION, 'acme-invoices-replica');
    const observed = put(state, DESTINATION, 'buckets', 'acme-invoices-replica', {
      ...aBucket(),
      ...replica,
      ownership: 'ObjectWriter',
    });

    const found = broken(observed, beside({}, { priority: 9, storageClass: 'STANDARD_IA' }, theirKey));
    const taken = messages(found);

    expect(taken.join('\n')).toContain('rule s3repl.invoices-dr.all (priority 9) would take them, and ');
    expect(taken.join('\n')).toContain('replicas would be in STANDARD_IA instead of GLACIER');
    expect(taken.join('\n')).toContain('S3 Replication Time Control would be on for them');
    expect(taken.join('\n')).toContain('replicas would belong to account 222222222222 instead of 111111111111');
    expect(taken.join('\n')).toContain(
      'it leaves out delete markers from acme-invoices to acme-invoices-replica now, and afterwards rule s3repl.invoices-dr.all (priority 9) would replicate them',
    );
    const markers = found.find(({ message }) => message.includes('leaves out delete markers'));
    expect(markers?.fix).toMatch(
      /^Write "deleteMarkers: false" for the rule in repl.yaml. Ask the owner of the rule. To continue anyway/,
    );
  });

  it('says nothing where an explicit priority takes objects that arrive the same', () => {
    const statements = [...copies, usesAnyKey];
    const rule = teamRule({ ...withKms(theirReplicaKey, ours), Priority: 3 });
    const observed = theirs({ rules: [rule], statements, sourceKey: theirKey });
    const same = { ...likeTheirs, priority: 9 };

    expect(broken(observed, beside({}, same, theirKey))).toEqual([]);
  });

  it('is a problem where an explicit priority takes objects in every storage class, for one of its own', () => {
    const statements = [...copies, usesAnyKey];
    const observed = theirs({ rules: [teamRule(withKms(theirReplicaKey, ours))], statements, sourceKey: theirKey });
    const ourRule = { ...likeTheirs, priority: 9, storageClass: 'STANDARD' as const };

    expect(messages(broken(observed, beside({}, ourRule, theirKey)))).toEqual([
      expect.stringMatching(/would be in STANDARD instead of the storage class of the source object$/),
    ]);
  });

  it('tells what to write in repl.yaml where delete markers of theirs would go no further', () => {
    const statements = [...copies, usesAnyKey];
    const rule = teamRule({ ...withKms(theirReplicaKey, ours), DeleteMarkerReplication: { Status: 'Enabled' } });
    const observed = theirs({ rules: [rule], statements, sourceKey: theirKey });

    const [one, ...more] = broken(observed, beside({}, { ...likeTheirs, priority: 9 }, theirKey));

    expect(more).toEqual([]);
    expect(one?.message).toMatch(
      /would not afterwards: Rule s3repl.invoices-dr.all does not replicate delete markers$/,
    );
    expect(one?.fix).toMatch(/^Write "deleteMarkers: true" for the rule in repl.yaml\. /);
  });

  it('judges the rules of others on the destination bucket too', () => {
    const further = teamRule({ ID: 'chain', Destination: { Bucket: 'arn:aws:s3:::third' } });
    const state = put(theirs({ rules: [] }), DESTINATION, 'buckets', 'acme-invoices-replica', {
      ...aBucket({ region: 'eu-central-1' }),
      replication: { Role: `arn:aws:iam::${DESTINATION}:role/chain`, Rules: [further] },
    });
    const observed = put(state, SOURCE, 'buckets', 'acme-invoices', aBucket());

    expect(messages(broken(observed, beside()))).toEqual([
      expect.stringMatching(/would stop rule chain.*from acme-invoices-replica to third now.*does not select SSE-KMS/),
    ]);
  });

  it('is a problem where destroy takes a right away that their rule lives on', () => {
    const rules = [teamRule({ ...withKms(theirReplicaKey, ours), Filter: { Prefix: 'team/' } })];
    const withoutDecrypt = [...copies, may(['kms:Encrypt', 'kms:GenerateDataKey'], '*')];
    const spec = beside({}, {}, theirKey);
    const aws = pureAws(theirs({ rules: [], statements: withoutDecrypt, sourceKey: theirKey }));
    aws.run(planApply(aws.state, spec).changes);
    const source = bucketOf(aws.state, SOURCE, 'acme-invoices');
    if (!source) throw new Error('no source bucket');
    const replication = { ...source.replication, Rules: [...(source.replication?.Rules ?? []), ...rules] };
    const observed = put(aws.state, SOURCE, 'buckets', 'acme-invoices', {
      ...source,
      replication: {
        ...replication,
        Role: teamRole,
        Rules: [...rules, ...replication.Rules.map((one) => ({ ...one, Filter: { Prefix: 'ours/' } })).slice(0, 1)],
      },
    });

    const findings = findingsOf(observed, planDestroy(observed, spec).desired, spec);

    expect(messages(findings)).toEqual([expect.stringMatching(/would stop rule team-rule.*kms:Decrypt/)]);
  });
});
