/**
 * Who besides the role may use a key: administrators and users of keys that s3repl makes, and accounts that read replicas under the source account's
 * key. Earlier versions wrote wider statements (docs/decisions/0013-narrowing.md).
 */

import { accountIn, regionOf, rootArn } from '../aws/arn.ts';
import { awsPrincipals, isSamePrincipal, isUnconditional, type Statement, statementsOf } from '../aws/policy.ts';
import type { AnySide, DestinationSide, Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { isOurs, keyArnOf, sidPrefix } from '../state/names.ts';
import type { KeyState, State } from '../state/state.ts';
import { conditionThroughS3, s3Endpoints, unwrapSingle } from './scope.ts';

/** An Allow of ours in a key policy: there a Resource can only be the key itself. */
export function allowStatement(
  spec: Spec,
  purpose: string,
  principals: readonly string[],
  actions: readonly string[],
  Condition?: Statement['Condition'],
): Statement {
  return {
    Sid: sidPrefix(spec) + purpose,
    Effect: 'Allow',
    Principal: { AWS: unwrapSingle(principals) },
    Action: unwrapSingle(actions),
    Resource: '*',
    ...(Condition ? { Condition } : {}),
  };
}

/**
 * Users and readers use the key through S3 in its Region, readers only for their bucket's objects. S3 gives the encryption context when it encrypts
 * and decrypts; `kms:DescribeKey` has none, so it stands alone (rules.md 1.5).
 */
export function peoplesAccess(state: State, key: KeyState, spec: Spec): readonly Statement[] {
  const { administrators, users, readers } = peopleOf(state, key, spec);
  const wide = wideAccess(state, key, spec);
  const former = spec.acceptNarrowing ? { users: [], readers: [] } : wide;
  const narrowUsers = users.filter((arn) => !former.users.includes(arn));
  const narrowReaders = readers.filter((side) => !former.readers.includes(rootArn(side)));
  const roots = [...new Set(narrowReaders.map(rootArn))];
  const viewers = [...narrowUsers, ...roots];
  return [
    ...allowIfAny('KeyAdministrators', administrators, administration),
    ...allowIfAny('KeyUsers', former.users, formerUse),
    ...allowIfAny('KeyUsersThroughS3', narrowUsers, use, {
      StringEquals: {
        'kms:ViaService': unwrapSingle(s3Endpoints({ ...spec.source, region: regionOf(key.metadata.Arn) })),
      },
    }),
    ...allowIfAny('ReplicaReaders', former.readers, formerReading),
    ...roots.flatMap((root) =>
      allowIfAny(
        `ReplicaReaders${accountIn(root)}`,
        [root],
        ['kms:Decrypt'],
        conditionThroughS3(
          narrowReaders.filter((side) => rootArn(side) === root).map((side) => ({ side, rules: [{ prefix: '' }] })),
        ),
      ),
    ),
    ...allowIfAny('KeyViewers', viewers, ['kms:DescribeKey']),
  ];

  function allowIfAny(
    purpose: string,
    principals: readonly string[],
    actions: readonly string[],
    Condition?: Statement['Condition'],
  ): readonly Statement[] {
    return principals.length === 0 ? [] : [allowStatement(spec, purpose, principals, actions, Condition)];
  }
}

/** Statements that let people administer a key or read what it has encrypted (docs/decisions/0006-destroy.md). */
export function peoplesStatements(key: KeyState, spec: Spec): readonly Statement[] {
  return statementsOf(key.policy).filter(({ Sid }) => {
    if (typeof Sid !== 'string' || !Sid.startsWith(sidPrefix(spec))) return false;
    return /^(KeyAdministrators|KeyUsers(ThroughS3)?|ReplicaReaders(\d{12})?|KeyViewers)$/.test(
      Sid.slice(sidPrefix(spec).length),
    );
  });
}

/** On statements that let people use a key outside S3 as well. */
export function wideAccessFindings(observed: State, key: KeyState, side: AnySide, spec: Spec): readonly Finding[] {
  const { users, readers } = wideAccess(observed, key, spec);
  const named = [...users, ...readers].join(', ');
  if (named === '') return [];
  const { Arn } = key.metadata;
  return [
    spec.acceptNarrowing
      ? {
          level: 'warning',
          step: 'key-policy',
          code: 'narrows-key-access',
          side: side.id,
          message: `${named} will be able to use the key ${Arn} only through S3: KMS will refuse direct calls${readers.length > 0 ? ', and reads of objects in other buckets' : ''}`,
          fix: 'to keep their access as it is, leave out --accept-narrowing',
        }
      : {
          level: 'warning',
          step: 'key-policy',
          code: 'key-access-wider',
          side: side.id,
          message: `the policy of the key ${Arn}, written by an earlier version of s3repl, lets ${named} use it outside S3 as well; s3repl leaves it that way`,
          fix: 'if nobody uses this key in direct KMS calls, limit it to S3:',
          run: { command: 'apply', flags: [['--accept-narrowing']] },
        },
  ];
}

/** Today's users and readers in a statement of an earlier version, which had no condition. */
function wideAccess(state: State, key: KeyState, spec: Spec) {
  const { users, readers } = peopleOf(state, key, spec);
  const principalsNamedBy = (purpose: string) =>
    statementsOf(key.policy)
      .filter((one) => one.Sid === sidPrefix(spec) + purpose && one.Effect === 'Allow' && isUnconditional(one))
      .flatMap(({ Principal }) => awsPrincipals(Principal));
  const isNamed = (arn: string, purpose: string) => principalsNamedBy(purpose).some((one) => isSamePrincipal(one, arn));
  return {
    users: users.filter((arn) => isNamed(arn, 'KeyUsers')),
    readers: [...new Set(readers.map(rootArn))].filter((arn) => isNamed(arn, 'ReplicaReaders')),
  };
}

/**
 * Administrators and users get the new keys of their own account: KMS lets nobody administer a key of another account. Users of a destination that
 * shares the source's new key get that one, which works across accounts.
 */
function peopleOf(state: State, key: KeyState, spec: Spec) {
  const { Arn } = key.metadata;
  const owner = accountIn(Arn);
  const readers = spec.destinations.filter(
    (side): side is DestinationSide => side.account !== owner && keyArnOf(state, side, spec) === Arn,
  );
  if (!isOurs(key, spec)) return { administrators: [], users: [], readers };
  const sharing = spec.destinations
    .filter(({ kmsKey }) => kmsKey.kind === 'source' && owner === spec.source.account)
    .map(({ account }) => account);
  return {
    administrators: spec.newKeys.administrators.filter((arn) => accountIn(arn) === owner),
    users: spec.newKeys.users.filter((arn) => [owner, ...sharing].includes(accountIn(arn))),
    readers,
  };
}

const administration = [
  'kms:DescribeKey',
  'kms:UpdateKeyDescription',
  'kms:GetKeyPolicy',
  'kms:PutKeyPolicy',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:GetKeyRotationStatus',
  'kms:EnableKeyRotation',
  'kms:DisableKeyRotation',
  'kms:RotateKeyOnDemand',
  'kms:ListKeyRotations',
  'kms:CreateAlias',
  'kms:UpdateAlias',
  'kms:DeleteAlias',
  'kms:ListResourceTags',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ListGrants',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
];

/** What S3 calls for writers and readers (S3 User Guide, UsingKMSEncryption); Encrypt and ReEncrypt only for API_UpdateObjectEncryption (S3 API Reference). */
const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey'];

const formerUse = ['kms:DescribeKey', ...use, 'kms:GenerateDataKeyWithoutPlaintext'];

const formerReading = ['kms:Decrypt', 'kms:DescribeKey'];
