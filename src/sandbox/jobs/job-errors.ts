/** By name and status of the API model, where every error of a client is 400; messages are ours unless a page has them. */
import { AwsError } from '../wire/errors.ts';

export function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', 400, message);
}

export function idempotencyConflict(): AwsError {
  const message = 'The client request token was used before, with other parameters.';
  return new AwsError('IdempotencyException', 400, message);
}

export function tooManyJobs(): AwsError {
  const message = 'The account has reached its limit of 6 active Batch Replication jobs.';
  return new AwsError('TooManyRequestsException', 400, message);
}

/** The API model names this one. */
export function jobNotFound(): AwsError {
  return new AwsError('NotFoundException', 400, 'The specified job does not exist');
}

/** The S3 User Guide (troubleshooting-batch-operations) names this one, also for a job that has only just been created. Its status is not documented. */
export function noSuchJob(): AwsError {
  return new AwsError('NoSuchJobException', 400, 'No such job');
}

export function wrongJobStatus(status: string, asked: string): AwsError {
  return new AwsError('JobStatusException', 400, `A job that is ${status} cannot become ${asked}.`);
}

export function invalidListRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', 400, message);
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextTokenException', 400, 'The next token is not valid.');
}

export function tooManyTags(): AwsError {
  return new AwsError('TooManyTagsException', 400, 'A job may have at most 50 tags.');
}
