import type { Step } from '../state/step.ts';
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
