// Neither zod nor yaml may be loaded from here: `s3repl --help` reads this table and must stay fast.

export type FlagKind = 'text' | 'boolean' | 'integer' | 'list' | 'map';

export interface Flag {
  /** `--destination-kms-key`: the path in kebab-case. */
  readonly flag: string;
  /** Where the value goes: `destinations[0].kmsKey`. */
  readonly path: string;
  /** `boolean` has a `--no-…` form; `list` and `map` (`key=value`) may be repeated. */
  readonly kind: FlagKind;
  /** Also the description in the JSON Schema. */
  readonly description: string;
}

/** What the flags say, by path in `repl.yaml`. Text is read according to the flag's kind. */
export type FlagValues = Readonly<Record<string, unknown>>;

type Row = readonly [path: string, kind: FlagKind, description: string];

const sideRows = (path: string, side: string, keys: string): readonly Row[] => [
  [`${path}.account`, 'text', `Account ID of the ${side} bucket (12 digits); nothing is written in any other account`],
  [`${path}.region`, 'text', `Region of the ${side} bucket`],
  [`${path}.access.profile`, 'text', `Profile to sign in to the ${side} account with`],
  [`${path}.access.assumeRole`, 'text', `ARN of the role to assume in the ${side} account`],
  [`${path}.access.externalId`, 'text', `External ID that the role to assume in the ${side} account asks for`],
  [`${path}.access.mfaSerial`, 'text', `MFA device that the role to assume in the ${side} account asks for`],
  [`${path}.bucket`, 'text', `Name of the ${side} bucket; created when missing`],
  [`${path}.kmsKey`, 'text', `KMS key of the ${side} bucket: ${keys}`],
  [`${path}.bucketKey`, 'boolean', `Whether the ${side} bucket uses an S3 Bucket Key (fewer calls to KMS)`],
];

const rows: readonly Row[] = [
  ['name', 'text', 'Name of this setup; names the role, key aliases, statements and rules'],
  ...sideRows('source', 'source', 'create, alias/NAME or a key ARN'),
  ['source.additionalKmsKeys', 'list', 'ARN of a further key that writers encrypt source objects with'],
  ...sideRows('destinations[0]', 'destination', 'create, source (one key for both), alias/NAME or a key ARN'),
  ['destinations[0].rules[0].id', 'text', 'Name of the replication rule; unique in the file'],
  ['destinations[0].rules[0].prefix', 'text', 'Replicate only objects whose key begins with this'],
  ['destinations[0].rules[0].tags', 'map', 'Replicate only objects with all of these tags'],
  ['destinations[0].rules[0].priority', 'integer', 'Which rule wins when several match: the highest'],
  ['destinations[0].rules[0].enabled', 'boolean', 'Whether the replication rule is on'],
  ['destinations[0].rules[0].deleteMarkers', 'boolean', 'Replicate delete markers (default: yes; never with tags)'],
  ['destinations[0].rules[0].replicationTimeControl', 'boolean', 'S3 RTC: 99.9 % of new objects within 15 minutes'],
  ['destinations[0].rules[0].metrics', 'boolean', 'Replication metrics in CloudWatch; S3 RTC needs them'],
  [
    'destinations[0].rules[0].ownerOverride',
    'boolean',
    'Replicas belong to the destination account (default: yes across accounts)',
  ],
  ['destinations[0].rules[0].replicaModifications', 'boolean', 'Replica modification sync'],
  [
    'destinations[0].rules[0].storageClass',
    'text',
    'Storage class of the replicas (default: that of the source object)',
  ],
  ['role.name', 'text', 'Name of the replication role (default: s3repl-NAME)'],
  ['role.path', 'text', 'IAM path of the replication role (default: /)'],
  ['role.permissionsBoundary', 'text', 'ARN of the policy that bounds the replication role'],
  ['newKeys.administrators', 'list', 'ARN of a role or user that administers new keys of its own account'],
  ['newKeys.users', 'list', 'ARN of a role or user that may encrypt and decrypt with new keys, through S3'],
  ['newKeys.description', 'text', 'Description of new keys'],
  [
    'tlsOnly',
    'boolean',
    'Refuse requests without TLS, by a statement in the bucket policies (default: on buckets that s3repl creates)',
  ],
  ['tags', 'map', 'Tags for the keys, buckets and role that are created'],
];

/** Every flag that stands for a line of `repl.yaml`, in the order of the file. */
export const flags: readonly Flag[] = rows.map(([path, kind, description]) => ({
  flag: flagName(path),
  path,
  kind,
  description,
}));

/** The flag for a path such as `destinations[0].bucket`, if there is one. */
export function flagAt(path: string): Flag | undefined {
  return flags.find((flag) => flag.path === path);
}

function flagName(path: string): string {
  const words = path
    .replace(/^destinations/, 'destination')
    .replaceAll('[0]', '')
    .replaceAll('.', '-');
  return `--${words.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
