/** Most setups need neither of these reads, so each is made only where a policy asks for it. */

import type { PublicAccessBlock } from '../aws/documents.ts';
import { toJson } from '../aws/json.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import { publicStatements, unclearStatements } from '../aws/public-policy.ts';
import { required } from '../aws/required.ts';
import { catchAbsent } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import type { Found } from '../model/snapshot.ts';
import type { Organization } from '../state/state.ts';
import type { Reading } from './reading.ts';

export interface AccountFacts {
  readonly publicAccessBlock?: Found<PublicAccessBlock>;
  readonly organization?: Found<Organization>;
}

type Where = Pick<Connection, 'account' | 's3Control' | 'organizations'>;

interface Account {
  readonly buckets: unknown;
}

/**
 * Block Public Access where a bucket policy is public; the organization where a condition names it.
 * @param caller account of the replication role, which `aws:PrincipalOrgID` is about.
 */
export async function readAccountFacts(
  accounts: Readonly<Record<string, Account>>,
  caller: string,
  at: (account: string) => Where | undefined,
  reading: (account: string) => Reading<'unknown'>,
): Promise<Readonly<Record<string, AccountFacts>>> {
  const text = JSON.stringify(accounts).toLowerCase();
  const facts = Object.entries(accounts).map(async ([account, things]): Promise<[string, AccountFacts]> => {
    const where = at(account);
    if (where === undefined) return [account, {}];
    const asksOrganization =
      text.includes('aws:resourceorgid') || (account === caller && text.includes('aws:principalorgid'));
    const [publicAccessBlock, organization] = await Promise.all([
      hasPublicBucket(things) ? reading(account)(['publicAccessBlock'], readPublicAccessBlock(where)) : undefined,
      asksOrganization ? reading(account)(['organization'], readOrganization(where)) : undefined,
    ]);
    return [
      account,
      {
        ...(publicAccessBlock === undefined ? {} : { publicAccessBlock }),
        ...(organization === undefined ? {} : { organization }),
      },
    ];
  });
  return Object.fromEntries(await Promise.all(facts));
}

/** Also where S3 may or may not take a policy for public. */
function hasPublicBucket({ buckets }: Account): boolean {
  return Object.values(Object(buckets)).some((bucket) => {
    const { policy } = Object(bucket) as { readonly policy?: PolicyDocument | null | 'unknown' };
    if (policy === undefined || policy === 'unknown') return false;
    return publicStatements(policy).length > 0 || unclearStatements(policy).length > 0;
  });
}

/** Null where nobody has set it (API: GetPublicAccessBlock of S3 Control). */
async function readPublicAccessBlock({ account, s3Control }: Where): Promise<PublicAccessBlock | null> {
  const { GetPublicAccessBlockCommand } = required('@aws-sdk/client-s3-control');
  const answer = await s3Control
    .send(new GetPublicAccessBlockCommand({ AccountId: account }))
    .catch(catchAbsent('NoSuchPublicAccessBlockConfiguration'));
  return toJson(answer?.PublicAccessBlockConfiguration ?? null) as PublicAccessBlock | null;
}

/** Null without an organization (API: DescribeOrganization, which member accounts may call). */
async function readOrganization({ organizations }: Where): Promise<Organization | null> {
  const { DescribeOrganizationCommand } = required('@aws-sdk/client-organizations');
  const answer = await organizations
    .send(new DescribeOrganizationCommand({}))
    .catch(catchAbsent('AWSOrganizationsNotInUseException'));
  const id = answer?.Organization?.Id;
  return id === undefined ? null : { id };
}
