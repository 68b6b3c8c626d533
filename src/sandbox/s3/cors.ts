import { s3Empty } from '../wire/answer.ts';
import { type BucketOperation, document, invalidRequest } from './request.ts';
import { answerDocument, requireExisting } from './settings.ts';
import { corsShape } from './shapes.ts';

/** S3 User Guide, "Elements of a CORS configuration". */
const methods: readonly string[] = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];

/** Kept without effect: the sandbox refuses web pages. */
export const corsOperations: Readonly<Record<string, BucketOperation>> = {
  GetBucketCors: {
    action: 's3:GetBucketCORS',
    run: ({ bucket }) => {
      const missing = ['NoSuchCORSConfiguration', 'The CORS configuration does not exist'] as const;
      return answerDocument('CORSConfiguration', corsShape, requireExisting(bucket.cors, bucket.name, ...missing));
    },
  },
  PutBucketCors: {
    action: 's3:PutBucketCORS',
    run: (request) => {
      const cors = document(request, 'CORSConfiguration', corsShape);
      const unsupported = cors.CORSRules.flatMap((rule) => rule.AllowedMethods).find((name) => !methods.includes(name));
      if (unsupported !== undefined) {
        throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${unsupported}`);
      }
      request.bucket.cors = cors;
      return s3Empty(200);
    },
  },
  // It needs the permission to put one (S3 API Reference, DeleteBucketCors).
  DeleteBucketCors: {
    action: 's3:PutBucketCORS',
    run: ({ bucket }) => {
      delete bucket.cors;
      return s3Empty(204);
    },
  },
};
