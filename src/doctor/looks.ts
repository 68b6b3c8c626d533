import type { ReplicationRule } from '@aws-sdk/client-s3';
import {
  awsPrincipals,
  delegatesToAccount,
  findDeletedPrincipals,
  isUnconditional,
  listOf,
  type Statement,
  statementsOf,
} from '../aws/policy.ts';
import { enumerate } from '../model/evaluation/phrase.ts';
import { failedStays, isFailureOfThePast } from '../model/replication/history.ts';
import { isManaged } from '../model/replication/key-state.ts';
import type { ObjectSnapshot } from '../model/snapshot.ts';
import type { Cause, Evidence } from '../model/verdict.ts';
import type { CheckId } from './catalogue.ts';
import type { DiagnosedVerdict, Sighting } from './diagnosis.ts';
import type { PlacedPolicy, Scope } from './scope.ts';

/** Mistakes that documents show, although no object meets them now. */
export function lookAtDocuments(scope: Scope): readonly Sighting[] {
  return [
    ...ruleMistakes(scope),
    ...foreignOwners(scope),
    ...scope.policies.flatMap((policy) => [
      ...typographyMistakes(policy),
      ...findDeletedNames(policy),
      ...(policy.of === 'key' ? keyPolicyMistakes(policy, scope) : []),
      ...(policy.of === 'destination' ? versioningGrants(policy) : []),
    ]),
  ];
}

/** C36. @param verdicts on the objects: one that says why its object FAILED says the status as well. */
export function lookAtStatuses(
  objects: readonly ObjectSnapshot[],
  verdicts: readonly DiagnosedVerdict[],
): readonly Sighting[] {
  const isTold = ({ key, versionId }: ObjectSnapshot) =>
    verdicts.some(
      ({ verdict }) => verdict.object === key && verdict.versionId === versionId && isFailureOfThePast(verdict),
    );
  // A job takes only what a rule takes in.
  const isGoverned = (key: string) => verdicts.some(({ verdict }) => verdict.object === key && verdict.rule !== null);
  return objects.flatMap((object): readonly Sighting[] => {
    const { key, replicationStatus: status } = object;
    if ((status !== 'FAILED' && status !== 'PENDING') || isTold(object)) return [];
    const failed = status === 'FAILED';
    const cause = failed
      ? causeOf('C36', 'Objects have the status FAILED; S3 does not try them again.', failedStays)
      : causeOf(
          'C36',
          'Objects are PENDING. S3 Lifecycle neither expires nor moves them while they are.',
          'Look again later: S3 keeps trying by itself, and sets the status FAILED if it cannot.',
        );
    const level = failed ? 'warning' : 'note';
    const remedy = { kind: 'backfill', status: 'failed' } as const;
    return [{ level, cause, object: key, ...(failed && isGoverned(key) && { remedy }) }];
  });
}

function warning(cause: Cause<CheckId>, rule?: string): Sighting {
  return { level: 'warning', cause, ...(rule !== undefined && { rule }) };
}

function causeOf(check: CheckId, summary: string, fix: string, evidence: Evidence = {}): Cause<CheckId> {
  return { check, summary, fix, evidence };
}

const mistakesInOneRule: readonly {
  readonly what: string;
  readonly isMade: (rule: ReplicationRule, sourceArn: string) => boolean;
}[] = [
  {
    what: 'replicates delete markers and filters by tags, which S3 does not allow together',
    isMade: ({ Filter: filter, DeleteMarkerReplication: markers }) =>
      markers?.Status === 'Enabled' && (filter?.Tag !== undefined || (filter?.And?.Tags ?? []).length > 0),
  },
  {
    what: 'has S3 RTC without metrics',
    isMade: ({ Destination: destination }) =>
      destination?.ReplicationTime?.Status === 'Enabled' && destination.Metrics?.Status !== 'Enabled',
  },
  {
    what: 'selects KMS-encrypted objects and names no ReplicaKmsKeyID',
    isMade: ({ SourceSelectionCriteria: criteria, Destination: destination }) =>
      criteria?.SseKmsEncryptedObjects?.Status === 'Enabled' &&
      destination?.EncryptionConfiguration?.ReplicaKmsKeyID === undefined,
  },
  {
    what: 'has the source bucket as its destination',
    isMade: ({ Destination: destination }, sourceArn) => destination?.Bucket === sourceArn,
  },
];

/** What PutBucketReplication refuses: it was changed elsewhere, or the snapshot is invented (rules.md 2.4 C04). */
function ruleMistakes({ prepared: { source, rules: book }, rules }: Scope): readonly Sighting[] {
  if (book === null || book === 'unknown' || source.value === null || source.value === 'unknown') return [];
  const { replication } = source.value;
  const raw =
    replication === null || replication === 'unknown' || !Array.isArray(replication.Rules) ? [] : replication.Rules;
  const at = (index: number): Evidence => ({
    arn: source.arn,
    path: [...source.path, 'replication', 'Rules', index],
  });
  const fix = 'Put a replication configuration without this mistake: S3 would refuse this one.';
  const found: Sighting[] = [];
  const seen = new Set<string>();
  raw.forEach((rule, index) => {
    const id = rule.ID ?? `rule ${index + 1}`;
    const tell = (what: string) => found.push(warning(causeOf('C04', `Rule ${id} ${what}.`, fix, at(index)), id));
    const isFirst = (name: string) => seen.size !== seen.add(name).size;
    if (rule.ID !== undefined && !isFirst(`id ${rule.ID}`)) tell('appears twice');
    if (rule.Priority !== undefined && rule.Filter !== undefined && !isFirst(`priority ${rule.Priority}`))
      tell(`has the same priority as another rule, ${rule.Priority}`);
    for (const { what, isMade } of mistakesInOneRule) if (isMade(rule, source.arn)) tell(what);
  });
  if (raw.length > 1000) found.push(warning(causeOf('C04', `There are ${raw.length} rules; S3 allows 1,000.`, fix)));
  return rules.length === 0 ? [] : found;
}

/** rules.md 2.4 C10. */
function foreignOwners({ prepared: { source } }: Scope): readonly Sighting[] {
  const ownership = source.value === null || source.value === 'unknown' ? null : source.value.ownership;
  if (ownership === null || ownership === 'unknown' || ownership === 'BucketOwnerEnforced') return [];
  const summary = `ACLs are enabled on source bucket ${source.name} (${ownership}): objects that other accounts write belong to those accounts, and S3 may not be able to read them.`;
  const fix = `Set Object Ownership of ${source.name} to Bucket owner enforced.`;
  return [warning(causeOf('C10', summary, fix, { arn: source.arn, path: [...source.path, 'ownership'] }))];
}

const placeholder = /<[A-Za-z][^<>]*>|DOC-EXAMPLE|amzn-s3-demo-|\b(?:YOUR|EXAMPLE)[-_][A-Z]/;

/** rules.md 2.4 C37, 6.1 A6. */
function typographyMistakes({ name, arn, path, document }: PlacedPolicy): readonly Sighting[] {
  const texts = new Set<string>();
  collect(document, texts);
  const copied = [...texts].filter((text) => /[“”„‟‘’«»]|\d[–—]\d/.test(text));
  const open = [...texts].filter((text) => placeholder.test(text));
  const evidence = { arn, path };
  const warnAbout = (summary: string, fix: string) => warning(causeOf('C37', summary, fix, evidence));
  return [
    ...(copied.length > 0
      ? [
          warnAbout(
            `The ${name} has typographic characters, as in text copied from an article: ${enumerate(copied)}.`,
            'Write plain quotes and hyphens.',
          ),
        ]
      : []),
    ...(open.length > 0
      ? [warnAbout(`The ${name} has placeholders in it: ${enumerate(open)}.`, 'Write the real names in their place.')]
      : []),
  ];
}

function collect(value: unknown, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    texts.add(name);
    collect(member, texts);
  }
}

/** rules.md 1.5 (9). */
function findDeletedNames({ of, name, arn, path, document }: PlacedPolicy): readonly Sighting[] {
  const sound = { ...document, Statement: soundStatements(document) };
  const [dead] = of === 'role' ? [] : findDeletedPrincipals(sound);
  if (dead === undefined) return [];
  const summary = `The ${name} names ${dead}, a role or user that was deleted. A new one with the same name is a different principal.`;
  const fix = 'Name the role by its ARN again, or remove the statement.';
  const check = of === 'key' ? 'C26' : of === 'trust' ? 'C02' : 'C12';
  return [warning(causeOf(check, summary, fix, { arn, path }))];
}

/** rules.md 1.5 (2), (8). */
function keyPolicyMistakes({ name, arn, path, document }: PlacedPolicy, { keys }: Scope): readonly Sighting[] {
  const key = keys.find((one) => one.arn === arn);
  const account = key?.account;
  const statements = soundStatements(document);
  const evidence = { arn, path };
  const narrow = statements.find(({ Resource: resource }) => resource !== undefined && !listOf(resource).includes('*'));
  const found: Cause<CheckId>[] = [];
  if (narrow) {
    const called = narrow.Sid === undefined ? 'A statement' : `Statement ${narrow.Sid}`;
    const summary = `${called} of the ${name} has a Resource other than "*", so it has no effect.`;
    found.push(causeOf('C26', summary, 'Write "Resource": "*", which in a key policy means this key.', evidence));
  }
  if (
    account !== undefined &&
    account !== 'unknown' &&
    !delegatesToAccount({ ...document, Statement: statements }, account)
  ) {
    const summary = `The ${name} has no statement for the root of account ${account}: IAM policies have no effect on this key, only the key policy itself does.`;
    const fix =
      key && isManaged(key) === true
        ? 'AWS manages this key, and nobody can edit its policy: make a customer managed key the default encryption of the bucket.'
        : "Add the statement for the account's root, unless it was left out on purpose.";
    found.push(causeOf('C26', summary, fix, evidence));
  }
  const former = statements.find(
    (one) => /^S3repl[0-9a-f]{12}(KeyUsers|ReplicaReaders)$/.test(one.Sid ?? '') && isUnconditional(one),
  );
  if (former) {
    const summary = `Statement ${former.Sid} of the ${name}, from an earlier version of s3repl, also lets ${enumerate(awsPrincipals(former.Principal))} use the key outside S3.`;
    const fix = 'If nobody uses this key directly in KMS, limit it to S3: s3repl apply --accept-narrowing.';
    found.push(causeOf('C26', summary, fix, { ...evidence, sid: former.Sid ?? '' }));
  }
  return found.map((cause) => warning(cause));
}

/** AWS's examples have it, but it is not needed: it lets a foreign role suspend versioning (rules.md 0.4 (c), 6.1 A10). */
function versioningGrants({ name, arn, path, document }: PlacedPolicy): readonly Sighting[] {
  const wide = soundStatements(document).find(
    ({ Effect: effect, Action: action }) =>
      effect === 'Allow' && listOf(action).some((one) => /^(\*|s3:\*|s3:Put\*|s3:PutBucketVersioning)$/i.test(one)),
  );
  if (wide === undefined) return [];
  const summary = `The ${name} allows more than replication needs: ${enumerate(listOf(wide.Action))}; s3:PutBucketVersioning lets the role suspend versioning.`;
  const evidence = { arn, path, ...(typeof wide.Sid === 'string' && { sid: wide.Sid }) };
  return [warning(causeOf('C38', summary, 'List the replication actions only.', evidence))];
}

function soundStatements(document: PlacedPolicy['document']): readonly Statement[] {
  const isText = (value: unknown) => value === undefined || typeof value === 'string';
  const isTexts = (value: unknown) => isText(value) || (Array.isArray(value) && value.every(isText));
  const isPrincipal = (value: unknown) =>
    isText(value) || (typeof value === 'object' && value !== null && Object.values(value).every(isTexts));
  return statementsOf(document).filter((statement: Statement | null) => {
    const { Sid, Action, Resource, Principal, NotPrincipal } = statement ?? {};
    return (
      typeof statement === 'object' &&
      statement !== null &&
      isText(Sid) &&
      [Action, Resource].every(isTexts) &&
      [Principal, NotPrincipal].every(isPrincipal)
    );
  });
}
