/** Reads policies exactly, or not at all: a misread one would be written back. */

import type { PolicyDocument } from '../aws/policy.ts';
import { Failure } from '../events/failure.ts';
import { faultIn } from '../files/json-text.ts';

export class UnreadablePolicy extends Failure {
  constructor(what: string, why: string) {
    super(
      'blocked',
      'unreadable-policy',
      `s3repl cannot read ${what} exactly: ${why}`,
      's3repl never overwrites a policy that it cannot read: fix that policy, and run the same command',
    );
  }
}

/** Refuses only what cannot be written back unchanged, or has no place for ours. @param what such as `the bucket policy of acme`. @throws UnreadablePolicy */
export function policyIn(text: string | undefined, what: string): PolicyDocument {
  if (text === undefined || text === '') throw new UnreadablePolicy(what, 'the answer is empty');
  const fault = faultIn(text);
  if (fault) throw new UnreadablePolicy(what, `${fault.line}:${fault.column} ${fault.message}`);
  const document: unknown = JSON.parse(text);
  if (!isObject(document)) throw new UnreadablePolicy(what, 'it is not a JSON object');
  const { Statement } = document;
  if (Statement === undefined) throw new UnreadablePolicy(what, 'it has no Statement');
  if (![Statement].flat().every(isObject))
    throw new UnreadablePolicy(what, 'its Statement is neither a statement nor a list of statements');
  return document as unknown as PolicyDocument;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
