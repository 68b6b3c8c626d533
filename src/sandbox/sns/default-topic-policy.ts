import type { StoredPolicy } from '../iam/stored-policy.ts';

/** As recorded (LocalStack, `test_create_topic_test_arn`): for services and others that act for the owner. */
export function defaultTopicPolicy(arn: string, owner: string): StoredPolicy {
  return {
    version: '2008-10-17',
    id: '__default_policy_ID',
    statements: [
      {
        sid: '__default_statement_ID',
        effect: 'Allow',
        principal: { AWS: ['*'] },
        action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        resource: [arn],
        condition: { StringEquals: { 'AWS:SourceOwner': [owner] } },
      },
    ],
  };
}
