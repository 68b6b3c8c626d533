import { s3Document, s3Empty } from '../wire/answer.ts';
import { type BucketOperation, invalidArgument, rootOf } from './request.ts';
import { requireExisting } from './settings.ts';

const minimumSizeHeader = 'x-amz-transition-default-minimum-object-size';
/** The first is the default (S3 API Reference, PutBucketLifecycleConfiguration). */
const minimumSizes: readonly string[] = ['all_storage_classes_128K', 'varies_by_storage_class'];

/** Kept as it was put, without effect. */
export const lifecycleOperations: Readonly<Record<string, BucketOperation>> = {
  GetBucketLifecycleConfiguration: {
    action: 's3:GetLifecycleConfiguration',
    run: ({ bucket }) => {
      const missing = ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'] as const;
      const answer = s3Document('LifecycleConfiguration', requireExisting(bucket.lifecycle, bucket.name, ...missing));
      return { ...answer, headers: { ...answer.headers, ...minimumSize(bucket.lifecycleMinimumSize) } };
    },
  },
  PutBucketLifecycleConfiguration: {
    action: 's3:PutLifecycleConfiguration',
    run: (request) => {
      const { bucket, call } = request;
      rootOf(request, 'LifecycleConfiguration');
      const size = call.headers[minimumSizeHeader];
      if (size !== undefined && !minimumSizes.includes(size)) throw invalidArgument('', minimumSizeHeader, size);
      bucket.lifecycle = call.body.replace(/^.*?<LifecycleConfiguration[^>]*>/s, '<LifecycleConfiguration>');
      if (size === undefined) delete bucket.lifecycleMinimumSize;
      else bucket.lifecycleMinimumSize = size;
      return s3Empty(200, minimumSize(size));
    },
  },
  DeleteBucketLifecycle: {
    action: 's3:PutLifecycleConfiguration',
    run: ({ bucket }) => {
      delete bucket.lifecycle;
      delete bucket.lifecycleMinimumSize;
      return s3Empty(204);
    },
  },
};

/** S3 tells with every lifecycle from which size on objects move to another storage class. */
function minimumSize(size = minimumSizes[0] ?? ''): Record<string, string> {
  return { [minimumSizeHeader]: size };
}
