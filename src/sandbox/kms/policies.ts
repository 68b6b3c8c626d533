import { bindPrincipals, showPrincipals } from '../iam/principals.ts';
import { PolicyFault, parsePolicy, reshapePolicy, type StoredPolicy } from '../iam/stored-policy.ts';
import { AwsError } from '../wire/errors.ts';
import { consentsToChange } from './authorize-key.ts';
import { type KmsOperation, type KmsRequest, keyOf, kmsValidation, requireInput, textInput } from './kms-request.ts';

const mostCharacters = 32_768;

export const keyPolicyOperations: Readonly<Record<string, KmsOperation>> = {
  GetKeyPolicy: (request) => {
    const key = keyOf(request);
    checkPolicyName(request);
    const shown = showPrincipals(key.policy, request.state, request.call.partition);
    return { Policy: printPolicy(reshapePolicy(shown)), PolicyName: 'default' };
  },
  PutKeyPolicy: (request) => {
    const key = keyOf(request);
    checkPolicyName(request);
    key.policy = newKeyPolicy(request, requireInput(request, 'Policy'));
  },
  ListKeyPolicies: (request) => {
    keyOf(request);
    return { PolicyNames: ['default'], Truncated: false };
  },
};

/** KMS's checks: size, shape, principals exist and are visible, and the caller can still change the policy (KMS API Reference, PutKeyPolicy). */
export function newKeyPolicy(request: KmsRequest, text: string): StoredPolicy {
  if (Buffer.byteLength(text) > mostCharacters) {
    throw new AwsError('LimitExceededException', 400, `Policy exceeds the maximum size of ${mostCharacters} bytes.`);
  }
  const policy = withKmsWords(() => {
    const parsed = parsePolicy(text);
    if (
      parsed.statements.some((statement) => statement.principal === undefined && statement.notPrincipal === undefined)
    ) {
      throw malformedKeyPolicy('Policy contains a statement with no principal.');
    }
    if (
      parsed.statements.some((statement) => statement.resource === undefined && statement.notResource === undefined)
    ) {
      throw malformedKeyPolicy('Policy contains a statement with no resource.');
    }
    return bindPrincipals(parsed, request.state, {
      partition: request.call.partition,
      now: request.now,
      seesNewRoles: false,
    });
  });
  const bypassed = request.input.BypassPolicyLockoutSafetyCheck === true;
  if (!bypassed && !consentsToChange(request, policy)) {
    throw malformedKeyPolicy('The new key policy will not allow you to update the key policy in the future.');
  }
  return policy;
}

function checkPolicyName(request: KmsRequest): void {
  const name = textInput(request, 'PolicyName');
  if (name !== undefined && name !== 'default') throw kmsValidation(`No such policy exists: ${name}`);
}

function withKmsWords<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    const words = {
      json: 'Policy is not valid JSON.',
      syntax: error.message,
      principal: 'Policy contains a statement with one or more invalid principals.',
    };
    throw malformedKeyPolicy(words[error.reason]);
  }
}

function malformedKeyPolicy(message: string): AwsError {
  return new AwsError('MalformedPolicyDocumentException', 400, message);
}

/** KMS's own style: a space before each colon, lists opened on the same line. */
function printPolicy(value: unknown, indent = ''): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) return `[ ${value.map((item) => printPolicy(item, indent)).join(', ')} ]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${deeper}${JSON.stringify(name)} : ${printPolicy(member, deeper)}`,
  );
  return `{\n${members.join(',\n')}\n${indent}}`;
}
