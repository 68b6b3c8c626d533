import type { PolicyDocument } from '../../aws/policy.ts';
import { policyVersion, statementsOf } from '../../aws/policy.ts';
import type { NamedPolicy, Place, Unknown } from '../decision.ts';
import { spellValues } from '../evaluation/condition.ts';
import { isObject, textsOf } from '../evaluation/element.ts';
import { type Pattern, patternOf, type Syntax } from '../evaluation/pattern.ts';
import { requestOf } from '../evaluation/request.ts';
import { matchPolicy, type PolicyKind, type StatementMatch } from '../evaluation/statement.ts';
import { exampleOf, textOf } from '../evaluation/tails.ts';
import { sessionName } from '../replication/ask.ts';
import { controls } from '../replication/control-policies.ts';
import { encryptionOf } from '../replication/default-encryption.ts';
import { memberOf } from '../replication/find.ts';
import { type BucketSide, destinationSide, keySide, type Prepared, replicaKeySide } from '../replication/prepare.ts';
import { s3Keys } from '../replication/request-keys.ts';
import type { Rule } from '../replication/rule.ts';
import type { Found } from '../snapshot.ts';

export interface TellingStatement {
  readonly place: Place;
  readonly effect: 'Allow' | 'Deny';
  /** Each holds for an object if one of its patterns matches the ARN, in the source bucket or the destination. */
  readonly arns: readonly (readonly Pattern[])[];
  /** A list of values for each condition on the tag; empty where it only asks for the key. */
  readonly tags: ReadonlyMap<string, readonly (readonly string[])[]>;
  readonly patternsOfTags: ReadonlyMap<string, string>;
  /** Whether it is about reading or writing tags. */
  readonly tagging: boolean;
  readonly encryption: boolean;
  readonly customerKey: boolean;
  /** The encryption context is the object's ARN where there is no Bucket Key. */
  readonly context: boolean;
}

/** What S3 asks for when it replicates (rules.md 1.1, 1.2; recorded/replication.md 42, 57). */
const actions = {
  source: [
    's3:GetObjectVersionForReplication',
    's3:GetObjectVersion',
    's3:GetObjectVersionAcl',
    's3:GetObjectVersionTagging',
    's3:GetObjectRetention',
    's3:GetObjectLegalHold',
  ],
  destination: [
    's3:ReplicateObject',
    's3:ReplicateDelete',
    's3:ReplicateTags',
    's3:ObjectOwnerOverrideToBucketOwner',
    's3:PutObject',
    's3:PutObjectRetention',
    's3:PutObjectLegalHold',
  ],
  keys: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
} as const;

/** Statements that may concern S3's requests under a rule, by action and principal; none on log delivery, lifecycle or the bucket itself. */
export function tellingStatements(prepared: Prepared, rule: Rule): readonly TellingStatement[] {
  const { destination, replicaKey } = rule;
  return prepared.answerOnce(`telling statements ${destination} ${replicaKey}`, () =>
    documentsOf(prepared, rule).flatMap((one) => findTelling(prepared, one)),
  );
}

interface Asked {
  readonly policy: NamedPolicy;
  readonly kind: PolicyKind;
  readonly actions: readonly string[];
}

function documentsOf(prepared: Prepared, rule: Rule): readonly Asked[] {
  const { source, role, identity, boundary, snapshot } = prepared;
  const there = destinationSide(prepared, rule.destination);
  const all = [...actions.source, ...actions.destination, ...actions.keys];
  const askAbout = (
    policies: readonly (NamedPolicy | Unknown | null)[],
    kind: PolicyKind,
    some: readonly string[] = all,
  ) => policies.flatMap((policy) => (policy === null || policy === 'unknown' ? [] : [{ policy, kind, actions: some }]));
  const bucketPolicy = ({ name, value }: BucketSide) => [
    nameDocument(`bucket policy of ${name}`, memberOf(value, 'policy')),
  ];
  const { kmsKey } = encryptionOf(snapshot);
  const replicaKey = replicaKeySide(prepared, rule);
  const keys = [
    ...(kmsKey === null || kmsKey === 'unknown' ? [] : [keySide(prepared, kmsKey, source.account, 'unknown')]),
    ...(replicaKey ? [replicaKey] : []),
  ];
  const listKnown = (list: readonly NamedPolicy[] | Unknown) => (list === 'unknown' ? [] : list);
  const owners = new Set([source.account, there.account].filter((one) => one !== 'unknown'));
  return [
    ...askAbout(identity, 'identity'),
    ...askAbout([boundary], 'identity'),
    ...askAbout(listKnown(controls(prepared, role.account, 'service')), 'identity'),
    ...[...owners].flatMap((owner) => askAbout(listKnown(controls(prepared, owner, 'resource')), 'resource')),
    ...askAbout(bucketPolicy(source), 'resource', actions.source),
    ...askAbout(bucketPolicy(there), 'resource', actions.destination),
    ...keys.flatMap(({ arn, value }) =>
      askAbout([nameDocument(`key policy of ${arn}`, memberOf(value, 'policy'))], 'key', actions.keys),
    ),
  ];
}

function nameDocument(name: string, document: Found<PolicyDocument>): NamedPolicy | null | Unknown {
  return document === null || document === 'unknown' ? document : { name, document };
}

function findTelling(prepared: Prepared, { policy, kind, actions: some }: Asked): readonly TellingStatement[] {
  const { role, source, boundary } = prepared;
  const roleId = memberOf(role.value, 'roleId');
  const known = roleId && roleId !== 'unknown' ? { roleId } : {};
  const caller = { roleArn: role.arn, sessionName, account: role.account, ...known };
  const owner = source.account;
  const requests = some.map((action) =>
    requestOf(
      {
        caller,
        action,
        resource: `${source.arn}/`,
        resourceAccount: owner,
        ...s3Keys(prepared, { action, owner, region: 'unknown' }, null, {}),
      },
      boundary === 'unknown' ? 'unknown' : boundary !== null,
    ),
  );
  const counting = new Map<number, { readonly match: StatementMatch; readonly actions: string[] }>();
  for (const request of requests) {
    for (const match of matchPolicy(policy, request, kind)) {
      const isOthers = match.elements.some(
        ({ name, matches }) => (name === 'Action' || name === 'Principal') && matches === false,
      );
      if (isOthers) continue;
      const known = counting.get(match.place.statement) ?? { match, actions: [] };
      known.actions.push(request.action);
      counting.set(match.place.statement, known);
    }
  }
  const [request] = requests;
  const variables = policy.document.Version === policyVersion && request ? request.valuesOf : null;
  const statements: readonly unknown[] = statementsOf(policy.document);
  return [...counting.values()].flatMap(({ match: { place, effect }, actions: its }): TellingStatement[] => {
    const statement = statements[place.statement];
    const tagging = its.some((action) => /Tags$|Tagging$/.test(action));
    return isObject(statement) ? [{ place, effect, tagging, ...distinctionsOf(statement, variables) }] : [];
  });
}

function distinctionsOf(
  { Resource, NotResource, Condition }: Readonly<Record<string, unknown>>,
  variables: Syntax['variables'],
): Omit<TellingStatement, 'place' | 'effect' | 'tagging'> {
  const ofObject = new Set<string>();
  const resolved: Syntax['variables'] =
    variables &&
    ((name) => {
      const [, tag] = /^s3:(?:existing|request)objecttag\/(.+)$/i.exec(name) ?? [];
      if (tag === undefined) return variables(name);
      ofObject.add(tag);
      return [anyValue];
    });
  const patterns = (texts: unknown, wildcards = true) =>
    (textsOf(texts) ?? []).flatMap((text) => {
      const pattern = patternOf(text, { wildcards, variables: resolved });
      return pattern === 'unknown' || pattern === 'unresolved' ? [] : [pattern];
    });
  const conditions = Object.entries(isObject(Condition) ? Condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      name: key,
      values,
    })),
  );
  const tags = new Map<string, readonly (readonly string[])[]>();
  const patternsOfTags = new Map([[anyValue, '*']]);
  for (const { operator, key, name, values } of conditions) {
    if (/^s3:(?:existing|request)objecttag\//.test(key)) {
      const tag = name.slice(name.indexOf('/') + 1);
      const texts = spellValues(values);
      const examples = patterns(texts, /like|arn/i.test(operator)).map((pattern) => {
        const example = exampleOf(pattern, 'x');
        if (example !== textOf(pattern)) patternsOfTags.set(example, textOf(pattern));
        return example;
      });
      tags.set(tag, [...(tags.get(tag) ?? []), valuesToTry(operator, examples)]);
    }
    if (key === 's3:requestobjecttagkeys') for (const one of textsOf(values) ?? []) tags.set(one, tags.get(one) ?? []);
  }
  const arns = [
    patterns(Resource),
    patterns(NotResource),
    ...conditions
      .filter(({ key }) => key === 'kms:encryptioncontext:aws:s3:arn')
      .map(({ operator, values }) => patterns(values, /like|^(?:for\w+:)?arn/i.test(operator))),
  ].filter((list) => list.length > 0);
  for (const tag of ofObject) tags.set(tag, [...(tags.get(tag) ?? []), [anyValue]]);
  return {
    arns,
    tags,
    patternsOfTags,
    encryption: conditions.some(({ key }) => key.startsWith('s3:x-amz-server-side-encryption')),
    customerKey: conditions.some(({ key }) => key.startsWith('s3:x-amz-server-side-encryption-customer')),
    context: conditions.some(({ key }) => key.startsWith('kms:encryptioncontext')),
  };
}

/** Values on both sides of the line that a condition draws. */
function valuesToTry(operator: string, wanted: readonly string[]): readonly string[] {
  if (/null/i.test(operator)) return [anyValue];
  if (/bool/i.test(operator)) return ['true', 'false'];
  if (/numeric/i.test(operator)) return wanted.flatMap((text) => [0, -1, 1].map((more) => String(Number(text) + more)));
  return [...wanted, anyValue];
}

/** A value of a tag that no statement names. */
export const anyValue = 's3repl-probe';
