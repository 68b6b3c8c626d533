import { AwsError } from './errors.ts';
import type { Call } from './route.ts';

export function notImplemented(call: Call): AwsError {
  return new AwsError('NotImplemented', 501, `The sandbox does not have ${call.service}:${call.operation}.`);
}
