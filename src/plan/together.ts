import { accountIn, regionOf } from '../aws/arn.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { alarmPrefix } from '../state/alerts.ts';
import { inlinePolicyName, keySlots, ruleIdPrefix, sidesOf } from '../state/names.ts';
import { topicSlots } from '../steps/topic-slots.ts';

export interface Configured {
  readonly config: string;
  readonly spec: Spec;
}

/** Something that two configurations would take from each other on every run. */
export interface Conflict {
  readonly where: string;
  readonly message: string;
}

interface Claim {
  readonly of: string;
  /** Claims of the same `want` do not conflict; absent: there can be one only. */
  readonly want?: string;
  readonly fix: string;
}

interface Claimed {
  readonly config: string;
  readonly claim: Claim;
}

/** As far as the files show it. */
export function conflictsAmong(configured: readonly Configured[]): readonly Conflict[] {
  const claimed = new Map<string, Claimed>();
  const conflicts = new Map<string, Conflict>();
  const claims = configured.flatMap(({ config, spec }) => claimsOf(spec).map((claim) => ({ config, claim })));
  for (const one of claims) {
    const before = claimed.get(one.claim.of);
    if (!before) claimed.set(one.claim.of, one);
    if (!before || before.config === one.config || wantsTheSame(before.claim, one.claim)) continue;
    // Two setups of one name and bucket have everything in common: report only the first.
    const key = JSON.stringify([before.config, one.config]);
    if (!conflicts.has(key)) conflicts.set(key, { where: one.config, message: conflictText(before, one.claim) });
  }
  return [...conflicts.values()];
}

function wantsTheSame({ want }: Claim, other: Claim): boolean {
  return want !== undefined && want === other.want;
}

function conflictText({ config, claim: { want } }: Claimed, claim: Claim): string {
  const difference = want === undefined ? '' : `, ${want} there and ${claim.want} here`;
  return `undoes what ${config} does: both are about ${claim.of}${difference} (${claim.fix})`;
}

function claimsOf(spec: Spec): readonly Claim[] {
  const { name, source, role } = spec;
  const ownName = 'give each its own name';
  return [
    { of: `the rules ${ruleIdPrefix(spec)}* of bucket ${source.bucket}`, fix: ownName },
    {
      of: `the inline policy ${inlinePolicyName(spec)} of role ${role.name} in account ${source.account}`,
      fix: ownName,
    },
    ...(spec.alerts ? [{ of: `the alarms ${alarmPrefix(spec)}* in account ${source.account}`, fix: ownName }] : []),
    ...keySlots(spec).map(({ alias, side }) => ({
      of: `the new key ${alias} in account ${side.account}, ${side.region}`,
      fix: ownName,
    })),
    {
      of: `the replication role of bucket ${source.bucket}`,
      want: role.name,
      fix: 'a bucket has one role for all its rules: write the same "role: { name: … }" in both',
    },
    ...spec.destinations.flatMap(({ rules }) =>
      rules.flatMap(({ priority }) =>
        priority === undefined
          ? []
          : [{ of: `priority ${priority} of bucket ${source.bucket}`, fix: 'write another priority, or none' }],
      ),
    ),
    ...sidesOf(spec).flatMap((side) => bucketClaims(side, spec, name)),
  ];
}

function bucketClaims(side: AnySide, spec: Spec, name: string): readonly Claim[] {
  const { bucket, account, region, bucketKey } = side;
  const choice = side.kmsKey.kind === 'source' ? spec.source.kmsKey : side.kmsKey;
  const fix = 'write the same in both';
  const place: Claim = { of: `the place of bucket ${bucket}`, want: `account ${account}, ${region}`, fix };
  const key: Claim = { of: `the Bucket Key of bucket ${bucket}`, want: bucketKey ? 'on' : 'off', fix };
  // An alias and an ARN may be the same key: AWS knows, the files do not.
  switch (choice.kind) {
    case 'create': {
      const one = 'let one of them create the key, and write its ARN in the other';
      return [place, key, { of: `the new default key of bucket ${bucket}`, want: `one of ${name}`, fix: one }];
    }
    case 'arn':
      return [place, key, { of: `the default key of bucket ${bucket}`, want: choice.arn, fix }];
    case 'alias':
      return [place, key];
  }
}

/** Configurations of one group write some AWS document in common and run one after the other, in order; groups are independent. */
export function groupsOf<T extends Configured>(configured: readonly T[]): readonly (readonly T[])[] {
  const byAlias = new Set(configured.flatMap(({ spec }) => listGivenKeys(spec).filter(isAlias).map(placeOf)));
  let groups: { readonly members: readonly T[]; readonly documents: ReadonlySet<string> }[] = [];
  for (const one of configured) {
    const documents = new Set(documentsOf(one.spec, byAlias));
    const [joined, others] = [[], []] as [typeof groups, typeof groups];
    for (const group of groups) {
      const common = [...documents].some((document) => group.documents.has(document));
      (common ? joined : others).push(group);
    }
    const all = [...joined.flatMap((group) => [...group.documents]), ...documents];
    const members = [...joined.flatMap((group) => group.members), one];
    groups = [...others, { members, documents: new Set(all) }];
  }
  const order = new Map(configured.map((one, index) => [one, index]));
  const at = (one: T | undefined) => (one && order.get(one)) ?? 0;
  return groups.map(({ members }) => members.toSorted((a, b) => at(a) - at(b))).sort(([a], [b]) => at(a) - at(b));
}

function documentsOf(spec: Spec, byAlias: ReadonlySet<string>): readonly string[] {
  return [
    ...sidesOf(spec).map(({ bucket }) => `bucket ${bucket}`),
    `role ${spec.source.account} ${spec.role.name}`,
    ...topicSlots(spec).flatMap(({ arn, made }) => (made ? [] : [`topic ${arn}`])),
    // Nobody knows yet which of the given keys of a Region an alias stands for.
    ...listGivenKeys(spec).map((key) => (byAlias.has(placeOf(key)) ? `keys ${placeOf(key)}` : `key ${key.key}`)),
  ];
}

interface GivenKey {
  readonly account: string;
  readonly region: string;
  readonly key: string;
}

function listGivenKeys(spec: Spec): readonly GivenKey[] {
  const arns = sidesOf(spec).flatMap(({ kmsKey }) => (kmsKey.kind === 'arn' ? [kmsKey.arn] : []));
  const aliases = sidesOf(spec).flatMap(({ account, region, kmsKey }) =>
    kmsKey.kind === 'alias' ? [{ account, region, key: kmsKey.alias }] : [],
  );
  const byArn = [...arns, ...spec.source.additionalKmsKeys].map((key) => ({
    account: accountIn(key),
    region: regionOf(key),
    key,
  }));
  return [...byArn, ...aliases];
}

function isAlias({ key }: GivenKey): boolean {
  return key.startsWith('alias/');
}

function placeOf({ account, region }: GivenKey): string {
  return `${account} ${region}`;
}
