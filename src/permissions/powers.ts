/** What a set-up policy lets its holder reach beyond the set-up itself. */
import { arnParts } from '../aws/arn.ts';
import { listOf, type PolicyDocument, type Statement, statementsOf } from '../aws/policy.ts';

/**
 * `role`: to make the replication role with any rights, and to assume it. Otherwise the actions on any key of the account that leaves
 * it to IAM: who may tag the key may then do these with it.
 */
export interface Powers {
  readonly role: boolean;
  readonly keys: readonly string[];
}

/** What ends in the power over somebody else's key: over who may use it, or over its life (KMS Developer Guide, key-policies). */
const fateful = ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'];

/** The powers that a policy printed by `s3repl permissions` gives. */
export function powersOf(policy: PolicyDocument): Powers {
  const statements = statementsOf(policy);
  const findAllowing = (action: string) => statements.filter(({ Action }) => listOf(Action).includes(action));
  const isBounded = ({ Condition = {} }: Statement) =>
    Object.values(Condition).some((keys) => 'iam:PermissionsBoundary' in keys);
  const onAnyKey = ({ Resource }: Statement) =>
    listOf(Resource).some((arn) => arn === '*' || arnParts(arn)?.resource === 'key/*');
  const isTagged = ({ Condition = {} }: Statement) =>
    Object.values(Condition).some((keys) => Object.keys(keys).some((key) => key.startsWith('aws:ResourceTag/')));
  return {
    role: findAllowing('iam:PutRolePolicy').some((statement) => !isBounded(statement)),
    keys: findAllowing('kms:TagResource').some((statement) => onAnyKey(statement) && !isTagged(statement))
      ? fateful.filter((action) => findAllowing(action).some((statement) => onAnyKey(statement) && isTagged(statement)))
      : [],
  };
}
