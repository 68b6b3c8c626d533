import { alarmArn, topicArn } from '../aws/arn.ts';
import type { AnySide, Spec } from '../config/spec.ts';
import { sidesOf } from '../state/names.ts';
import type { Need, Purpose } from '../state/need.ts';
import { rulesOf, unwrapSingle } from '../steps/scope.ts';

const hearing: readonly Purpose[] = ['doctor', 'status'];

/**
 * For `doctor` and `status`, which say whether anybody would hear of a failed object: by alarms and topics of whomever. S3 counts nothing of rules without metrics. Without names,
 * DescribeAlarms asks for all alarms of the Region (Service Authorization Reference, Amazon CloudWatch).
 */
export function hearingNeeds(side: AnySide, spec: Spec): readonly Need[] {
  const { source } = spec;
  const isAtSource = side.id === 'source';
  const isCounted = rulesOf(spec).some(({ metrics }) => metrics);
  if (!isCounted || (!isAtSource && side.account === source.account)) return [];
  const regions = isAtSource ? [...new Set(sidesOf(spec).map(({ region }) => region))] : [side.region];
  const on = (makeArn: typeof alarmArn) => unwrapSingle(regions.map((region) => makeArn({ ...side, region }, '*')));
  return [
    { sid: 'AnyAlarms', actions: ['cloudwatch:DescribeAlarms'], on: on(alarmArn), for: hearing },
    ...(isAtSource
      ? [
          {
            sid: 'AnyTopics',
            actions: ['sns:GetTopicAttributes', 'sns:ListSubscriptionsByTopic'],
            on: on(topicArn),
            for: hearing,
          },
        ]
      : []),
  ];
}
