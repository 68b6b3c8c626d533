import type { Spec } from '../config/spec.ts';
import { Failure } from '../events/failure.ts';
import { sidesOf } from '../state/names.ts';
import { bucketOf, type State } from '../state/state.ts';

/**
 * Whether the endpoint keeps a document as S3 does. The read that shows it needs a bucket: with only new buckets, nothing is known before the first write.
 * @param endpoint the S3 endpoint of AWS_ENDPOINT_URL; undefined: AWS's own.
 */
export function checkLikeS3(
  observed: State,
  spec: Spec,
  endpoint: string | undefined,
): (Pick<Failure, 'code' | 'message'> & { readonly fix: string }) | undefined {
  if (endpoint === undefined) return undefined;
  const strange = sidesOf(spec).find(
    ({ account, bucket }) => bucketOf(observed, account, bucket)?.requestPayment === 'unknown',
  );
  return (
    strange && {
      code: 'not-like-s3',
      message: `${endpoint} does not answer as S3 does (GetBucketRequestPayment of ${strange.bucket}): s3repl cannot tell whether it stores what s3repl writes`,
      fix: `${instead}; s3repl apply --force writes anyway`,
    }
  );
}

/** AWS gives a document back as it was put; an emulator may keep only part of it (moto's GetBucketReplication). */
export function readBackFailure(left: string, endpoint: string): Failure {
  return new Failure(
    'unknown',
    'not-kept',
    `s3repl sent everything, but ${endpoint} does not return it as sent (${left}): s3repl cannot tell what is in place`,
    `an emulator may not store the complete document: ${instead}`,
  );
}

const instead = 'try the setup with --sandbox or on AWS instead';
