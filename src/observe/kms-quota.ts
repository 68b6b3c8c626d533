import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import { kmsRate } from '../aws/kms-rate.ts';
import { required } from '../aws/required.ts';
import { catchAbsent } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { type KmsQuota, quotaByTable } from '../plan/kms-load.ts';
import { type Noted, noteRefusals } from './reading.ts';

type Where = Pick<Connection, 'region' | 'serviceQuotas'>;

/**
 * How many cryptographic requests with symmetric keys KMS takes in a second: the quota of the account, else AWS's default for the Region, else what AWS's
 * documentation says (Service Quotas API Reference: GetServiceQuota, GetAWSDefaultServiceQuota).
 *
 * @param at the account that calls KMS, in the Region of the keys. @returns the quota, and which reads failed.
 * @throws Failure at the deadline, by Ctrl-C, without credentials, and where something answers in AWS's place.
 */
export function readKmsQuota(at: Where): Promise<Noted<KmsQuota>> {
  return noteRefusals(async (reading) => {
    const applied = await reading(['applied'], readApplied(at));
    if (typeof applied === 'number') return { perSecond: applied, origin: 'applied' };
    const byDefault = await reading(['default'], readDefault(at));
    if (typeof byDefault === 'number') return { perSecond: byDefault, origin: 'default' };
    return quotaByTable(at.region);
  });
}

const asked = { ServiceCode: kmsRate.service, QuotaCode: kmsRate.code };

/** AWS has no applied value of some quotas (API: GetServiceQuota). */
const unlessThere = catchAbsent('NoSuchResourceException');

async function readApplied({ serviceQuotas }: Where): Promise<number | null> {
  const { GetServiceQuotaCommand } = required('@aws-sdk/client-service-quotas');
  return rateOf(await serviceQuotas.send(new GetServiceQuotaCommand(asked)).catch(unlessThere));
}

async function readDefault({ serviceQuotas }: Where): Promise<number | null> {
  const { GetAWSDefaultServiceQuotaCommand } = required('@aws-sdk/client-service-quotas');
  return rateOf(await serviceQuotas.send(new GetAWSDefaultServiceQuotaCommand(asked)).catch(unlessThere));
}

/** Null where there is none to divide by. */
function rateOf(answer: { readonly Quota?: ServiceQuota | undefined } | null): number | null {
  const { Value = 0 } = answer?.Quota ?? {};
  return Value > 0 ? Value : null;
}
