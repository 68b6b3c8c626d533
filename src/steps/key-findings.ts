import { regionOf } from '../aws/arn.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import type { Advice, Finding } from '../state/change.ts';
import { isOurs, type KeySlot, keyArnOf, keyByAlias, keyInSlot, keySlots, keyUseTag, sidesOf } from '../state/names.ts';
import { accountOf, type KeyState, type State } from '../state/state.ts';
import { enableKeyCommands } from './key-commands.ts';

/** S3 encrypts with symmetric keys only (S3 User Guide, UsingKMSEncryption). */
export const keyKind = { KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' } as const;

export function keyFindings(observed: State, spec: Spec): readonly Finding[] {
  return [
    ...keySlots(spec).flatMap((slot) => slotFindings(observed, slot, spec)),
    ...sidesOf(spec).flatMap((side) => existingKeyFindings(observed, side, spec)),
    ...additionalKeyFindings(observed, spec),
  ];
}

function slotFindings(observed: State, slot: KeySlot, spec: Spec): readonly Finding[] {
  const found = keyByAlias(observed, slot.side, slot.alias);
  if (found && !(isOurs(found, spec) && found.tags[keyUseTag] === slot.use)) {
    return [
      problem(
        slot.side,
        'alias-taken',
        `${slot.alias} points to ${found.metadata.Arn}, a key that s3repl did not create`,
        {
          fix: `s3repl never moves an alias: write "${slot.side.id}.kmsKey: ${slot.alias}" to use that key, or give the configuration another name`,
        },
      ),
    ];
  }
  const own = keyInSlot(observed, slot, spec);
  return own ? checkUsable(own, slot.side) : [];
}

function existingKeyFindings(observed: State, side: AnySide, spec: Spec): readonly Finding[] {
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
  return checkUsable(key, side);
}

function additionalKeyFindings(observed: State, spec: Spec): readonly Finding[] {
  const { keys } = accountOf(observed, spec.source.account);
  return spec.source.additionalKmsKeys.flatMap((arn) => {
    const key = keys[arn];
    if (key) return checkUsable(key, spec.source);
    return [problem(spec.source, 'key-missing', `there is no key ${arn}`, { fix: 'remove it from additionalKmsKeys' })];
  });
}

/** What S3 asks of a key that replicas are encrypted with (S3 User Guide, replication-config-for-kms-objects; rules.md 1.3). */
function checkUsable(key: KeyState, side: AnySide): readonly Finding[] {
  const { Arn, KeyState, KeySpec, KeyUsage, KeyManager } = key.metadata;
  const findings: Finding[] = [];
  if (KeyState !== 'Enabled') {
    const paste = enableKeyCommands(Arn, side.region, KeyState);
    const advice = paste
      ? { fix: `to make it usable again, run in account ${side.account}:`, paste }
      : { fix: 'make it usable again, or write another key' };
    findings.push(problem(side, 'key-state', `the key ${Arn} is ${KeyState}`, advice));
  }
  if (KeySpec !== keyKind.KeySpec || KeyUsage !== keyKind.KeyUsage) {
    const fix = 'S3 encrypts with symmetric keys only: write "kmsKey: create" or another key';
    findings.push(problem(side, 'key-kind', `the key ${Arn} is ${KeySpec} for ${KeyUsage}`, { fix }));
  }
  if (KeyManager !== 'CUSTOMER') {
    const fix = 'another account can never use an AWS managed key: write "kmsKey: create" or a customer managed key';
    findings.push(problem(side, 'key-aws-managed', `the key ${Arn} is an AWS managed key`, { fix }));
  }
  if (regionOf(Arn) !== side.region) {
    const fix = `a key works only in its own Region: write a key in ${side.region}`;
    findings.push(problem(side, 'key-region', `the key ${Arn} is not in the bucket's Region ${side.region}`, { fix }));
  }
  return findings;
}

function problem(side: AnySide, code: string, message: string, what: Advice): Finding {
  return { level: 'problem', step: 'kms-key', code, side: side.id, message, ...what };
}
