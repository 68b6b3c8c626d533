import { arnOf } from '../../aws/arn.ts';
import { authorize } from '../iam/authorize-call.ts';
import { type Answer, jsonAnswer } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';

/** Says only which organization the caller's account belongs to. */
export function answerOrganizations(operation: Operation): Answer {
  const { call, caller, state } = operation;
  if (call.operation !== 'DescribeOrganization') throw notImplemented(call);
  authorize(operation, { action: 'organizations:DescribeOrganization', resource: '*', account: caller.account });
  const organization = state.accounts[caller.account]?.organization;
  if (organization === undefined) {
    const message = 'Your account is not a member of an organization.';
    throw new AwsError('AWSOrganizationsNotInUseException', 400, message);
  }
  const { id, managementAccount } = organization;
  const arn = (resource: string) =>
    arnOf({ partition: call.partition, service: 'organizations', account: managementAccount, resource });
  return jsonAnswer({
    Organization: {
      Id: id,
      Arn: arn(`organization/${id}`),
      FeatureSet: 'ALL',
      MasterAccountId: managementAccount,
      MasterAccountArn: arn(`account/${id}/${managementAccount}`),
      AvailablePolicyTypes: [],
    },
  });
}
