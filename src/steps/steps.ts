import { lookUp } from '../aws/documents.ts';
import type { DocumentName, PlannedOperation, Service } from '../state/change.ts';
import type { OperationFacts } from '../state/operation.ts';
import type { SharedDocument, Step, Write, WriteFacts } from '../state/step.ts';
import { alarmsStep } from './alarms.ts';
import { bucketStep } from './bucket.ts';
import { bucketPolicyStep } from './bucket-policy.ts';
import { eventsStep } from './events.ts';
import { keyPolicyStep } from './key-policy.ts';
import { kmsKeyStep } from './kms-key.ts';
import { replicationRoleStep } from './replication-role.ts';
import { replicationRuleStep } from './replication-rule.ts';
import { topicStep } from './topic.ts';

/** In the order of `apply`; `destroy` takes them from the end. Each sees what the ones before it want. */
export const steps: readonly Step[] = [
  kmsKeyStep,
  bucketStep,
  replicationRoleStep,
  keyPolicyStep,
  bucketPolicyStep,
  replicationRuleStep,
  topicStep,
  alarmsStep,
  eventsStep,
];

/** In the order in which `destroy` reports them. */
export const stepsAsTold: readonly Step[] = [
  bucketStep,
  kmsKeyStep,
  bucketPolicyStep,
  replicationRoleStep,
  keyPolicyStep,
  replicationRuleStep,
  topicStep,
  alarmsStep,
  eventsStep,
];

/** A call that no step owns does not compile. */
export const writes: { readonly [O in PlannedOperation]: Write<O> } = {
  ...kmsKeyStep.writes,
  ...bucketStep.writes,
  ...replicationRoleStep.writes,
  ...keyPolicyStep.writes,
  ...bucketPolicyStep.writes,
  ...replicationRuleStep.writes,
  ...topicStep.writes,
  ...alarmsStep.writes,
  ...eventsStep.writes,
};

export const documents: { readonly [D in DocumentName]: SharedDocument<D> } = {
  ...bucketStep.documents,
  ...keyPolicyStep.documents,
  ...bucketPolicyStep.documents,
  ...replicationRuleStep.documents,
  ...topicStep.documents,
  ...eventsStep.documents,
};

export const asked = {
  S3: listAsked('S3'),
  KMS: listAsked('KMS'),
  IAM: listAsked('IAM'),
  SNS: listAsked('SNS'),
  CloudWatch: listAsked('CloudWatch'),
};

function listAsked(service: Service): Readonly<Record<string, OperationFacts>> {
  return Object.fromEntries(steps.flatMap(({ asks }) => Object.entries(asks[service] ?? {})));
}

/** Undefined where no step calls the operation. */
export function factsOf(operation: string): WriteFacts | undefined {
  return lookUp<WriteFacts>(writes, operation);
}
