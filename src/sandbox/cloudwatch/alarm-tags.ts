/** API: TagResource, UntagResource, ListTagsForResource, of alarms. */
import { arnParts } from '../../aws/arn.ts';
import { authorize, type Demand } from '../iam/authorize-call.ts';
import { mergeTags } from '../iam/iam-request.ts';
import { requestTagKeys, tagKeys } from '../iam/request-keys.ts';
import type { Tag } from '../s3/shapes.ts';
import { AwsError } from '../wire/errors.ts';
import { type AlarmOperation, type AlarmRequest, checkTagCount, tagsIn } from './alarm-request.ts';
import type { Alarm } from './cloudwatch-state.ts';
import { requireText, textsIn } from './input.ts';

export const tagOperations: Readonly<Record<string, AlarmOperation>> = {
  TagResource: (request) => {
    const tags = tagsIn(request.input);
    const alarm = openAlarm(request, requestTagKeys(tags));
    const merged: Tag[] = mergeTags(alarm.tags, tags);
    checkTagCount(merged);
    alarm.tags = merged;
    return {};
  },
  UntagResource: (request) => {
    const keys = textsIn(request.input, 'TagKeys');
    const alarm = openAlarm(request, { 'aws:TagKeys': [...keys] });
    alarm.tags = alarm.tags.filter(({ Key }) => !keys.includes(Key));
    return {};
  },
  ListTagsForResource: (request) => ({ Tags: openAlarm(request).tags }),
};

/** @throws AwsError `AccessDenied`, `ResourceNotFoundException` */
function openAlarm(request: AlarmRequest, context: Demand['context'] = {}): Alarm {
  const { state, call, caller, input } = request;
  const arn = requireText(input, 'ResourceARN');
  const alarm = state.cloudWatch.alarms[arn];
  authorize(request, {
    action: `cloudwatch:${call.operation}`,
    resource: arn,
    account: arnParts(arn)?.account ?? caller.account,
    context: { ...tagKeys('aws:ResourceTag/', alarm?.tags), ...context },
  });
  if (alarm?.region === call.region) return alarm;
  const members = { ResourceType: 'CloudWatchResource', ResourceId: arn };
  throw new AwsError('ResourceNotFoundException', 404, 'The named resource does not exist.', members);
}
