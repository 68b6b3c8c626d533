import { arnParts } from '../../aws/arn.ts';
import type { NamedPolicy, PoliciesInPlay } from '../../model/decision.ts';
import type { SandboxState } from '../store/state.ts';
import type { Caller } from './identity.ts';

function policyAllowing(...actions: readonly string[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
}

const awsManagedPolicies: Readonly<Record<string, string>> = {
  AdministratorAccess: policyAllowing('*'),
  AmazonS3FullAccess: policyAllowing('s3:*', 's3-object-lambda:*'),
  AmazonS3ReadOnlyAccess: policyAllowing('s3:Get*', 's3:List*', 's3:Describe*'),
};

export function awsManagedPolicy(arn: string): string | undefined {
  const { service, account, resource = '' } = arnParts(arn) ?? {};
  const [, name = ''] = /^policy\/(\w+)$/.exec(resource) ?? [];
  return service === 'iam' && account === 'aws' ? awsManagedPolicies[name] : undefined;
}

type OwnPolicies = Pick<PoliciesInPlay, 'identity' | 'boundary' | 'session'>;

/** Everything is allowed, as far as the other policies agree. */
export const administratorPolicies: OwnPolicies = {
  identity: [{ name: 'AdministratorAccess', document: JSON.parse(policyAllowing('*')) }],
  boundary: null,
};

/** A user may do everything; a session has its role's policies, their boundary and its session policy. */
export function identityPolicies(state: SandboxState, { account, session }: Caller): OwnPolicies {
  if (session === undefined) return administratorPolicies;
  const { role, policy } = session;
  const findManaged = (arn: string) => state.accounts[account]?.policies[arn]?.document ?? awsManagedPolicy(arn);
  const nameDocument = (name: string, text: string | undefined) =>
    text === undefined ? 'unknown' : { name, document: parseOnce(text) };
  return {
    identity: [
      ...Object.entries(role.inline).map(([name, text]) => nameDocument(`inline policy ${name}`, text)),
      ...role.attached.map((arn) => nameDocument(arn, findManaged(arn))),
    ],
    boundary: role.boundary === undefined ? null : nameDocument(role.boundary, findManaged(role.boundary)),
    session: policy === undefined ? null : { name: 'the session policy', document: parseOnce(policy) },
  };
}

/** Parsed once for each text; emptied before there are too many. */
const documents = new Map<string, NamedPolicy['document']>();
const mostRemembered = 1000;

function parseOnce(text: string): NamedPolicy['document'] {
  const known = documents.get(text);
  if (known !== undefined) return known;
  if (documents.size >= mostRemembered) documents.clear();
  const document = JSON.parse(text);
  documents.set(text, document);
  return document;
}
