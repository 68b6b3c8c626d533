import { rootArn } from '../../aws/arn.ts';
import type { AccountId } from '../../aws/brand.ts';
import type { StoredPolicy } from '../iam/stored-policy.ts';

/** Leaves everything to the account's IAM policies. */
export function defaultKeyPolicy(partition: string, account: AccountId): StoredPolicy {
  return {
    version: '2012-10-17',
    id: 'key-default-1',
    statements: [
      {
        sid: 'Enable IAM User Permissions',
        effect: 'Allow',
        principal: { AWS: [rootArn({ partition, account })] },
        action: ['kms:*'],
        resource: ['*'],
      },
    ],
  };
}
