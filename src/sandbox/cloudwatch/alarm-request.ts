import { alarmArn } from '../../aws/arn.ts';
import type { Arn } from '../../aws/brand.ts';
import { authorize } from '../iam/authorize-call.ts';
import { requestTagKeys, tagKeys } from '../iam/request-keys.ts';
import type { Tag } from '../s3/shapes.ts';
import { jsonInput } from '../wire/json-input.ts';
import type { Operation } from '../wire/operation.ts';
import type { Alarm } from './cloudwatch-state.ts';
import { type Input, invalid, objectsIn, textIn } from './input.ts';

/** Of a resource (API: Tag). */
const mostTags = 50;

export interface AlarmRequest extends Operation {
  readonly input: Input;
}

export type AlarmOperation = (request: AlarmRequest) => unknown;

export function alarmRequest(operation: Operation): AlarmRequest {
  return { ...operation, input: jsonInput(operation.call) };
}

/** In the caller's account and Region. */
export function arnOfAlarm({ call, caller }: Operation, name: string): Arn {
  return alarmArn({ ...call, account: caller.account }, name);
}

/** Those in the caller's account and Region, by name. */
export function alarmsOf({ state, call, caller }: Operation): readonly Alarm[] {
  return Object.values(state.cloudWatch.alarms)
    .filter(({ account, region }) => account === caller.account && region === call.region)
    .toSorted((a, b) => (a.settings.AlarmName < b.settings.AlarmName ? -1 : 1));
}

interface AlarmDemand {
  /** Default: what the call is named. */
  readonly action?: string;
  /** Absent: all. */
  readonly name?: string | undefined;
  readonly tags?: readonly Tag[];
  /** The targets of a new alarm (Service Authorization Reference, Amazon CloudWatch). */
  readonly actions?: readonly string[];
}

/** @throws AwsError `AccessDenied` */
export function authorizeAlarm(request: AlarmRequest, demand: AlarmDemand = {}): void {
  const { action = request.call.operation, name = '*', tags = [], actions } = demand;
  const resource = arnOfAlarm(request, name);
  authorize(request, {
    action: `cloudwatch:${action}`,
    resource,
    account: request.caller.account,
    context: {
      ...tagKeys('aws:ResourceTag/', request.state.cloudWatch.alarms[resource]?.tags),
      ...requestTagKeys(tags),
      ...(actions !== undefined && { 'cloudwatch:AlarmActions': [...actions] }),
    },
  });
}

export function tagsIn(input: Input): Tag[] {
  const tags = objectsIn(input, 'Tags').map((tag) => ({
    Key: textIn(tag, 'Key') ?? '',
    Value: textIn(tag, 'Value') ?? '',
  }));
  if (tags.some(({ Key }) => Key === '' || Key.length > 128))
    throw invalid('A tag needs a key of 1 to 128 characters.');
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) throw invalid('The keys of tags must be unique.');
  checkTagCount(tags);
  return tags;
}

export function checkTagCount(tags: readonly Tag[]): void {
  if (tags.length > mostTags) throw invalid(`A resource can have ${mostTags} tags at most.`);
}
