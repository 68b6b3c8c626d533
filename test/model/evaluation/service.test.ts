import { expect, test } from 'vitest';
import { evaluateService } from '../../../src/model/evaluate.ts';
import { named } from './builders.ts';

const topic = 'arn:aws:sns:eu-west-1:111111111111:failures';
const key = 'arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000';
const bucket = 'arn:aws:s3:::src';

const allow = {
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'SNS:Publish',
  Resource: topic,
} as const;
const context = { 'aws:SourceArn': bucket, 'aws:SourceAccount': '111111111111' };

const askAbout = (resource: string, action: string, ...statements: readonly unknown[]) =>
  evaluateService(named('policy', ...statements), { service: 's3.amazonaws.com', action, resource, context });

test.each([
  ['names the service', [allow], 'allowed'],
  ['names everyone', [{ ...allow, Principal: '*' }], 'allowed'],
  ['names another service', [{ ...allow, Principal: { Service: 'sns.amazonaws.com' } }], 'denied'],
  ['names an account', [{ ...allow, Principal: { AWS: '111111111111' } }], 'denied'],
  ['is about another topic', [{ ...allow, Resource: `${topic}x` }], 'denied'],
  ['is about another action', [{ ...allow, Action: 'SNS:Subscribe' }], 'denied'],
  ['asks for the bucket', [{ ...allow, Condition: { ArnLike: { 'aws:SourceArn': bucket } } }], 'allowed'],
  ['asks for another bucket', [{ ...allow, Condition: { ArnLike: { 'aws:SourceArn': `${bucket}x` } } }], 'denied'],
  ['asks for a service', [{ ...allow, Condition: { Bool: { 'aws:PrincipalIsAWSService': 'true' } } }], 'allowed'],
  ['asks for what nobody knows', [{ ...allow, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }], 'unknown'],
  ['denies too', [allow, { ...allow, Effect: 'Deny' }], 'denied'],
  ['says nothing', [], 'denied'],
])('a policy that %s: %s', (_, statements, effect) => {
  expect(askAbout(topic, 'SNS:Publish', ...statements).effect).toBe(effect);
});

test('a key policy decides on a key, and a statement in it without Resource counts for nothing', () => {
  const use = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'kms:Decrypt', Resource: '*' };
  const { Resource, ...without } = use;
  expect(askAbout(key, 'kms:Decrypt', use).effect).toBe('allowed');
  expect(askAbout(key, 'kms:GenerateDataKey', use).effect).toBe('denied');
  expect(askAbout(key, 'kms:Decrypt', without).effect).toBe('denied');
});
