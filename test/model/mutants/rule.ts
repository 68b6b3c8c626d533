/** Mutants of the replication configuration. */
import type { Destination, ReplicationRule } from '@aws-sdk/client-s3';
import { SOURCE } from '../../builders.ts';
import {
  all,
  either,
  encrypted,
  fails,
  type Meaning,
  markers,
  mutantOf,
  type Row,
  silent,
  unknown,
  versions,
  warns,
} from './meaning.ts';
import type { Mutant } from './mutant.ts';
import type { SetUp } from './set-ups.ts';

export function ruleMutants(setUp: SetUp): readonly Mutant[] {
  return [...configurationRows(setUp), ...ruleRows(setUp), ...destinationRows(setUp)].map((row) =>
    mutantOf(setUp, row),
  );
}

function partsOf(setUp: SetUp) {
  const { source } = setUp;
  const replication = source.replication;
  if (replication === null || replication === 'unknown') throw new Error('there is no replication configuration');
  const [rule, ...others] = replication.Rules ?? [];
  if (rule === undefined || others.length > 0) throw new Error('there is not one rule');
  const put = (change: object) => ({ source: { ...source, replication: { ...replication, ...change } } });
  return { rule, put };
}

/** rules.md 2.1 AssumeRoleNotPermitted, 1.6 X-15. */
function configurationRows(setUp: SetUp): readonly Row[] {
  const { put, rule } = partsOf(setUp);
  const { role } = setUp.arns;
  const row = (what: string, Role: string, ...arns: string[]): Row => [
    `configuration: ${what}`,
    put({ Role }),
    fails('AssumeRoleNotPermitted', all, ...arns),
  ];
  const service = role.replace('role/', 'role/service-role/');
  // Whatever it may do itself, the destination bucket does not let it in.
  const here = setUp.arns.destination;
  const notLetIn = either(
    fails('DstPutObjectNotPermitted', versions, here, setUp.arns.replicaKey),
    fails('DstDelObjNotPermitted', markers, here),
  );
  const foreign = role.replace(SOURCE, '999999999999');
  return [
    row('the role under another path', service, service),
    row('a role of another account', foreign, foreign),
    row('no role', '', ''),
    [
      'configuration: a role that was not read',
      put({ Role: `${role}-2` }),
      setUp.owner === SOURCE ? unknown(all) : notLetIn,
    ],
    ['configuration: no rules', put({ Rules: [] }), silent('no-rule', all)],
    [
      'configuration: a disabled rule as well',
      put({ Rules: [{ ...rule, ID: 'off', Priority: 9, Status: 'Disabled' }, rule] }),
    ],
    [
      'configuration: a rule for others as well',
      put({ Rules: [rule, { ...rule, ID: 'x', Priority: 9, Filter: { Prefix: 'x/' } }] }),
    ],
    [
      'configuration: a rule of a higher priority that selects nothing encrypted',
      put({ Rules: [rule, withoutKms({ ...rule, ID: 'x', Priority: 9 })] }),
      // The other rule never takes effect.
      { ...silent('kms-not-selected', encrypted), configuration: ['C28'] },
    ],
  ];
}

function withoutKms({ SourceSelectionCriteria: _, ...rule }: ReplicationRule): ReplicationRule {
  const { EncryptionConfiguration: __, ...destination } = rule.Destination ?? { Bucket: '' };
  return { ...rule, Destination: destination };
}

/** rules.md 1.2 M8, M14 to M17, 2.2. */
function ruleRows(setUp: SetUp): readonly Row[] {
  const { rule, put } = partsOf(setUp);
  const row = (what: string, change: Partial<ReplicationRule>, meaning?: Meaning): Row => [
    `rule: ${what}`,
    put({ Rules: [{ ...rule, ...change }] }),
    meaning ?? {},
  ];
  const notTagged = either(
    silent('delete-marker-not-selected', markers),
    silent('filter', ({ tagged }) => !tagged),
  );
  const literal: Meaning = { ...silent('filter', all), configuration: ['C28'] };
  const sync = { ...rule.SourceSelectionCriteria, ReplicaModifications: { Status: 'Enabled' as const } };
  const { DeleteMarkerReplication: _, ...noMarkers } = rule;
  return [
    row('disabled', { Status: 'Disabled' }, silent('rule-disabled', all)),
    row('another ID', { ID: 'x' }),
    row('another priority', { Priority: 77 }),
    row('the prefix', { Filter: { Prefix: 'docs/' } }),
    row('an empty filter', { Filter: {} }),
    row('another prefix', { Filter: { Prefix: 'other/' } }, silent('filter', all)),
    row('a prefix in capitals', { Filter: { Prefix: 'Docs/' } }, silent('filter', all)),
    row('a prefix with a slash before', { Filter: { Prefix: '/docs/' } }, literal),
    row('a prefix with a star', { Filter: { Prefix: 'docs/*' } }, literal),
    row('a tag', { Filter: { Tag: { Key: 'team', Value: 'billing' } } }, notTagged),
    row(
      'another value of a tag',
      { Filter: { Tag: { Key: 'team', Value: 'x' } } },
      either(silent('delete-marker-not-selected', markers), silent('filter', all)),
    ),
    row(
      'no delete markers',
      { DeleteMarkerReplication: { Status: 'Disabled' } },
      silent('delete-marker-not-selected', markers),
    ),
    ['rule: nothing about delete markers', put({ Rules: [noMarkers] }), silent('delete-marker-not-selected', markers)],
    ['rule: no word of encryption', put({ Rules: [withoutKms(rule)] }), silent('kms-not-selected', encrypted)],
    row(
      'encrypted objects not selected',
      { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Disabled' } } },
      silent('kms-not-selected', encrypted),
    ),
    row('replica modification sync', { SourceSelectionCriteria: sync }, { configuration: ['C04'] }),
  ];
}

function destinationRows(setUp: SetUp): readonly Row[] {
  const { rule, put } = partsOf(setUp);
  const { arns, ownerOverride, sharedKey, owner } = setUp;
  const { Bucket = '', ...rest } = rule.Destination ?? { Bucket: '' };
  const row = (what: string, change: Partial<Destination>, meaning?: Meaning): Row => [
    `destination of the rule: ${what}`,
    put({ Rules: [{ ...rule, Destination: { Bucket, ...rest, ...change } }] }),
    meaning ?? {},
  ];
  const less = (what: string, member: keyof Destination, meaning?: Meaning): Row => {
    const kept = Object.entries({ Bucket, ...rest }).filter(([name]) => name !== member);
    return [
      `destination of the rule: without ${what}`,
      put({ Rules: [{ ...rule, Destination: Object.fromEntries(kept) }] }),
      meaning ?? {},
    ];
  };
  const key = (ReplicaKmsKeyID: string) => ({ EncryptionConfiguration: { ReplicaKmsKeyID } });
  const elsewhere = arns.replicaKey.replace(/eu-\w+-\d/, 'us-east-1');
  const alias = arns.replicaKey.replace(/key\/.*/, `alias/s3repl-invoices-dr${sharedKey ? '' : '-replica'}`);
  const found = setUp.replicaKey.aliases.length > 0;
  const wrong = ownerOverride ? fails('DstPutObjectNotPermitted', all, arns.destination) : warns(all, 'owns');
  const otherReplica: Meaning = { otherReplica: true };
  // Across accounts the role's own policy has to name it; within one its policy could let the role in, but no context of the keys is its.
  const notNamed =
    owner === SOURCE
      ? either(fails('DstPutObjectNotPermitted', encrypted, arns.role), unknown(all))
      : either(
          fails('DstPutObjectNotPermitted', versions, arns.role),
          fails('DstDelObjNotPermitted', markers, arns.role),
        );
  return [
    row('a bucket that was not read', { Bucket: `${Bucket}-2` }, notNamed),
    row('another account', { Account: '999999999999' }, wrong),
    less('account', 'Account'),
    less(
      'owner override',
      'AccessControlTranslation',
      ownerOverride ? { ...otherReplica, configuration: ['C16'] } : {},
    ),
    less('key', 'EncryptionConfiguration', silent('kms-not-selected', encrypted)),
    less('S3 RTC', 'ReplicationTime'),
    less('metrics', 'Metrics', { configuration: ['C34'] }),
    row('metrics disabled', { Metrics: { Status: 'Disabled' } }, { configuration: ['C34'] }),
    row('another storage class', { StorageClass: 'STANDARD_IA' }, otherReplica),
    row('an archive class', { StorageClass: 'DEEP_ARCHIVE' }, otherReplica),
    row('a key in another Region', key(elsewhere), fails('DstKmsKeyNotFound', encrypted, elsewhere)),
    row(
      'a key that was not read',
      key(`${arns.replicaKey.slice(0, -1)}f`), // Its policy could name the role; in another account that is not enough.
      sharedKey || owner === SOURCE ? unknown(encrypted) : fails('DstPutObjectNotPermitted', encrypted, arns.role),
    ),
    row('an alias', key(alias), found ? warns(encrypted, 'by an alias') : {}),
    row(
      'an alias that nobody has',
      key(arns.replicaKey.replace(/key\/.*/, 'alias/none')),
      fails('DstKmsKeyNotFound', encrypted, arns.replicaKey.replace(/key\/.*/, 'alias/none')),
    ),
    ...(owner === SOURCE
      ? []
      : [
          row(
            'an alias name, which is of the source account',
            key('alias/none'),
            fails('DstKmsKeyNotFound', encrypted, 'alias/none'),
          ),
        ]),
  ];
}
