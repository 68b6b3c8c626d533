import { arnParts } from '../aws/arn.ts';
import { listOf, type PolicyDocument, type Statement, statementsOf } from '../aws/policy.ts';

/** `role`: can make a role of the setup with any rights, and assume it. `keys`: actions on any key left to IAM, by tagging it first. */
export interface Powers {
  readonly role: boolean;
  readonly keys: readonly string[];
}

/** Power over who may use somebody else's key, or over its life (KMS Developer Guide, key-policies). */
const fateful = ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'];

/** What a policy printed by `s3repl permissions` lets its holder reach beyond the setup. */
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
