/** Data that loads nothing, since `--help` reads it. */
import type { Around, Fields } from './field.ts';

/** Storage classes of replicas (API: Destination.StorageClass). */
export const storageClasses = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
] as const;

/** As S3 names them (S3 User Guide, UsingEncryption). */
export const encryptions = ['SSE-KMS', 'DSSE-KMS', 'SSE-S3', 'SSE-C'] as const;

const tagsOfObjects = { kind: 'map', most: 10, limit: 'tagKey' } as const;

/** For objects that are not meant to replicate: S3 has no filter that excludes. */
export const exceptionFields = {
  key: {
    kind: 'text',
    write: 'key: "hr/*"',
    limit: 'keyPattern',
    description: 'Objects whose key matches this pattern; * and ? stand for other characters',
  },
  tags: { ...tagsOfObjects, description: 'Objects with all of these tags' },
  encryption: { kind: 'word', words: encryptions, description: 'Objects that are encrypted this way' },
  why: {
    kind: 'text',
    required: true,
    write: 'why: "the reason"',
    limit: 'oneLine',
    description: 'Why they are not meant to replicate; s3repl shows it with its results',
  },
} as const satisfies Fields;

const exceptExample = 'except: [{ key: "hr/*", why: "the reason" }]';

export const ruleFields = {
  /** On AWS the rule is `s3repl.<name>.<id>`. */
  id: {
    kind: 'text',
    required: true,
    write: 'id: everything',
    limit: {
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
      otherwise: 'id {value} is not a rule ID (write 1 to 64 letters, digits, dots, underscores and hyphens)',
    },
    description: 'Name of the replication rule; unique in the file',
  },
  prefix: {
    kind: 'text',
    write: 'prefix: "Tax/"',
    limit: 'prefix',
    mayBeEmpty: true,
    default: '',
    description: 'Replicate only objects whose key begins with this',
    comment: 'objects whose key begins with this',
    ask: 'selection',
  },
  tags: {
    ...tagsOfObjects,
    default: {},
    description: 'Replicate only objects with all of these tags',
    comment: 'objects with all of these tags',
    ask: 'selection',
  },
  /** Absent: what our rule has on AWS, else a free one. */
  priority: {
    kind: 'integer',
    write: 'priority: 1',
    most: 2_147_483_647,
    description: 'Which rule wins when several match: the highest',
    comment: 'the highest wins where several rules match',
    ask: 'advanced',
  },
  enabled: { kind: 'boolean', default: true, description: 'Whether the replication rule is on' },
  deleteMarkers: {
    kind: 'boolean',
    default: ({ rule }: Around) => Object.keys(Object(rule?.tags)).length === 0,
    description: 'Replicate delete markers (default: yes; never with tags)',
    comment: 'delete markers are replicated; must be false with tags',
    ask: { tick: 'replicate delete markers too', short: 'delete markers' },
  },
  replicationTimeControl: {
    kind: 'boolean',
    default: true,
    description: 'S3 RTC: 99.9 % of new objects within 15 minutes',
    comment: 'S3 RTC: 99.9 % of new objects within 15 minutes; has a price',
    ask: { tick: 'S3 RTC: 99.9 % within 15 minutes', short: 'S3 RTC' },
  },
  metrics: {
    kind: 'boolean',
    default: true,
    description: 'Replication metrics in CloudWatch; S3 RTC needs them',
    comment: 'in CloudWatch; S3 RTC needs them',
    ask: { tick: 'replication metrics in CloudWatch', short: 'metrics' },
  },
  ownerOverride: {
    kind: 'boolean',
    default: acrossAccounts,
    description: 'Replicas belong to the destination account (default: yes across accounts)',
    comment: 'replicas belong to the destination account',
    ask: { tick: 'the destination account owns the replicas', short: 'owner override' },
  },
  replicaModifications: {
    kind: 'boolean',
    default: false,
    description: 'Replica modification sync',
    comment: 'replica modification sync',
    ask: 'advanced',
  },
  storageClass: {
    kind: 'word',
    words: storageClasses,
    description: 'Storage class of the replicas (default: that of the source object)',
    comment: 'that of the source object when left out',
    ask: {
      tick: 'choose a storage class for the replicas',
      short: 'storage class',
      next: { message: 'Storage class of the replicas', preset: 'STANDARD_IA' },
    },
  },
  /** S3 does not know this. */
  except: {
    kind: 'mappings',
    noFlag: true,
    write: exceptExample,
    mayBeEmpty: true,
    default: [],
    fields: exceptionFields,
    entry: {
      name: 'an exception',
      write: exceptExample,
      description: 'Objects that are not meant to replicate: at least one of key, tags and encryption',
      anyOf: ['key', 'tags', 'encryption'],
    },
    description:
      'Objects of the rule that a policy keeps from replicating on purpose: s3repl says so, and does not fail',
    comment: 'objects that are not meant to replicate, and why',
  },
} as const satisfies Fields;

/** Undefined while it depends on the environment. */
function acrossAccounts({ config, destination }: Around): boolean | undefined {
  const accounts = [config.source.account, destination?.account];
  return accounts.some((account) => account?.includes('${')) ? undefined : accounts[0] !== accounts[1];
}
