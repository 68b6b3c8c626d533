/** Step 1: a symmetric KMS key on each side, created where repl.yaml says `create`, otherwise checked and left alone. */

import { regionOf, rootArn } from '../aws/arn.ts';
import { policy } from '../aws/policy.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { type Call, type Change, type Finding, type Input, phase, turn } from '../state/change.ts';
import {
  isOurs,
  type KeySlot,
  keyArnOf,
  keyByAlias,
  keyInSlot,
  keySlots,
  keyUseTag,
  newKeyArn,
  ownAliases,
  ownerTag,
  ownTags,
  sidesOf,
} from '../state/names.ts';
import { accountOf, type KeyState, put, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import { foundAgain, keyVisible } from './waits.ts';

type Write = 'CreateAlias' | 'CreateKey' | 'DeleteAlias' | 'EnableKeyRotation' | 'ScheduleKeyDeletion' | 'TagResource';

/** S3 encrypts with symmetric keys only (S3 User Guide, UsingKMSEncryption). */
const kind = { KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' } as const;

export const kmsKeyStep: Step<Write> = {
  id: 'kms-key',
  phase: phase.keys,

  writes: {
    CreateKey: {
      makesTarget: true,
      targetArn: 'KeyMetadata.Arn',
      once: true,
      rivals({ Tags = [] }) {
        const { [ownerTag]: name = '', [keyUseTag]: use } = Object.fromEntries(
          Tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]),
        );
        const aliases = Object.entries(ownAliases({ name })).flatMap(([of, alias]) => (of === use ? [alias] : []));
        return [
          ...aliases.map((alias) => ({ at: 'alias', name: alias, is: () => true }) as const),
          { at: 'own-keys', name, is: (keys) => keys.some(({ tags }) => tags[keyUseTag] === use) },
        ];
      },
    },
    TagResource: { waits: [keyVisible] },
    CreateAlias: {
      waits: [keyVisible],
      decidesTarget: true,
      makes: ({ AliasName, TargetKeyId }) => ({ at: 'alias', name: AliasName, is: (arn) => arn === TargetKeyId }),
      // KMS gives an alias to one key only, and nothing has learned of the other one yet.
      tooLate: ({ AliasName, TargetKeyId }, { account, region }) => ({
        code: 'key-left-over',
        message: `${AliasName} went to a key that another run has made: ${TargetKeyId} is left over, and nothing uses it`,
        fix: `in account ${account}: aws kms schedule-key-deletion --key-id ${TargetKeyId} --pending-window-in-days 30 --region ${region}`,
      }),
      expects: ({ AliasName, TargetKeyId }) => ({ by: 'kms', name: AliasName, found: TargetKeyId }),
    },
    EnableKeyRotation: { waits: [keyVisible] },
    ScheduleKeyDeletion: { doneBefore: /pending deletion/i },
    DeleteAlias: {
      waits: [foundAgain],
      removes: ({ AliasName }) => ({ at: 'alias', name: AliasName, is: () => false }),
    },
  },

  documents: {},

  desired(observed, spec) {
    return keySlots(spec).reduce((state, slot) => {
      const present = keyInSlot(state, slot, spec);
      const key = present ?? newKey(slot, spec);
      return put(state, slot.side.account, 'keys', key.metadata.Arn, {
        ...key,
        rotation: true,
        aliases: key.aliases.includes(slot.alias) ? key.aliases : [...key.aliases, slot.alias],
        tags: { ...ownTags(spec, key.tags), [keyUseTag]: slot.use },
      });
    }, observed);
  },

  /** Keys stay: what they have encrypted needs them. Only `destroy --delete-keys` schedules their deletion. */
  retired: (observed) => observed,

  diff(from, to, spec) {
    return keySlots(spec).flatMap((slot) => changesOf(slot, keyInSlot(from, slot, spec), keyInSlot(to, slot, spec)));
  },

  findings(observed, spec) {
    return [
      ...keySlots(spec).flatMap((slot) => slotFindings(observed, slot, spec)),
      ...sidesOf(spec).flatMap((side) => givenKeyFindings(observed, side, spec)),
      ...additionalKeyFindings(observed, spec),
    ];
  },
};

function newKey(slot: KeySlot, spec: Spec): KeyState {
  return {
    metadata: {
      Arn: newKeyArn(slot),
      AWSAccountId: slot.side.account,
      KeyState: 'Enabled',
      ...kind,
      KeyManager: 'CUSTOMER',
      Description: spec.newKeys.description ?? `S3 replication ${spec.name}: ${slot.use} bucket`,
    },
    policy: defaultKeyPolicy(slot.side),
    aliases: [],
    rotation: false,
    tags: {},
  };
}

/** The policy that KMS gives a key created without one (API: CreateKey, Policy). */
function defaultKeyPolicy(side: AnySide) {
  return {
    ...policy({
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: rootArn(side) },
      Action: 'kms:*',
      Resource: '*',
    }),
    Id: 'key-default-1',
  };
}

function changesOf(slot: KeySlot, before: KeyState | undefined, after: KeyState | undefined): readonly Change[] {
  if (!after) return [];
  const { side, alias } = slot;
  const calls: Call[] = [];
  const call = <O extends Write>(operation: O, input: Input<O>) =>
    ({ side: side.id, service: 'KMS', operation, input, turn: turn.things }) as const;
  const KeyId = after.metadata.Arn;
  const tags = (key: KeyState | undefined) => Object.entries(key?.tags ?? {});
  const newTags = tags(after).filter(([name, value]) => before?.tags[name] !== value);
  const Tags = newTags.map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  if (!before) {
    const { Description = '' } = after.metadata;
    calls.push(call('CreateKey', { Description, ...kind, Tags }));
  } else if (Tags.length > 0) {
    calls.push(call('TagResource', { KeyId, Tags }));
  }
  if (!before?.aliases.includes(alias) && after.aliases.includes(alias)) {
    calls.push(call('CreateAlias', { AliasName: alias, TargetKeyId: KeyId }));
  }
  if (!before?.rotation && after.rotation) calls.push(call('EnableKeyRotation', { KeyId }));
  if (calls.length === 0) return [];
  return [
    {
      step: 'kms-key',
      phase: phase.keys,
      side: side.id,
      account: side.account,
      region: side.region,
      action: before ? 'change' : 'create',
      resource: `key ${alias}`,
      before: before ? shown(before) : null,
      after: shown(after),
      calls,
      target: KeyId,
    },
  ];
}

function shown({ metadata, aliases, rotation, tags }: KeyState) {
  const { Description, KeySpec, KeyUsage } = metadata;
  return { Aliases: aliases, Description, KeySpec, KeyUsage, Rotation: rotation, Tags: tags };
}

function slotFindings(observed: State, slot: KeySlot, spec: Spec): readonly Finding[] {
  const found = keyByAlias(observed, slot.side, slot.alias);
  const field = slot.use === 'source' ? 'source.kmsKey' : `${slot.side.id}.kmsKey`;
  if (found && !(isOurs(found, spec) && found.tags[keyUseTag] === slot.use)) {
    return [
      problem(
        slot.side,
        'alias-taken',
        `${slot.alias} points to ${found.metadata.Arn}, a key that s3repl did not make`,
        {
          fix: `an alias is never moved: write "${field}: ${slot.alias}" to use that key, or give the configuration another name`,
        },
      ),
    ];
  }
  const own = keyInSlot(observed, slot, spec);
  return own ? usable(own, slot.side) : [];
}

function givenKeyFindings(observed: State, side: AnySide, spec: Spec): readonly Finding[] {
  if (side.kmsKey.kind === 'create' || side.kmsKey.kind === 'source') return [];
  const arn = keyArnOf(observed, side, spec);
  const key = Object.values(observed.accounts)
    .flatMap((account) => Object.values(account.keys))
    .find((one) => one?.metadata.Arn === arn);
  const given = side.kmsKey.kind === 'alias' ? side.kmsKey.alias : arn;
  if (!key) {
    return [
      problem(side, 'key-missing', `there is no key ${given} in account ${side.account}, ${side.region}`, {
        fix: `write "kmsKey: create", or the ARN of a key in ${side.region}`,
      }),
    ];
  }
  return usable(key, side);
}

function additionalKeyFindings(observed: State, spec: Spec): readonly Finding[] {
  const { keys } = accountOf(observed, spec.source.account);
  return spec.source.additionalKmsKeys.flatMap((arn) => {
    const key = keys[arn];
    if (key) return usable(key, spec.source);
    return [problem(spec.source, 'key-missing', `there is no key ${arn}`, { fix: 'take it out of additionalKmsKeys' })];
  });
}

/** What S3 asks of a key that replicas are encrypted with (S3 User Guide, replication-config-for-kms-objects; rules.md 1.3). */
function usable(key: KeyState, side: AnySide): readonly Finding[] {
  const { Arn, KeyState, KeySpec, KeyUsage, KeyManager } = key.metadata;
  const findings: Finding[] = [];
  if (KeyState !== 'Enabled') {
    const fix =
      KeyState === 'PendingDeletion'
        ? `in account ${side.account}: aws kms cancel-key-deletion --key-id ${Arn} --region ${side.region}, then aws kms enable-key`
        : `in account ${side.account}: aws kms enable-key --key-id ${Arn} --region ${side.region}`;
    findings.push(problem(side, 'key-state', `the key ${Arn} is ${KeyState}`, { fix }));
  }
  if (KeySpec !== kind.KeySpec || KeyUsage !== kind.KeyUsage) {
    const fix = 'S3 encrypts with symmetric keys only: write "kmsKey: create" or another key';
    findings.push(problem(side, 'key-kind', `the key ${Arn} is ${KeySpec} for ${KeyUsage}`, { fix }));
  }
  if (KeyManager !== 'CUSTOMER') {
    const fix =
      'nobody can let another account use an AWS managed key: write "kmsKey: create" or a customer managed key';
    findings.push(problem(side, 'key-aws-managed', `the key ${Arn} is an AWS managed key`, { fix }));
  }
  if (regionOf(Arn) !== side.region) {
    const fix = `a key works in its own Region only: give a key in ${side.region}`;
    findings.push(problem(side, 'key-region', `the key ${Arn} is not in the bucket's Region ${side.region}`, { fix }));
  }
  return findings;
}

function problem(side: AnySide, code: string, message: string, { fix }: { readonly fix: string }): Finding {
  return { level: 'problem', step: 'kms-key', code, side: side.id, message, fix };
}
