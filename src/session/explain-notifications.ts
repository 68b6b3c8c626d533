import { listRefusedDestinations } from '../aws/list-refused-destinations.ts';
import type { FailedCall } from '../connect/trace.ts';
import { Failure } from '../events/failure.ts';

const goOn = 'run the same command again: it continues where it stopped';

/**
 * S3 checks every destination of a notification configuration each time that it is written, also those of others (API: PutBucketNotificationConfiguration).
 * Undefined for any other error.
 */
export function explainNotifications(error: Error, { operation, account, region }: FailedCall): Failure | undefined {
  if (operation !== 'PutBucketNotificationConfiguration' || error.name !== 'InvalidArgument') return undefined;
  const refused = listRefusedDestinations(error);
  const fail = (why: string, fix: string) =>
    new Failure(
      'failed',
      'notifications-refused',
      `S3 refuses the notification configuration of the source bucket (account ${account}, ${region}): ${why}`,
      `${fix}; then ${goOn}`,
      { cause: error },
    );
  if (refused.length > 0) {
    const named = refused.map(({ arn, reason }) => `${arn} (${reason.replace(/\.$/, '')})`);
    const isGone = refused.every(({ reason }) => /not exist/i.test(reason));
    return fail(
      `it cannot send to ${named.join(' or ')}, and checks every destination at each change`,
      isGone
        ? "remove the entries that name it from the bucket's notification configuration, or create it again"
        : 'let its policy allow s3.amazonaws.com to send to it (sns:Publish, sqs:SendMessage, lambda:InvokeFunction), and in the policy of its key, if it has one; or remove the entries that name it',
    );
  }
  if (/overlap/i.test(error.message))
    return fail(
      `another entry also reports failed objects, or all replication events: ${error.message}`,
      'remove events from repl.yaml, or remove the other entry from the notification configuration',
    );
  return undefined;
}
