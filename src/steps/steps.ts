import { lookUp } from '../aws/documents.ts';
import type { DocumentName, PlannedOperation, Service } from '../state/change.ts';
import type { OperationFacts } from '../state/operation.ts';
import type { SharedDocument, Step, Write, WriteFacts } from '../state/step.ts';
import { bucketStep } from './bucket.ts';
import { bucketPolicyStep } from './bucket-policy.ts';
import { keyPolicyStep } from './key-policy.ts';
import { kmsKeyStep } from './kms-key.ts';
import { replicationRoleStep } from './replication-role.ts';
import { replicationRuleStep } from './replication-rule.ts';

/** In the order of `apply`; `destroy` takes them from the end. Each sees what the ones before it want. */
export const steps: readonly Step[] = [
  kmsKeyStep,
  bucketStep,
  replicationRoleStep,
  keyPolicyStep,
  bucketPolicyStep,
  replicationRuleStep,
];

/** In the order in which `destroy` tells of them. */
export const stepsAsTold: readonly Step[] = [
  bucketStep,
  kmsKeyStep,
  bucketPolicyStep,
  replicationRoleStep,
  keyPolicyStep,
  replicationRuleStep,
];

/** What the steps say of their calls: one that no step owns does not compile. */
export const writes: { readonly [O in PlannedOperation]: Write<O> } = {
  ...kmsKeyStep.writes,
  ...bucketStep.writes,
  ...replicationRoleStep.writes,
  ...keyPolicyStep.writes,
  ...bucketPolicyStep.writes,
  ...replicationRuleStep.writes,
};

/** What the steps say of the documents that they share with others. */
export const documents: { readonly [D in DocumentName]: SharedDocument<D> } = {
  ...bucketStep.documents,
  ...keyPolicyStep.documents,
  ...bucketPolicyStep.documents,
  ...replicationRuleStep.documents,
};

/** What the steps say of what they ask of each service. */
export const asked = { S3: listAsked('S3'), KMS: listAsked('KMS'), IAM: listAsked('IAM') };

function listAsked(service: Service): Readonly<Record<string, OperationFacts>> {
  return Object.fromEntries(steps.flatMap(({ asks }) => Object.entries(asks[service] ?? {})));
}

/** What holds for every call of an operation; undefined where no step calls it. */
export function factsOf(operation: string): WriteFacts | undefined {
  return lookUp<WriteFacts>(writes, operation);
}
