/** What services publish in their own name. */
import type { AccountId } from '../../aws/brand.ts';
import { evaluateService } from '../../model/evaluate.ts';
import { showPrincipals } from '../iam/principals.ts';
import { reshapePolicy } from '../iam/stored-policy.ts';
import type { SandboxState } from '../store/state.ts';
import { AwsError } from '../wire/errors.ts';
import { deliver } from './deliver.ts';
import type { Topic } from './sns-state.ts';
import { refuseKeyToService } from './topic-key.ts';

export interface PublishingService {
  readonly service: 's3.amazonaws.com' | 'cloudwatch.amazonaws.com';
  /** `aws:SourceArn`: the bucket or the alarm. */
  readonly sourceArn: string;
  /** `aws:SourceAccount`. */
  readonly sourceAccount: AccountId;
}

/** The policies of topic and key are evaluated again. Returns why it was refused; undefined: published. */
export function publishAs(
  state: SandboxState,
  topicArn: string,
  source: PublishingService,
  { subject, message }: { readonly subject: string; readonly message: string },
): AwsError | undefined {
  const topic = state.sns.topics[topicArn];
  const refusal = refuseService(state, topicArn, source);
  if (topic === undefined || refusal !== undefined) return refusal;
  deliver(state, topic, { from: source.service, subject, message });
  return undefined;
}

/** Why a service could not publish now: `NotFound`, `AuthorizationError`, or SNS's names of KMS's errors. */
export function refuseService(state: SandboxState, topicArn: string, source: PublishingService): AwsError | undefined {
  const topic = state.sns.topics[topicArn];
  if (topic === undefined) return new AwsError('NotFound', 404, 'Topic does not exist');
  const { service } = source;
  const context = contextOf(state, source);
  const decision = evaluateService(policyOf(state, topic), {
    service,
    action: 'SNS:Publish',
    resource: topicArn,
    context,
  });
  if (decision.effect === 'allowed') return refuseKeyToService(state, topic, service, context);
  const isExplicit = decision.effect === 'denied' && decision.kind === 'explicit';
  const why = isExplicit
    ? 'with an explicit deny in a resource-based policy'
    : 'because no resource-based policy allows the SNS:Publish action';
  const message = `${service} is not authorized to perform: SNS:Publish on resource: ${topicArn} ${why}`;
  return new AwsError('AuthorizationError', 403, message);
}

/**
 * CloudWatch also says for whom it acts, so that a topic's default policy lets it through; S3 does not (CloudWatch User Guide,
 * notify-users-alarm-changes; S3 User Guide, grant-destinations-permissions-to-s3).
 */
function contextOf(state: SandboxState, { service, sourceArn, sourceAccount }: PublishingService) {
  const owner = service === 'cloudwatch.amazonaws.com' ? { 'aws:SourceOwner': sourceAccount } : {};
  return {
    'aws:SourceArn': sourceArn,
    'aws:SourceAccount': sourceAccount,
    'aws:CurrentTime': new Date(state.now).toISOString(),
    'aws:EpochTime': String(Math.floor(state.now / 1000)),
    'aws:SecureTransport': 'true',
    ...owner,
  };
}

function policyOf(state: SandboxState, { arn, policy, partition }: Topic) {
  return { name: `policy of ${arn}`, document: reshapePolicy(showPrincipals(policy, state, partition)) };
}
