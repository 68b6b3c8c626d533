import { describe, expect, it } from 'vitest';
import type { AccountState } from '../../src/state/state.ts';
import { unreadFindings } from '../../src/steps/unread-findings.ts';
import { aBucket, aSpec, DESTINATION, SOURCE } from '../builders.ts';

const spec = aSpec();

function findings(source: Partial<AccountState>, destination: Partial<AccountState>) {
  const account = (bucket: string, more: Partial<AccountState>): AccountState => ({
    roles: {},
    keys: {},
    buckets: { [bucket]: aBucket() },
    ...more,
  });
  const accounts = {
    [SOURCE]: account('acme-invoices', source),
    [DESTINATION]: account('acme-invoices-replica', destination),
  };
  return unreadFindings({ accounts }, spec).map(({ code, side, fix }) => [code, side, fix.split(' ')[1]]);
}

describe('what nobody lets s3repl read', () => {
  it('is a warning with the action that is missing, on the side that it is missing on', () => {
    const lifecycle = (bucket: string) => ({ buckets: { [bucket]: aBucket({ lifecycle: 'unknown' }) } });
    expect(findings(lifecycle('acme-invoices'), lifecycle('acme-invoices-replica'))).toEqual([
      ['lifecycle-unread', 'source', 's3:GetLifecycleConfiguration'],
      ['lifecycle-unread', 'destinations[0]', 's3:GetLifecycleConfiguration'],
    ]);
    expect(findings({ organization: 'unknown' }, { publicAccessBlock: 'unknown' })).toEqual([
      ['organization-unread', 'source', 'organizations:DescribeOrganization'],
      ['account-block-unread', 'destinations[0]', 's3:GetAccountPublicAccessBlock'],
    ]);
  });

  it('is nothing where it was read, or not looked at', () => {
    expect(findings({ organization: null }, { publicAccessBlock: { RestrictPublicBuckets: true } })).toEqual([]);
    expect(findings({}, { buckets: { 'acme-invoices-replica': aBucket({ lifecycle: null }) } })).toEqual([]);
    expect(findings({ buckets: {} }, { buckets: { 'acme-invoices-replica': null } })).toEqual([]);
  });

  it('of an account that has several sides is said once', () => {
    const one = aSpec({ destinations: aSpec().destinations.map((side) => ({ ...side, account: SOURCE })) });
    const account = { roles: {}, keys: {}, buckets: {}, organization: 'unknown' as const };
    expect(unreadFindings({ accounts: { [SOURCE]: account } }, one)).toHaveLength(1);
  });
});
