import { stringify } from 'yaml';
import { isMapping } from './path.ts';
import type { Config } from './schema.ts';
import { withDefaults, withoutDefaults } from './without-defaults.ts';

/** For editors: where the schema is in a folder that s3repl is installed in. */
export const schemaLine = '# yaml-language-server: $schema=./node_modules/s3repl/docs/repl.schema.json';

/** What is said beside a line of a file that we write, by path without the positions in lists. */
const comments: Readonly<Record<string, string>> = {
  name: 'names the role, key aliases, statements and rules',
  'source.account': 'a guard: nothing is written when signed in elsewhere',
  'source.access': "how to sign in; the AWS SDK's default credentials when left out",
  'source.bucket': 'created when missing',
  'source.kmsKey': 'create, alias/NAME or the ARN of a key',
  'source.additionalKmsKeys': 'further keys that writers encrypt source objects with',
  'source.bucketKey': 'an S3 Bucket Key: fewer calls to KMS',
  'destinations.bucket': 'created when missing',
  'destinations.kmsKey': "create, source (the source's key; same Region only), alias/NAME or the ARN of a key",
  'destinations.rules': 'the whole bucket when left out',
  'destinations.rules.prefix': 'objects whose key begins with this',
  'destinations.rules.tags': 'objects with all of these tags',
  'destinations.rules.priority': 'the highest wins where several rules match',
  'destinations.rules.deleteMarkers': 'delete markers are replicated; must be false with tags',
  'destinations.rules.replicationTimeControl': 'S3 RTC: 99.9 % of new objects within 15 minutes; has a price',
  'destinations.rules.metrics': 'in CloudWatch; S3 RTC needs them',
  'destinations.rules.ownerOverride': 'replicas belong to the destination account',
  'destinations.rules.replicaModifications': 'replica modification sync',
  'destinations.rules.storageClass': 'that of the source object when left out',
  'destinations.rules.except': 'objects that are not meant to replicate, and why',
  role: 'the replication role, which S3 assumes',
  newKeys: 'for keys that are created',
  tlsOnly: 'refuse requests without TLS; on buckets that are created when left out',
  tags: 'for what is created',
};

/** Where comments begin, as in docs/examples. */
const commentColumn = 33;

/**
 * The text of a new `repl.yaml`, with comments: what differs from the defaults, or with `full` everything.
 * `parseConfig` makes the same spec of it as of `config`.
 */
export function configText(config: Config, { full = false }: { readonly full?: boolean } = {}): string {
  const sections = Object.entries(full ? withDefaults(config) : withoutDefaults(config)).map(([key, value]) => {
    const lines = entryLines(key, value, '', '');
    return typeof value === 'object' ? ['', ...lines] : lines;
  });
  return [schemaLine, ...sections.flat(), ''].join('\n');
}

function entryLines(key: string, value: unknown, indent: string, parent: string): readonly string[] {
  const path = parent === '' ? key : `${parent}.${key}`;
  const comment = comments[path];
  if (Array.isArray(value) && value.some(isMapping)) {
    const items = value.flatMap((item: unknown) => {
      const [first = '', ...rest] = mappingLines(item, `${indent}    `, path);
      return [`${indent}  - ${first.trimStart()}`, ...rest];
    });
    return [commented(`${indent}${keyText(key)}:`, comment), ...items];
  }
  if (Array.isArray(value) && value.length > 0) {
    const items = value.map((item: unknown) => `${indent}  - ${listItem(item)}`);
    return [commented(`${indent}${keyText(key)}:`, comment), ...items];
  }
  if (isMapping(value) && Object.keys(value).length > 0) {
    return [commented(`${indent}${keyText(key)}:`, comment), ...mappingLines(value, `${indent}  `, path)];
  }
  return [commented(`${indent}${scalarLine(key, value)}`, comment)];
}

function mappingLines(value: unknown, indent: string, path: string): readonly string[] {
  return Object.entries(Object(value)).flatMap(([key, member]) => entryLines(key, member, indent, path));
}

/** A text with line breaks would fill several lines, which no comment can stand beside. */
const quoting = { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const;

function scalarLine(key: string, value: unknown): string {
  const plain = stringify({ [key]: value }, { lineWidth: 0 }).slice(0, -1);
  return plain.includes('\n') ? stringify({ [key]: value }, quoting).slice(0, -1) : plain;
}

function listItem(item: unknown): string {
  const plain = stringify([item], { lineWidth: 0 }).slice(0, -1);
  return (plain.includes('\n') ? stringify([item], quoting).slice(0, -1) : plain).slice('- '.length);
}

function keyText(key: string): string {
  return stringify({ [key]: null }, { lineWidth: 0 }).replace(/: null\n$/, '');
}

function commented(line: string, comment: string | undefined): string {
  return comment === undefined ? line : `${line.padEnd(commentColumn - 1)} # ${comment}`;
}
