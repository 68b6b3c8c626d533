/** Why nobody would hear of an alarm, and what fixes it. Pure. */
import type { Topic } from '../aws/alert-documents.ts';
import { regionOf } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import type { ResultError } from '../events/failure.ts';
import type { Advice } from '../state/change.ts';
import { enableKeyCommand } from '../steps/key-commands.ts';
import { addressesAsked, isAddress, type TopicSlot } from '../steps/topic-slots.ts';

export type Fault = ResultError & { readonly fix: string };

/** @param said AWS's words in the history of the alarm. @param topic null: it was not there. */
export function publishFault(said: string, { arn }: TopicSlot, topic: Topic | null): Fault {
  const message = `CloudWatch could not publish to the topic ${arn}: ${said}`;
  return { code: 'alert-not-published', message, ...adviseOn(said, arn, topic) };
}

const soon =
  'after a recent change, wait a minute and run s3repl verify --alerts again: the change may not have taken effect yet';

/** The words were seen in histories of alarms (facts: watch.md 4.2, 4.3); those about keys come first, since a key may be "not found" as well. */
function adviseOn(said: string, arn: string, topic: Topic | null): Advice {
  if (/kms|encryption key|\bkey\b/i.test(said)) return adviseOnKey(said, arn, topic?.kmsKey);
  return { fix: fixFor(said, arn) };
}

function fixFor(said: string, arn: string): string {
  if (/not authorized|denied|AuthorizationError/i.test(said))
    return `allow sns:Publish to cloudwatch.amazonaws.com in the policy of ${arn}; s3repl apply adds that statement, so if it is there, look for a Deny; ${soon}`;
  if (/not exist|not ?found/i.test(said))
    return 'if s3repl created the topic, s3repl apply creates it again; otherwise create it, or write another ARN';
  return `${soon}; s3repl does not know this error`;
}

function adviseOnKey(said: string, topic: string, kmsKey: string | null | undefined): Advice {
  const fix = fixOfKey(said, kmsKey ?? 'of the topic');
  if (!isDisabled(said) || !kmsKey || isAlias(kmsKey)) return { fix };
  return { fix: `${fix}:`, paste: enableKeyCommand(kmsKey, regionOf(topic)) };
}

function fixOfKey(said: string, key: string): string {
  if (/(^|\/)aws\/sns$/.test(key))
    return 'encrypt the topic with a customer managed key, or not at all: the policy of alias/aws/sns does not let CloudWatch use it, and nobody can change that policy';
  if (isDisabled(said)) return `enable the key ${key}, which encrypts the topic`;
  if (/not exist|not ?found/i.test(said))
    return `the key ${key}, which encrypts the topic, does not exist: set another key for the topic`;
  return `allow kms:GenerateDataKey* and kms:Decrypt to cloudwatch.amazonaws.com in the policy of the key ${key}; ${soon}`;
}

function isDisabled(said: string): boolean {
  return /disabled|invalid ?state/i.test(said);
}

/** EnableKey takes no aliases (KMS API, EnableKey). */
function isAlias(key: string): boolean {
  return /(^|:)alias\//.test(key);
}

export function countConfirmed(topic: Topic | null): number {
  return (topic?.subscriptions ?? []).filter(({ arn }) => arn !== null).length;
}

/** Undefined: somebody is subscribed. */
export function subscriberFault({ arn, made }: TopicSlot, topic: Topic | null, { alerts }: Spec): Fault | undefined {
  if (topic === null || countConfirmed(topic) > 0) return undefined;
  const { emails = [] } = alerts ?? {};
  const waiting = topic.subscriptions.map(({ endpoint }) => endpoint);
  const gone = emails.filter(
    (address) => addressesAsked(topic).length > 0 && !topic.subscriptions.some((one) => isAddress(one, address)),
  );
  if (waiting.length > 0)
    return {
      code: 'nobody-subscribed',
      message: `nobody gets the alarms: ${waiting.join(', ')} did not confirm the subscription to ${arn}`,
      fix: 'click the link in the message "AWS Notification - Subscription Confirmation", within 48 hours; after that, s3repl apply --resend-confirmation sends another',
    };
  const fix =
    gone.length > 0
      ? 'to ask again, run: s3repl apply --resend-confirmation'
      : made
        ? 'write emails, or subscribe somebody to the topic'
        : 'subscribe somebody to the topic, and confirm it';
  const message = `nobody gets the alarms: nobody is subscribed to ${arn}`;
  return { code: 'nobody-subscribed', message, fix };
}
