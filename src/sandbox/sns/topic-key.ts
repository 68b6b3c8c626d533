/** Topics with server-side encryption (SNS Developer Guide, sns-key-management). */
import { arnParts, keyArn, kmsArn } from '../../aws/arn.ts';
import type { Decision, Question } from '../../model/decision.ts';
import { evaluateService } from '../../model/evaluate.ts';
import { showPrincipals } from '../iam/principals.ts';
import { reshapePolicy } from '../iam/stored-policy.ts';
import { useKey } from '../kms/use-key.ts';
import type { Key, SandboxState } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import type { Operation } from '../wire/operation.ts';
import type { Topic } from './sns-state.ts';

/** Its policy lets the principals of the account through, and no service; nobody can change it. */
const managedAlias = 'alias/aws/sns';

/** What publishing takes (SNS Developer Guide, sns-key-management). */
const actions = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;

function isManaged(name: string): boolean {
  return (arnParts(name)?.resource ?? name) === managedAlias;
}

/** By ID, ARN, alias name or alias ARN. */
function arnOfKey(state: SandboxState, topic: Topic, name: string): string {
  const resource = arnParts(name)?.resource ?? name;
  if (!resource.startsWith('alias/')) return arnParts(name) === undefined ? keyArn(topic, name) : name;
  const alias = state.aliases[arnParts(name) === undefined ? kmsArn(topic, name) : name];
  return alias === undefined ? name : keyArn(arnParts(alias.arn) ?? topic, alias.keyId);
}

/** As the caller. @throws AwsError `KMSNotFound`, `KMSAccessDenied`, `KMSDisabled`, `KMSInvalidState` */
export function useTopicKey(operation: Operation, topic: Topic): void {
  const name = topic.attributes.KmsMasterKeyId;
  if (name === undefined) return;
  const { region, account, arn } = topic;
  if (isManaged(name)) {
    if (operation.caller.account === account) return;
    throw new AwsError('KMSAccessDenied', 400, `User: ${operation.caller.arn} may not use the key ${managedAlias}`);
  }
  for (const action of actions) {
    runInSnsWords(() =>
      useKey(operation, {
        action,
        keyArn: arnOfKey(operation.state, topic, name),
        region,
        encryptionContext: { 'aws:sns:topicArn': arn },
        viaService: `sns.${region}.amazonaws.com`,
      }),
    );
  }
}

/** SNS's names of KMS's errors (API: Publish). */
const snsCodes: Readonly<Record<string, string>> = {
  AccessDenied: 'KMSAccessDenied',
  AccessDeniedException: 'KMSAccessDenied',
  DisabledException: 'KMSDisabled',
  KMSInvalidStateException: 'KMSInvalidState',
  NotFoundException: 'KMSNotFound',
};

function runInSnsWords(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(snsCodes[error.code] ?? error.code, 400, error.message);
  }
}

/** Why a service may not use the topic's key in its own name; undefined: it may, or the topic has none. */
export function refuseKeyToService(
  state: SandboxState,
  topic: Topic,
  service: string,
  context: Question['context'],
): AwsError | undefined {
  const name = topic.attributes.KmsMasterKeyId;
  if (name === undefined) return undefined;
  const key = isManaged(name) ? undefined : state.keys[arnOfKey(state, topic, name)];
  if (key === undefined && !isManaged(name)) return new AwsError('KMSNotFound', 400, `Key '${name}' does not exist`);
  const isAllowed =
    key !== undefined &&
    actions.every((action) => decideOnKey(state, key, { service, action, context }).effect === 'allowed');
  // As an alarm's history has it (facts of AWS: yohei-a.hatenablog.jp/entry/20211027).
  if (!isAllowed)
    return new AwsError(
      'KMSAccessDenied',
      400,
      'null (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException)',
    );
  return key.state === 'Enabled' ? undefined : new AwsError('KMSDisabled', 400, `${key.arn} is disabled.`);
}

function decideOnKey(
  state: SandboxState,
  { arn, policy }: Key,
  question: { readonly service: string; readonly action: string; readonly context: Question['context'] },
): Decision {
  const { partition = 'aws' } = arnParts(arn) ?? {};
  const document = reshapePolicy(showPrincipals(policy, state, partition as Topic['partition']));
  return evaluateService({ name: `key policy of ${arn}`, document }, { ...question, resource: arn });
}
