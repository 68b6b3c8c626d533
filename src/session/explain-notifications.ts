import { listRefusedDestinations } from '../aws/list-refused-destinations.ts';
import type { FailedCall } from '../connect/trace.ts';
import { Failure } from '../events/failure.ts';

const goOn = 'run the same command again: it goes on where this stopped';

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
      `S3 does not take the notifications of the source bucket (account ${account}, ${region}): ${why}`,
      `${fix}; then ${goOn}`,
      { cause: error },
    );
  if (refused.length > 0) {
    const named = refused.map(({ arn, reason }) => `${arn} (${reason.replace(/\.$/, '')})`);
    const isGone = refused.every(({ reason }) => /not exist/i.test(reason));
    return fail(
      `it cannot send to ${named.join(' or ')}, and checks all of them at each change`,
      isGone
        ? "take the entries that name it out of the bucket's notifications, or make it again"
        : 'let its policy allow s3.amazonaws.com to send to it (sns:Publish, sqs:SendMessage, lambda:InvokeFunction), and so its key, if it has one; or take the entries that name it out',
    );
  }
  if (/overlap/i.test(error.message))
    return fail(
      `another entry is for failed objects too, or for all events of replication: ${error.message}`,
      'leave events out of repl.yaml, or take the other entry out of the notifications',
    );
  return undefined;
}
