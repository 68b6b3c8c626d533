import { parseArn } from './arn.ts';
import type { Caller } from './identity.ts';
import type { PolicyDocument, Principal, Statement } from './policy-document.ts';

/** What is asked of a policy; `context` holds the condition keys that this request has. */
export interface PolicyQuestion {
  readonly caller?: Caller;
  readonly action: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Whether a policy allows something. Of conditions, only `StringEquals` is understood: a statement with any other never
 * applies (docs/sandbox.md).
 */
export function policyAllows(policy: PolicyDocument, question: PolicyQuestion): boolean {
  const applying = policy.statements.filter((statement) => applies(statement, question));
  return applying.length > 0 && applying.every((statement) => statement.effect === 'Allow');
}

function applies(statement: Statement, question: PolicyQuestion): boolean {
  return (
    appliesToCaller(statement, question.caller) &&
    appliesTo(statement.action, statement.notAction, question.action.toLowerCase(), true) &&
    (question.resource === undefined ||
      appliesTo(statement.resource, statement.notResource, question.resource, false)) &&
    conditionHolds(statement, question.context ?? {})
  );
}

function appliesToCaller(statement: Statement, caller: Caller | undefined): boolean {
  if (caller === undefined) return true;
  if (statement.principal !== undefined) return isPrincipal(caller, statement.principal);
  return statement.notPrincipal !== undefined && !isPrincipal(caller, statement.notPrincipal);
}

function isPrincipal(caller: Caller, principal: Principal): boolean {
  if (principal === '*') return true;
  return (principal.AWS ?? []).some((name) => {
    if (name === '*' || name === caller.userId || name === caller.roleId) return true;
    const arn = parseArn(name);
    return arn?.resource === 'root' && arn.account === caller.account;
  });
}

function appliesTo(
  patterns: readonly string[] | undefined,
  exceptions: readonly string[] | undefined,
  value: string,
  ignoreCase: boolean,
): boolean {
  const isLike = (pattern: string): boolean => matchesPattern(ignoreCase ? pattern.toLowerCase() : pattern, value);
  if (patterns !== undefined) return patterns.some(isLike);
  return exceptions !== undefined && !exceptions.some(isLike);
}

/** Whether a text matches a pattern with `*` and `?`. */
export function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function conditionHolds(statement: Statement, context: Readonly<Record<string, string>>): boolean {
  return Object.entries(statement.condition ?? {}).every(
    ([operator, keys]) =>
      operator === 'StringEquals' &&
      Object.entries(keys).every(([key, values]) => {
        const value = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
        return value !== undefined && values.includes(value);
      }),
  );
}
