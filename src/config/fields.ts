/**
 * Every field of `repl.yaml`, in file order (design.md 3): types, schemas, flags, defaults, comments and the wizard's plain questions come from here.
 * Data that loads nothing but its own parts: `s3repl --help` reads it.
 */
import { alertFields } from './alert-fields.ts';
import type { Around, Complete, Field, Fields, Written } from './field.ts';
import { backfillName, defaultRuleId, resourceName } from './own-name.ts';
import type { Path } from './path.ts';
import { reportPattern } from './report-pattern.ts';
import { ruleFields } from './rule-fields.ts';
import { sideFields } from './side-fields.ts';

const principals = {
  kind: 'list',
  example: 'arn:aws:iam::111111111111:role/NAME',
  limit: 'principal',
  default: [],
  ask: 'advanced',
} as const;

const roleName = (field: string) => ({
  pattern: '^[\\w+=,.@-]{1,64}$',
  otherwise: `${field} {value} is not the name of a role (write 1 to 64 letters, digits and any of _ + = , . @ -)`,
});

export const configFields = {
  version: { kind: 'constant', required: true, value: 1, description: 'Version of this format: 1' },
  name: {
    kind: 'text',
    required: true,
    write: 'name: invoices-dr',
    limit: {
      pattern: '^[a-z][a-z0-9-]{0,39}$',
      otherwise:
        'name {value} is not a name (write 1 to 40 lower case letters, digits and hyphens, beginning with a letter)',
    },
    description: 'Name of this setup; names the role, key aliases, statements and rules',
    comment: 'names the role, key aliases, statements and rules',
  },
  source: {
    kind: 'mapping',
    required: true,
    sorted: true,
    write: 'source: with account, region and bucket',
    fields: {
      ...sideFields('source', {
        limit: 'sourceKey',
        described: 'create, alias/NAME or a key ARN',
        comment: 'create, alias/NAME or the ARN of a key',
      }),
      additionalKmsKeys: {
        kind: 'list',
        example: 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab',
        limit: 'keyArn',
        default: [],
        description: 'ARN of a further key that writers encrypt source objects with',
        comment: 'further keys that writers encrypt source objects with',
        ask: 'advanced',
      },
    },
    description: 'The bucket that is replicated',
  },
  destinations: {
    kind: 'mappings',
    required: true,
    sorted: true,
    write: 'destinations: with "- account:", region: and bucket: of at least one',
    entry: {
      as: 'destination',
      name: 'a destination',
      write: '- account: "222222222222", region: and bucket:',
      description: 'A bucket that receives replicas',
    },
    fields: {
      ...sideFields('destination', {
        limit: 'destinationKey',
        described: 'create, source (one key for both), alias/NAME or a key ARN',
        comment: "create, source (the source's key, same Region), alias/NAME or a key ARN",
      }),
      rules: {
        kind: 'mappings',
        sorted: true,
        write: 'rules: with "- id: everything", or leave rules out to replicate the whole bucket',
        entry: { as: 'rule', name: 'a rule', write: '- id: everything', description: 'A replication rule' },
        fields: ruleFields,
        default: ({ at = 0 }: Around) => [{ id: defaultRuleId(at) }],
        description: 'Which objects are replicated, and how; the whole bucket when left out',
        comment: 'the whole bucket when left out',
      },
    },
    description: 'The buckets that receive replicas',
  },
  role: {
    kind: 'mapping',
    write: 'role: { name: NAME }',
    default: () => ({}),
    fields: {
      name: {
        kind: 'text',
        write: 'name: NAME',
        limit: roleName('name'),
        default: ({ config }: Around) => resourceName(config.name),
        description: 'Name of the replication role (default: s3repl-NAME)',
        ask: 'advanced',
      },
      /** Absent: `/` for a new role; any path for an existing one. */
      path: {
        kind: 'text',
        write: 'path: /',
        limit: 'rolePath',
        description: 'IAM path of the replication role (default: /)',
        ask: 'advanced',
      },
      permissionsBoundary: {
        kind: 'text',
        write: 'permissionsBoundary: arn:aws:iam::111111111111:policy/NAME',
        limit: 'permissionsBoundary',
        description: 'ARN of the permissions boundary of the replication role',
        ask: 'advanced',
      },
    },
    description: 'The replication role, which S3 assumes',
    comment: 'the replication role, which S3 assumes',
  },
  backfill: {
    kind: 'mapping',
    write: 'backfill: { role: NAME }',
    default: () => ({}),
    fields: {
      role: {
        kind: 'text',
        write: 'role: NAME',
        limit: roleName('role'),
        default: ({ config }: Around) => backfillName(config.name),
        description: 'Name of the role that S3 Batch Operations assumes (default: s3repl-NAME-backfill)',
      },
      report: {
        kind: 'text',
        write: 'report: BUCKET/PREFIX',
        limit: {
          pattern: reportPattern,
          otherwise:
            'report {value} is not a place in S3 (write BUCKET or BUCKET/PREFIX, of a bucket of the source account)',
        },
        description:
          'Where jobs write what failed, BUCKET or BUCKET/PREFIX in the source account (default: .s3repl-backfill in the source bucket, unless a rule replicates it)',
      },
    },
    description: 'For s3repl backfill, which replicates objects that existed before the rule',
    comment: 'for s3repl backfill',
  },
  /** Absent: no alarms. */
  alerts: {
    kind: 'mapping',
    sorted: true,
    write: 'alerts: { emails: [storage@example.com] }',
    fields: alertFields,
    description: 'Alarms for failed replication, and who gets them; in the source account',
    comment: 'alarms, and who gets them',
  },
  newKeys: {
    kind: 'mapping',
    write: 'newKeys: { description: … }',
    default: () => ({}),
    fields: {
      administrators: {
        ...principals,
        description: 'ARN of a role or user that administers new keys of its own account',
      },
      users: {
        ...principals,
        description: 'ARN of a role or user that may encrypt and decrypt with new keys, through S3',
      },
      description: {
        kind: 'text',
        write: 'a short text',
        limit: 'keyDescription',
        description: 'Description of new keys',
        ask: 'advanced',
      },
    },
    description: "For keys that are created; the account's IAM policies govern them otherwise",
    comment: 'for keys that are created',
  },
  /** Absent: buckets that s3repl created refuse requests without TLS, and so do those that did before. */
  tlsOnly: {
    kind: 'boolean',
    description:
      'Refuse requests without TLS, by a statement in the bucket policies (default: on buckets that s3repl creates)',
    comment: 'refuse requests without TLS; on buckets that are created when left out',
    ask: 'advanced',
  },
  tags: {
    kind: 'map',
    most: 45,
    limit: 'ownTagKey',
    default: {},
    description: 'Tags for the keys, buckets and role that are created',
    comment: 'for what is created',
    ask: 'advanced',
  },
} as const satisfies Fields;

export const configFile = {
  kind: 'mapping',
  sorted: true,
  write: '"version: 1" and the rest, one key a line',
  fields: configFields,
  description: 'A setup of s3repl: replication of encrypted objects from one bucket to others',
} as const satisfies Field;

/** Optional where a default exists; texts may hold `${VAR}`. */
export type Config = Written<typeof configFields>;

export type CompleteConfig = Complete<typeof configFields>;

export function fieldAt(path: Path): Field | undefined {
  return path.reduce<Field | undefined>((field, segment) => {
    const below = fieldsIn(field);
    if (typeof segment === 'number') return field;
    return Object.hasOwn(below, segment) ? below[segment] : undefined;
  }, configFile);
}

export function fieldsIn(field: Field | undefined): Fields {
  return field !== undefined && 'fields' in field ? field.fields : {};
}
