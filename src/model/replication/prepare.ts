import { arnParts, bucketArn, bucketNameIn, nameIn } from '../../aws/arn.ts';
import type { PolicyDocument } from '../../aws/policy.ts';
import type { NamedPolicy, Unknown } from '../decision.ts';
import type { BucketSnapshot, Found, Known, Named, RoleSnapshot, Snapshot } from '../snapshot.ts';
import { accountIn, findBucket, findIn, findKey, type KeySide, type Located, memberOf, settingOf } from './find.ts';
import { type ClassOf, objectClasses } from './object-classes.ts';
import { type Path, pathIn } from './path.ts';
import { type Rule, type RuleBook, ruleBookOf } from './rule.ts';

export interface PolicyPlace {
  /** Of the role, bucket, key or policy; of the account for its control policies. */
  readonly arn: string;
  readonly path: Path;
  readonly document: PolicyDocument;
}

export interface BucketSide extends Located<BucketSnapshot> {
  readonly name: string;
  readonly arn: string;
}

export interface RoleSide {
  readonly arn: string;
  readonly account: string;
  readonly path: Path;
  readonly value: Found<RoleSnapshot>;
}

export interface Prepared {
  readonly snapshot: Snapshot;
  readonly source: BucketSide & { readonly account: string };
  readonly rules: RuleBook | null | Unknown;
  readonly role: RoleSide;
  readonly identity: readonly (NamedPolicy | Unknown)[];
  readonly boundary: NamedPolicy | null | Unknown;
  readonly places: ReadonlyMap<string, PolicyPlace>;
  readonly unreadable: readonly { readonly path: Path; readonly reason: string }[];
  readonly namePolicy: (document: PolicyDocument, name: string, place: Omit<PolicyPlace, 'document'>) => NamedPolicy;
  readonly classOf: ClassOf;
  readonly namesTags: boolean;
  readonly hostSuffix: string;
  /** Remembers answers that do not depend on the object. */
  readonly answerOnce: <T>(question: string, answer: () => T) => T;
}

/** Reads a snapshot once, for any number of objects. */
export function prepare(snapshot: Snapshot): Prepared {
  const { account, bucket: name } = snapshot.source;
  const places = new Map<string, PolicyPlace>();
  const namePolicy: Prepared['namePolicy'] = (document, policyName, place) => {
    places.set(policyName, { ...place, document });
    return { name: policyName, document };
  };
  const path = ['accounts', account, 'buckets', name];
  const value = findIn(snapshot, account, 'buckets', name);
  const source = { account, path, value, name, arn: bucketArn({ ...snapshot, bucket: name }) };
  const rules = rulesIn(value, path);
  return {
    snapshot,
    source,
    rules,
    ...prepareRole({ snapshot, namePolicy }, rules === null || rules === 'unknown' ? '' : rules.role),
    places,
    unreadable: (snapshot.unreadable ?? []).map(({ path: text, reason }) => ({ path: pathIn(text), reason })),
    namePolicy,
    ...objectClasses(snapshot),
    hostSuffix: hostSuffixes(snapshot)[0],
    answerOnce: memory(),
  };
}

export function destinationSide(prepared: Prepared, arn: string): BucketSide {
  const name = bucketNameIn(arn);
  return prepared.answerOnce(`bucket ${arn}`, () => ({ ...findBucket(prepared.snapshot, name), name, arn }));
}

export function keySide({ snapshot, answerOnce }: Prepared, id: string, asker: string, region: Known<string>): KeySide {
  return answerOnce(`key ${asker} ${region} ${id}`, () => findKey(snapshot, id, asker, region));
}

export function replicaKeySide(prepared: Prepared, { replicaKey, destination }: Rule): KeySide | undefined {
  if (replicaKey === null) return undefined;
  const { value } = destinationSide(prepared, destination);
  return keySide(prepared, replicaKey, prepared.role.account, settingOf(value, 'region'));
}

export function listEnabledRules({ rules }: Prepared): readonly Rule[] {
  return rules === null || rules === 'unknown' ? [] : rules.byDestination.flat();
}

export function rulesIn(bucket: Found<BucketSnapshot>, path: Path): RuleBook | null | Unknown {
  const replication = memberOf(bucket, 'replication');
  if (replication === null || replication === 'unknown') return replication;
  return Array.isArray(replication.Rules) ? ruleBookOf(replication, [...path, 'replication']) : 'unknown';
}

/** The replication role, or another one. */
export function prepareRole(
  { snapshot, namePolicy }: Pick<Prepared, 'snapshot' | 'namePolicy'>,
  arn: string,
): Pick<Prepared, 'role' | 'identity' | 'boundary'> {
  const role = roleSide(snapshot, arn);
  return { role, identity: identityPolicies(role, namePolicy), boundary: boundaryOf(role, namePolicy) };
}

function roleSide(snapshot: Snapshot, arn: string): RoleSide {
  const account = arnParts(arn)?.account ?? snapshot.source.account;
  const name = nameIn(arn);
  const owner = accountIn(snapshot, account);
  const roles = owner === 'unknown' || owner.roles === 'unknown' ? {} : owner.roles;
  // Role names are unique in an account: a role under another path means that this ARN does not exist.
  const elsewhere = Object.keys(roles).some((one) => one.endsWith(`/${name}`));
  const isGone = arn === '' || (roles[arn] === undefined && elsewhere);
  const value = isGone ? null : findIn(snapshot, account, 'roles', arn);
  return { arn, account, path: ['accounts', account, 'roles', arn], value };
}

function identityPolicies(role: RoleSide, named: Prepared['namePolicy']): readonly (NamedPolicy | Unknown)[] {
  if (role.value === null) return [];
  if (role.value === 'unknown') return ['unknown'];
  const { inlinePolicies, attachedPolicies } = role.value;
  const list = (policies: RoleSnapshot['inlinePolicies'], member: string, arnOf: (name: string) => string) =>
    entriesOf(policies).map(([name, document]) =>
      document === 'unknown'
        ? document
        : named(document, `policy ${name} of role ${role.arn}`, {
            arn: arnOf(name),
            path: [...role.path, member, name],
          }),
    );
  return [
    ...list(inlinePolicies, 'inlinePolicies', () => role.arn),
    ...list(attachedPolicies, 'attachedPolicies', (name) => name),
  ];
}

function entriesOf<T>(members: Named<T> | Unknown): readonly (readonly [string, T | Unknown])[] {
  return members === 'unknown' ? [['', 'unknown']] : Object.entries(members);
}

function boundaryOf(role: RoleSide, named: Prepared['namePolicy']): NamedPolicy | null | Unknown {
  const document = memberOf(role.value, 'permissionsBoundary');
  if (document === null || document === 'unknown') return document;
  return named(document, `permissions boundary of role ${role.arn}`, {
    arn: role.arn,
    path: [...role.path, 'permissionsBoundary'],
  });
}

function memory(): Prepared['answerOnce'] {
  const answers = new Map<string, unknown>();
  return <T>(question: string, answer: () => T): T => {
    // Safe: the question's text begins with what is asked, so its answers have one type.
    const known = answers.get(question) as T | undefined;
    if (known !== undefined) return known;
    const found = answer();
    answers.set(question, found);
    return found;
  };
}

/** The likelier one first, for kms:ViaService. No source confirms it for China (rules.md 1.5 (13)). */
export function hostSuffixes({ partition }: Snapshot): readonly [string, ...string[]] {
  return partition === 'aws-cn' ? ['amazonaws.com.cn', 'amazonaws.com'] : ['amazonaws.com'];
}
