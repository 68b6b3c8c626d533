import { accountIn, idIn, regionOf } from '../aws/arn.ts';
import type { AccountId } from '../aws/brand.ts';
import { statementsOf } from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { type Call, type Change, type Finding, type Input, phase, turn } from '../state/change.ts';
import { isOurs, keyAliases, matchOurSid, sidesOf } from '../state/names.ts';
import {
  accountOf,
  allBuckets,
  type BucketState,
  type KeyState,
  keysOf,
  nameOfKey,
  put,
  type State,
} from '../state/state.ts';
import { defaultKeyOf, resolveKey } from './default-encryption.ts';
import { enableKeyCommands } from './key-commands.ts';

/** The longest that KMS waits, during which `aws kms cancel-key-deletion` brings a key back (API: ScheduleKeyDeletion). */
const waitingDays = 30;

export interface EncryptedObject {
  readonly bucket: string;
  readonly key: string;
  /** ARN; null where no KMS key is used. */
  readonly kmsKey: string | null;
}

export function withoutKeys(observed: State, spec: Spec): State {
  return ownKeys(observed, spec).reduce(
    (state, key) =>
      put(state, accountIn(key.metadata.Arn), 'keys', key.metadata.Arn, {
        ...key,
        metadata: { ...key.metadata, KeyState: 'PendingDeletion' },
        aliases: key.aliases.filter((alias) => !Object.values(keyAliases(spec)).includes(alias)),
      }),
    observed,
  );
}

/** A key is scheduled before its alias goes: if that is refused, the alias still finds it. */
export function keyDeletions(from: State, to: State, spec: Spec): readonly Change[] {
  return ownKeys(from, spec).flatMap((before): readonly Change[] => {
    const { Arn } = before.metadata;
    const after = accountOf(to, accountIn(Arn)).keys[Arn];
    const side = sidesOf(spec).find((one) => one.account === accountIn(Arn) && one.region === regionOf(Arn));
    if (!after || !side) return [];
    const call = <O extends 'DeleteAlias' | 'ScheduleKeyDeletion'>(operation: O, input: Input<O>) =>
      ({ side: side.id, service: 'KMS', operation, input, turn: turn.leftovers }) as const;
    const calls: readonly Call[] = [
      ...(isPending(after) && !isPending(before)
        ? [call('ScheduleKeyDeletion', { KeyId: Arn, PendingWindowInDays: waitingDays })]
        : []),
      ...before.aliases
        .filter((alias) => !after.aliases.includes(alias))
        .map((AliasName) => call('DeleteAlias', { AliasName })),
    ];
    if (calls.length === 0) return [];
    return [
      {
        step: 'kms-key',
        phase: phase.keys,
        side: side.id,
        account: side.account,
        region: side.region,
        action: 'remove',
        resource: `key ${before.aliases[0] ?? idIn(Arn)}`,
        before: { KeyState: before.metadata.KeyState, Aliases: before.aliases },
        after: {
          KeyState: after.metadata.KeyState,
          ...(isPending(before) ? {} : { PendingWindowInDays: waitingDays }),
          Aliases: after.aliases,
        },
        calls,
        target: Arn,
      },
    ];
  });
}

/**
 * What still uses the keys and could never be read again without them; we do not delete a key that another setup uses.
 * @param force makes what uses them a warning only.
 */
export function keyUseFindings(
  observed: State,
  spec: Spec,
  { objects, force }: { readonly objects: readonly EncryptedObject[]; readonly force: boolean },
): readonly Finding[] {
  return ownKeys(observed, spec).flatMap((key): readonly Finding[] => {
    const { Arn } = key.metadata;
    const side = sidesOf(spec).find((one) => one.account === accountIn(Arn) && one.region === regionOf(Arn));
    if (!side || isPending(key)) return [];
    const finding = (level: Finding['level'], code: string, message: string, fix: string, paste?: string): Finding => ({
      level,
      step: 'kms-key',
      code,
      side: side.id,
      message: `the key ${nameOfKey(key)} in account ${side.account} ${message}`,
      fix,
      ...(paste !== undefined && { paste }),
    });
    const sids = sidsOfOthers(key, spec);
    const uses = usesOf(Arn, observed, spec, objects);
    return [
      ...(sids.length > 0
        ? [
            finding(
              'problem',
              'key-of-other-set-up',
              `is used by another setup (${sids.join(', ')})`,
              'leave out --delete-keys, or destroy that setup first',
            ),
          ]
        : []),
      ...(uses.length > 0
        ? [
            force
              ? finding(
                  'warning',
                  'key-in-use',
                  `is in use: ${uses.join('; ')}`,
                  `from now on, nobody can write or read objects with it. To cancel the deletion, run within ${waitingDays} days:`,
                  enableKeyCommands(Arn, side.region, 'PendingDeletion'),
                )
              : finding(
                  'problem',
                  'key-in-use',
                  `is in use: ${uses.join('; ')}`,
                  'leave out --delete-keys to keep the key; or first give the bucket another default encryption key and copy its objects to that key; or use --force: then everything that the key has encrypted is lost',
                ),
          ]
        : []),
    ];
  });
}

function usesOf(arn: string, observed: State, spec: Spec, objects: readonly EncryptedObject[]): readonly string[] {
  const buckets = allBuckets(observed).flatMap(([account, name, bucket]) =>
    encryptsWith(arn, bucket, account, observed, spec) ? [name] : [],
  );
  const encrypted = objects.filter(({ kmsKey }) => kmsKey === arn);
  const [first] = encrypted;
  return [
    ...buckets.map((name) => `the default encryption of bucket ${name}`),
    ...(first ? [`${encrypted.length} of the newest objects, among them ${first.key} in bucket ${first.bucket}`] : []),
  ];
}

function sidsOfOthers(key: KeyState, spec: Spec): readonly string[] {
  const own = matchOurSid(spec);
  return statementsOf(key.policy).flatMap(({ Sid = '' }) =>
    /^S3repl[0-9a-f]{12}/.test(Sid) && !own(Sid) ? [Sid] : [],
  );
}

function encryptsWith(arn: string, bucket: BucketState, account: AccountId, state: State, spec: Spec): boolean {
  const { partition } = spec.source;
  const key = defaultKeyOf(bucket.encryption);
  return resolveKey(state, { partition, account, region: bucket.region }, key) === arn;
}

function ownKeys(state: State, spec: Spec): readonly KeyState[] {
  return keysOf(state).filter((key) => isOurs(key, spec));
}

function isPending(key: KeyState): boolean {
  return key.metadata.KeyState === 'PendingDeletion';
}
