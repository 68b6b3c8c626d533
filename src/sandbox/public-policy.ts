import type { PolicyDocument } from './policy-document.ts';

/** A policy is taken for public when it lets everyone in without any condition; S3 looks closer than that. */
export function isPublic(policy: PolicyDocument): boolean {
  return policy.statements.some(
    ({ effect, principal, condition }) =>
      effect === 'Allow' && condition === undefined && (principal === '*' || principal?.AWS?.includes('*') === true),
  );
}
