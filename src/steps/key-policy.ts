import { accountIn, idIn, regionOf } from '../aws/arn.ts';
import { isSameJson } from '../aws/json.ts';
import {
  delegatesToAccount,
  isSamePolicy,
  type PolicyDocument,
  policyChange,
  type Statement,
  withOurStatements,
} from '../aws/policy.ts';
import type { Spec } from '../config/spec.ts';
import { type Call, type Change, phase, type Turn, turn } from '../state/change.ts';
import { keyArnOf, matchOurSid, replicationRole, sidesOf } from '../state/names.ts';
import { destroying, type Purpose } from '../state/need.ts';
import { type KeyState, keysOf, nameOfKey, put, type State } from '../state/state.ts';
import type { Step } from '../state/step.ts';
import { findDeletedInKeyPolicies } from './deleted-principal-findings.ts';
import { formerKeyFindings } from './former-findings.ts';
import { allowStatement, peoplesAccess, peoplesStatements, wideAccessFindings } from './key-access.ts';
import { replicaKeyActions } from './role-policy.ts';
import { conditionThroughS3, rulesOf } from './scope.ts';
import { keyVisible } from './waits.ts';

/** KMS Developer Guide, resource-limits. */
const mostBytes = 32_768;

/** Step 4, at the keys: who may use them. Changes our statements only, by Sid. */
export const keyPolicyStep: Step<'PutKeyPolicy', 'key-policy'> = {
  id: 'key-policy',
  phase: phase.policies,

  writes: {
    PutKeyPolicy: {
      waits: [
        {
          error: /^MalformedPolicyDocumentException$/,
          message: /principal/i,
          reason: 'the role to become visible to KMS',
        },
        keyVisible,
      ],
      leaves: ({ Policy }) => JSON.parse(Policy) as PolicyDocument,
      policy: { most: mostBytes, text: ({ Policy }) => Policy },
    },
  },

  documents: {
    'key-policy': { lookUp: (state, arn) => state.accounts[accountIn(arn)]?.keys[arn]?.policy, isSame: isSamePolicy },
  },

  asks: {
    KMS: {
      GetKeyPolicy: { answer: { member: 'Policy' } },
      PutKeyPolicy: { perSecond: 15 },
    },
  },

  needs: {
    /** In the role's account its own policy is enough. A key policy not left to IAM (rules.md 1.5) must itself let somebody change it; no IAM policy can. */
    key({ side, made, arn }, { source, destinations, newKeys }) {
      const forRole = side.account !== source.account;
      const forPeople =
        (made && [...newKeys.administrators, ...newKeys.users].some((one) => accountIn(one) === side.account)) ||
        destinations.some(({ kmsKey, account }) => {
          const isIt = kmsKey.kind === 'arn' && kmsKey.arn === arn;
          return (isIt || (kmsKey.kind === 'source' && side.id === 'source')) && account !== side.account;
        });
      const commands: readonly Purpose[] = forRole ? ['apply', ...destroying] : forPeople ? ['apply'] : [];
      return [{ actions: ['kms:PutKeyPolicy'], for: commands }];
    },
  },

  addOurs(observed, spec) {
    return withPolicies(observed, spec, (key) => ourStatements(observed, key, spec));
  },

  /** The role's rights go. Those of people stay: what the key has encrypted can still be read. */
  removeOurs(observed, spec) {
    return withPolicies(observed, spec, (key) => peoplesStatements(key, spec));
  },

  diff(from, to, spec) {
    return keysOf(to).flatMap((key) => {
      const before = from.accounts[accountIn(key.metadata.Arn)]?.keys[key.metadata.Arn] ?? null;
      // A key that is being made starts with the policy that KMS gives it, which the kms-key step knows.
      return changesOf(before, key, spec);
    });
  },

  findings(observed, spec) {
    const wider = keysOf(observed).flatMap((key) => {
      const side = sideOfKey(key, spec);
      return side ? wideAccessFindings(observed, key, side, spec) : [];
    });
    return [
      ...formerKeyFindings(observed, spec),
      ...findDeletedInKeyPolicies(observed, keyPolicyStep.addOurs(observed, spec), spec),
      ...wider,
    ];
  },

  destroyFindings(observed, retired, spec) {
    return [...formerKeyFindings(observed, spec), ...findDeletedInKeyPolicies(observed, retired, spec)];
  },

  stays(_observed, retired, spec) {
    const forPeople = keysOf(retired).flatMap((key) =>
      peoplesStatements(key, spec).map(({ Sid }) => `${Sid} on ${nameOfKey(key)}`),
    );
    return forPeople.length > 0 ? [`who may administer and use the keys: ${forPeople.join(', ')}`] : [];
  },
};

function withPolicies(state: State, spec: Spec, statementsFor: (key: KeyState) => readonly Statement[]): State {
  return keysOf(state).reduce((next, key) => {
    const policy = withOurStatements(key.policy, statementsFor(key), matchOurSid(spec)) ?? key.policy;
    return policy === key.policy
      ? next
      : put(next, accountIn(key.metadata.Arn), 'keys', key.metadata.Arn, { ...key, policy });
  }, state);
}

function sideOfKey(key: KeyState, spec: Spec) {
  const { Arn } = key.metadata;
  return sidesOf(spec).find((side) => side.account === accountIn(Arn) && side.region === regionOf(Arn));
}

function ourStatements(state: State, key: KeyState, spec: Spec): readonly Statement[] {
  const { Arn } = key.metadata;
  const { source } = spec;
  const owner = accountIn(Arn);
  const role = replicationRole(state, spec).arn;
  // In the role's own account its IAM policy is enough, if the key policy leaves it to IAM (rules.md 1.5, 2).
  const mustNameRole = owner !== source.account || !delegatesToAccount(key.policy, owner);
  const replicasHere = spec.destinations.filter((destination) => keyArnOf(state, destination, spec) === Arn);
  const encryptsSource = [keyArnOf(state, source, spec), ...source.additionalKmsKeys].includes(Arn);
  const forSource = conditionThroughS3([{ side: source, rules: rulesOf(spec) }]);
  const forReplicas = conditionThroughS3(replicasHere.map((side) => ({ side, rules: side.rules })));
  return [
    ...peoplesAccess(state, key, spec),
    ...(encryptsSource && mustNameRole ? [allowStatement(spec, 'SourceKey', [role], ['kms:Decrypt'], forSource)] : []),
    ...(replicasHere.length > 0 && mustNameRole
      ? [allowStatement(spec, 'ReplicaKey', [role], replicaKeyActions, forReplicas)]
      : []),
  ];
}

function changesOf(before: KeyState | null, after: KeyState, spec: Spec): readonly Change[] {
  const side = sideOfKey(after, spec);
  const { Arn } = after.metadata;
  const ours = matchOurSid(spec);
  // KMS gives a new key a policy: that of the key to be made, without our statements.
  const present = before ? before.policy : withOurStatements(after.policy, [], ours);
  const unchanged = before ? isSameJson(present, after.policy) : present === after.policy;
  if (!side || unchanged) return [];
  const { early, late } = policyChange(before?.policy ?? null, after.policy, mostBytes);
  const write = (policy: PolicyDocument, inTurn: Turn, is: PolicyDocument | null): Call => ({
    side: side.id,
    service: 'KMS',
    operation: 'PutKeyPolicy',
    input: { KeyId: Arn, PolicyName: 'default', Policy: JSON.stringify(policy) },
    turn: inTurn,
    onlyIf: { document: 'key-policy', of: Arn, is },
  });
  return [
    {
      step: 'key-policy',
      phase: phase.policies,
      side: side.id,
      account: side.account,
      region: side.region,
      action: before ? 'change' : 'create',
      resource: `policy of key ${after.aliases[0] ?? idIn(Arn)}`,
      before: before?.policy ?? null,
      after: after.policy,
      calls: [
        ...(early ? [write(early, turn.grants, present)] : []),
        ...(late ? [write(late, turn.revocations, early ?? present)] : []),
      ],
      target: Arn,
    },
  ];
}
