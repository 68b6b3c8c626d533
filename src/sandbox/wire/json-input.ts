import { isObject } from '../../model/evaluation/element.ts';
import { AwsError } from './errors.ts';
import type { Call } from './route.ts';

/** Of services that speak JSON. @throws AwsError `SerializationException` */
export function jsonInput({ body }: Call): Readonly<Record<string, unknown>> {
  const input = parseInput(body);
  return isObject(input) ? { ...input } : {};
}

function parseInput(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new AwsError('SerializationException', 400, '');
  }
}
