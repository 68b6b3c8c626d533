/** Somebody who holds the policies of a setup role, and means harm. */
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { SOURCE } from '../builders.ts';
import { type Clients, clientsOf } from '../sandbox/clients.ts';
import { roleArn } from './set-up-roles.ts';

/** The replication role. */
export const RoleName = 's3repl-invoices-dr';
export const replicationRole = `arn:aws:iam::${SOURCE}:role/${RoleName}`;

export const holder = roleArn(SOURCE);

export function document(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

export const everything = document({ Effect: 'Allow', Action: '*', Resource: '*' });

/** A trust policy that names its holder needs no right of the holder's to assume the role. */
export const letsHolderIn = document({ Effect: 'Allow', Principal: { AWS: holder }, Action: 'sts:AssumeRole' });

/** A session of the setup role of an account. */
export function signIn(sandbox: Sandbox, account = SOURCE, region = 'eu-west-1'): Promise<Clients> {
  return assume(sandbox, clientsOf(sandbox, account), roleArn(account), region);
}

/** A session of a role, for whoever these clients are of. */
export async function assume(
  sandbox: Sandbox,
  { sts }: Clients,
  RoleArn: string,
  region = 'eu-west-1',
): Promise<Clients> {
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'mallory' }));
  return clientsOf(sandbox, Credentials ?? {}, region);
}
