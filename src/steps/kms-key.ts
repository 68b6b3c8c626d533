import { kmsArn, rootArn } from '../aws/arn.ts';
import { policy } from '../aws/policy.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { type Call, type Change, type Input, phase, turn } from '../state/change.ts';
import {
  addOurTags,
  isOurs,
  type KeySlot,
  keyAliases,
  keyInSlot,
  keySlots,
  keyUseTag,
  newKeyArn,
  ownerTag,
} from '../state/names.ts';
import type { Right } from '../state/need.ts';
import { type KeyState, keysOf, nameOfKey, put } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import { shellLine } from '../text/shell-word.ts';
import { keyFindings, keyKind } from './key-findings.ts';
import { foundAgain, keyVisible } from './waits.ts';

type Write = 'CreateAlias' | 'CreateKey' | 'DeleteAlias' | 'EnableKeyRotation' | 'ScheduleKeyDeletion' | 'TagResource';

/** Step 1: a symmetric KMS key on each side, created where repl.yaml says `create`, otherwise checked and left alone. */
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
        const aliases = Object.entries(keyAliases({ name })).flatMap(([of, alias]) => (of === use ? [alias] : []));
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
      explainTooLate: ({ AliasName, TargetKeyId }, { account, region }) => ({
        code: 'key-left-over',
        message: `another run created a key and gave it the alias ${AliasName}: the key ${TargetKeyId} is left over, and nothing uses it`,
        fix: `to delete it, run in account ${account}:`,
        paste: shellLine`aws kms schedule-key-deletion --key-id ${TargetKeyId} --pending-window-in-days 30 --region ${region}`,
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

  /**
   * Rates: KMS Developer Guide, requests-per-second ("Request quotas for each AWS KMS API operation"), for what we send in numbers.
   * Calls with a quota of 500 per second or more are not held back.
   */
  asks: {
    KMS: {
      CreateAlias: { perSecond: 5 },
      CreateKey: { answer: { member: 'KeyMetadata' }, actions: ['kms:CreateKey', 'kms:TagResource'], perSecond: 5 },
      DeleteAlias: { perSecond: 15 },
      DescribeKey: { answer: { member: 'KeyMetadata' } },
      EnableKeyRotation: { perSecond: 15 },
      GetKeyRotationStatus: { answer: { member: 'KeyRotationEnabled' } },
      ListAliases: { answer: { member: 'Aliases' } },
      ListKeys: { answer: { member: 'Keys' } },
      ListResourceTags: { answer: { member: 'Tags' } },
      ScheduleKeyDeletion: { perSecond: 15 },
      TagResource: { perSecond: 10 },
    },
  },

  needs: {
    /** Tags can be required of new keys only where no key is named (KMS Developer Guide, tag-permissions): who may make it may tag any key. */
    key({ side, made, live }, spec) {
      if (!made) return [];
      // All replica keys have one alias, each in its account and Region.
      const aliasName = keyAliases(spec)[side.id === 'source' ? 'source' : 'replica'];
      const alias = { sid: 'Alias', on: kmsArn(side, aliasName) };
      const making: Right = {
        sid: 'MakeKey',
        actions: ['kms:CreateKey', 'kms:TagResource'],
        on: '*',
        for: ['apply'],
        condition: { StringEquals: { [`aws:RequestTag/${ownerTag}`]: spec.name, 'aws:RequestedRegion': side.region } },
      };
      return [
        ...(live ? [] : [making]),
        { actions: ['kms:TagResource', 'kms:CreateAlias', 'kms:EnableKeyRotation'], for: ['apply'] },
        { actions: ['kms:ScheduleKeyDeletion', 'kms:DeleteAlias'], for: ['delete-keys'] },
        { ...alias, actions: ['kms:CreateAlias'], for: ['apply'] },
        { ...alias, actions: ['kms:DeleteAlias'], for: ['delete-keys'] },
      ];
    },
  },

  addOurs(observed, spec) {
    return keySlots(spec).reduce((state, slot) => {
      const present = keyInSlot(state, slot, spec);
      const key = present ?? newKey(slot, spec);
      return put(state, slot.side.account, 'keys', key.metadata.Arn, {
        ...key,
        rotation: true,
        aliases: key.aliases.includes(slot.alias) ? key.aliases : [...key.aliases, slot.alias],
        tags: { ...addOurTags(spec, key.tags), [keyUseTag]: slot.use },
      });
    }, observed);
  },

  /** Keys stay: what they have encrypted needs them. Only `destroy --delete-keys` schedules their deletion. */
  removeOurs: (observed) => observed,

  diff(from, to, spec) {
    return keySlots(spec).flatMap((slot) => changesOf(slot, keyInSlot(from, slot, spec), keyInSlot(to, slot, spec)));
  },

  findings: keyFindings,

  stays(_observed, retired, spec) {
    const keys = keysOf(retired).filter((key) => isOurs(key, spec) && key.metadata.KeyState !== 'PendingDeletion');
    return keys.length > 0 ? [`keys ${keys.map(nameOfKey).join(', ')}: the objects are encrypted with them`] : [];
  },
};

function newKey(slot: KeySlot, spec: Spec): KeyState {
  return {
    metadata: {
      Arn: newKeyArn(slot),
      AWSAccountId: slot.side.account,
      KeyState: 'Enabled',
      ...keyKind,
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
  const call = <O extends Write>(operation: O, input: Input<O, 'KMS'>) =>
    ({ side: side.id, service: 'KMS', operation, input, turn: turn.things }) as const;
  const KeyId = after.metadata.Arn;
  const newTags = Object.entries(after.tags).filter(([name, value]) => before?.tags[name] !== value);
  const Tags = newTags.map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  if (!before) {
    const { Description = '' } = after.metadata;
    calls.push(call('CreateKey', { Description, ...keyKind, Tags }));
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
      before: before ? showKey(before) : null,
      after: showKey(after),
      calls,
      target: KeyId,
    },
  ];
}

function showKey({ metadata, aliases, rotation, tags }: KeyState) {
  const { Description, KeySpec, KeyUsage } = metadata;
  return { Aliases: aliases, Description, KeySpec, KeyUsage, Rotation: rotation, Tags: tags };
}
