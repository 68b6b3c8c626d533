/** A set-up with alerts, and what CloudWatch and SNS have of it. */
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { SNSClient } from '@aws-sdk/client-sns';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import type { People } from './by-hand.ts';
import { type Ended, invoices } from './cli.ts';

export const minuteMs = 60_000;
export const mine = 'storage@example.com';
export const withAlerts = (more = '') => `${invoices}alerts:\n  emails: [${mine}]\n${more}`;

const as = ({ sandbox }: People, region = 'eu-west-1') => ({
  requestHandler: sandbox.requestHandler,
  credentials: sandboxCredentials('111111111111'),
  region,
  maxAttempts: 1,
});
export const snsOf = (people: People, region?: string) => new SNSClient(as(people, region));

export async function alarmsIn(people: People, region?: string) {
  const { MetricAlarms = [] } = await new CloudWatchClient(as(people, region)).send(new DescribeAlarmsCommand({}));
  return Object.fromEntries(MetricAlarms.map(({ AlarmName = '', StateValue }) => [AlarmName, StateValue]));
}

export const codes = ({ lines }: Ended) => lines.flatMap(({ type, code }) => (type === 'warning' ? [code] : []));
