import { required } from '../aws/required.ts';
import { isDenied, statusOf } from '../connect/absent.ts';
import type { Connection } from '../connect/connection.ts';
import { pagesOf } from './pages.ts';

const { paginateListAlarmMuteRules } = required('@aws-sdk/client-cloudwatch');

/** AWS publishes no quota; a hundred a page. */
const mostPages = 100;

/**
 * Alarm mute rules that mute actions right now, in a Region (API: ListAlarmMuteRules, of 2026). @param AlarmName absent: whichever alarms they are for.
 * @returns their ARNs, none where the service does not know them; `denied` where they may not be listed.
 */
export async function readActiveMuteRules(
  at: Pick<Connection, 'cloudWatch' | 'region'>,
  AlarmName?: string,
): Promise<readonly string[] | 'denied'> {
  const ask = { Statuses: ['ACTIVE' as const], ...(AlarmName !== undefined && { AlarmName }) };
  const pages = paginateListAlarmMuteRules({ client: at.cloudWatch, pageSize: 100 }, ask);
  const found: string[] = [];
  try {
    for await (const { AlarmMuteRuleSummaries = [] } of pagesOf(pages, {
      list: `the list of alarm mute rules in ${at.region}`,
      most: mostPages,
    }))
      found.push(...AlarmMuteRuleSummaries.map(({ AlarmMuteRuleArn = '' }) => AlarmMuteRuleArn));
  } catch (error) {
    if (isDenied(error)) return 'denied';
    if (isUnknownOperation(error)) return [];
    throw error;
  }
  return found;
}

/** Regions and emulators without mute rules. */
function isUnknownOperation(error: unknown): boolean {
  const isNamed = error instanceof Error && /^(InvalidAction|UnknownOperation(Exception)?)$/.test(error.name);
  return isNamed || statusOf(error) === 501;
}
