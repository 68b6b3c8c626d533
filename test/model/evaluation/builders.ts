/** The default request of these tests: the replication role of one account writes a replica into a bucket of another. */

import type { PolicyDocument } from '../../../src/aws/policy.ts';
import type { Decision, NamedPolicy, PoliciesInPlay, Question, Refuser } from '../../../src/model/decision.ts';
import { evaluate as decisionOf, evaluateTrust as trustDecisionOf } from '../../../src/model/evaluate.ts';
import { textOf } from '../../../src/model/evaluation/phrase.ts';
import { controlText, mismatchOf } from '../../../src/model/replication/explain.ts';

export const HERE = '111111111111';
export const THERE = '222222222222';
export const role = `arn:aws:iam::${HERE}:role/service-role/repl`;
export const session = `arn:aws:sts::${HERE}:assumed-role/repl/s3-replication`;
export const roleId = 'AROAEXAMPLEOFAROLEID1';
export const object = 'arn:aws:s3:::dst/a/b.txt';
export const bucket = 'arn:aws:s3:::dst';
export const key = `arn:aws:kms:eu-west-1:${THERE}:key/11111111-2222-3333-4444-555555555555`;
export const contextKey = 'kms:EncryptionContext:aws:s3:arn';

export function aQuestion(change: Partial<Question> = {}): Question {
  return {
    caller: { roleArn: role, sessionName: 's3-replication', roleId, account: HERE },
    action: 's3:ReplicateObject',
    resource: object,
    resourceAccount: THERE,
    context: {},
    ...change,
  };
}

/** Asks for the use of a key of the destination. */
export function aKeyQuestion(change: Partial<Question> = {}): Question {
  return aQuestion({ action: 'kms:Encrypt', resource: key, ...change });
}

export function noPolicies(change: Partial<PoliciesInPlay> = {}): PoliciesInPlay {
  return { identity: [], boundary: null, serviceControl: [], resourceControl: [], resource: null, ...change };
}

/** A policy of statements as AWS might return them, sound or not. */
export function named(name: string, ...statements: unknown[]): NamedPolicy {
  return { name, document: { Version: '2012-10-17', Statement: statements } as unknown as PolicyDocument };
}

export const allow = (change: object = {}) => ({ Effect: 'Allow', Action: 's3:*', Resource: '*', ...change });
export const deny = (change: object = {}) => ({ ...allow(change), Effect: 'Deny' });

/** Statements for a resource's policy: they name the role unless told otherwise. */
export const grant = (change: object = {}) => allow({ Principal: { AWS: role }, ...change });
export const refuse = (change: object = {}) => ({ ...grant(change), Effect: 'Deny' });

/** `allowed`, `unknown`, `explicit` or `implicit`, with the side that refused. */
export function brief(decision: Decision | ReturnType<typeof inWords>): string {
  return decision.effect === 'denied' ? `${decision.kind} ${decision.side}` : decision.effect;
}

/** A decision in the sentences that are made of it. */
export function inWords(decision: Decision) {
  switch (decision.effect) {
    case 'allowed':
      return { ...decision, uncertain: decision.uncertain.map(controlText) };
    case 'unknown':
      return { ...decision, why: decision.why.map(textOf) };
    case 'denied': {
      const { mayDeny, also } = decision;
      return {
        ...decision,
        ...refuserInWords(decision),
        ...(also && { also: also.map(refuserInWords) }),
        ...(mayDeny && { mayDeny: mayDeny.map(textOf) }),
      };
    }
  }
}

function refuserInWords({ by, ...refuser }: Refuser) {
  return {
    ...refuser,
    by: by.map(({ misses, ...place }) => ({ ...place, ...(misses && { mismatch: mismatchOf(misses) }) })),
  };
}

/** `evaluate`, in these sentences. */
export function evaluate(...asked: Parameters<typeof decisionOf>) {
  return inWords(decisionOf(...asked));
}

/** `evaluateTrust`, in these sentences. */
export function evaluateTrust(...asked: Parameters<typeof trustDecisionOf>) {
  return inWords(trustDecisionOf(...asked));
}
