/** What each command does over the life of a setup: enough of it that everything that the policies allow is asked for. */

import { expect } from 'vitest';
import type { Result } from '../../src/events/event.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Context } from '../../src/session/context.ts';
import type { Purpose } from '../../src/state/need.ts';
import { runApply, runBackfill, runDestroy, runDoctor, runPlan, runStatus, runVerify } from '../run-command.ts';
import { asProcesses, ranAsProcess } from './as-process.ts';
import {
  aCloud,
  aFailure,
  aLimit,
  anObject,
  anOldObject,
  aPending,
  applied,
  aReportBucket,
  backfilled,
  backfilling,
  confirmed,
  drifted,
  type From,
  givenTopic,
  limitArn,
  limited,
  locked,
  openedJobRole,
  otherwiseEncrypted,
  shared,
  withAcls,
  withoutAliases,
  withoutQuotas,
} from './clouds.ts';
import { runDiscovery } from './discovery.ts';
import type { Flags } from './printed.ts';
import { configFile, listFile, type Options, ran, type SandboxState } from './set-up-roles.ts';

/** `alerts` is no command of its own. */
export type Runnable = Exclude<Purpose, 'alerts'>;

export interface Scenario {
  readonly purpose: Runnable;
  readonly of: string;
  readonly from: From;
  readonly config: string;
  /** How it ends with the policies. */
  readonly ends: string;
  /** How the policies are printed. */
  readonly flags: Flags;
  /** Options of the command. */
  readonly more?: (state: SandboxState) => object;
}

/** How a command is run. */
export const runs: Readonly<Record<Runnable, (options: Options, context: Context) => Promise<Result>>> = {
  plan: (options, context) => runPlan({ ...options, show: 'documents' }, context),
  apply: runApply,
  verify: (options, context) => runVerify({ ...options, canary: true, timeout: 15 }, context),
  doctor: (options, context) => runDoctor({ ...options, sample: 100 }, context),
  destroy: (options, context) => runDestroy({ ...options, wait: true, timeout: 15, cancelBackfill: true }, context),
  'delete-keys': (options, context) =>
    runDestroy({ ...options, wait: true, timeout: 15, deleteKeys: true, cancelBackfill: true }, context),
  backfill: (options, context) => runBackfill({ ...options, wait: true, priority: 10 }, context),
  status: (options, context) => runStatus({ ...options, since: 24 * 3_600_000 }, context),
  init: runDiscovery,
};

/** A command, and how it ends. */
export type Act = readonly [purpose: Runnable, end: string, config?: string];

/** Runs commands one after the other, each of which must end as it says; `config` is for those that name none. */
export async function act(sandbox: Sandbox, config: string, acts: readonly Act[]): Promise<void> {
  for (const [purpose, end, file = config] of acts) {
    const { outcome, said } =
      asProcesses && purpose !== 'init'
        ? await ranAsProcess(sandbox, file, purpose)
        : await ran(sandbox, file, runs[purpose]);
    expect([purpose, outcome], said).toEqual([purpose, end]);
  }
}

const plain = configFile('plain');
const tagged = configFile('tagged', { tags: { team: 'platform' } });
const bounded = configFile('bounded', { role: { permissionsBoundary: limitArn } });
const boundedTagged = configFile('bounded-tagged', {
  role: { permissionsBoundary: limitArn },
  tags: { team: 'platform' },
});
const reported = configFile('reported', { backfill: { report: 'acme-reports/batch' } });
const alerted = configFile('alerted', {
  alerts: {
    emails: ['storage@example.com'],
    silence: true,
    events: `arn:aws:sns:eu-west-1:111111111111:failed`,
  },
});
const quieter = configFile('quieter', {
  alerts: {
    emails: ['storage@example.com'],
    failures: false,
    events: `arn:aws:sns:eu-west-1:111111111111:failed`,
  },
});
const ruled = configFile('ruled', {
  destinations: [
    { rules: [{ id: 'tax', prefix: 'tax/$1*', tags: { keep: 'yes' }, deleteMarkers: false }, { id: 'rest' }] },
  ],
});

const nothing = aCloud(undefined, aLimit);
const empty = aCloud(nothing, applied(plain));
const all = aCloud(empty, anObject);
const allLimited = aCloud(all, limited);
const unneeded = aCloud(empty, otherwiseEncrypted);

function scenario(
  purpose: Runnable,
  of: string,
  from: From,
  ends: string,
  config = plain,
  flags: Flags = {},
): Scenario {
  return { purpose, of, from, ends, config, flags };
}

const live = { fromLive: true };
const boundedEmpty = aCloud(nothing, applied(bounded));
const boundedAll = aCloud(boundedEmpty, anObject);

const withTopic = aCloud(nothing, givenTopic);
/** An object has brought metrics, so there is an alarm to be made. */
const alertedAll = aCloud(aCloud(withTopic, applied(alerted)), anObject);

export const scenarios: readonly Scenario[] = [
  scenario('plan', 'nothing', nothing, 'planned'),
  scenario('plan', 'everything', allLimited, 'unchanged'),
  scenario('apply', 'nothing', nothing, 'applied'),
  scenario('apply', 'everything', allLimited, 'unchanged'),
  scenario('apply', 'a change', all, 'applied', tagged),
  scenario('apply', 'drift', aCloud(all, drifted), 'applied'),
  scenario('apply', 'nothing, with a boundary', nothing, 'applied', bounded),
  scenario('apply', 'a new boundary', all, 'applied', bounded),
  scenario('apply', 'nothing, with alerts', withTopic, 'applied', alerted),
  scenario('apply', 'more alerts than before', alertedAll, 'applied', alerted),
  scenario('apply', 'fewer alerts than before', alertedAll, 'applied', quieter),
  scenario('plan', 'alerts', alertedAll, 'planned', alerted),
  scenario('destroy', 'alerts', alertedAll, 'destroyed', alerted),
  scenario('verify', 'nothing', nothing, 'differs'),
  scenario('verify', 'everything', allLimited, 'verified'),
  scenario('verify', 'prefixes and tags', aCloud(undefined, applied(ruled)), 'verified', ruled),
  scenario('verify', 'buckets with ACLs', aCloud(empty, withAcls), 'verified'),
  {
    ...scenario('verify', 'alerts', aCloud(alertedAll, applied(alerted), confirmed), 'verified', alerted),
    more: () => ({ alerts: true }),
  },
  scenario('doctor', 'locked buckets', aCloud(allLimited, locked), 'healthy'),
  scenario('doctor', 'alerts', alertedAll, 'healthy', alerted),
  scenario('doctor', 'an object that waits', aCloud(all, withoutQuotas, aPending), 'healthy'),
  scenario('doctor', 'a backfill that runs', aCloud(all, backfilling), 'healthy'),
  scenario('status', 'everything', all, 'healthy'),
  scenario('status', 'alerts', aCloud(alertedAll, applied(alerted), confirmed), 'healthy', alerted),
  scenario('status', 'keys without aliases', aCloud(all, withoutAliases), 'blocked'),
  scenario('status', 'a backfill that runs', aCloud(all, withoutQuotas, backfilling), 'unknown'),
  scenario('destroy', 'nothing', nothing, 'unchanged'),
  scenario('destroy', 'everything', all, 'destroyed'),
  scenario('destroy', 'what is shared', aCloud(all, shared), 'destroyed'),
  scenario('destroy', 'a backfill that runs', aCloud(all, backfilling), 'destroyed'),
  scenario('backfill', 'an old object', aCloud(all, anOldObject), 'done'),
  scenario('backfill', 'nothing', aCloud(all, withoutQuotas), 'done'),
  scenario('backfill', 'a change, and what FAILED', aCloud(all, backfilled, aFailure), 'blocked', tagged),
  scenario('backfill', 'a changed role', aCloud(all, backfilled, openedJobRole, withoutAliases, anOldObject), 'done'),
  scenario('backfill', 'an old object, with a boundary', aCloud(boundedAll, anOldObject), 'done', bounded),
  scenario('backfill', 'a new boundary', aCloud(boundedAll, backfilled, anOldObject), 'done', bounded),
  {
    ...scenario('backfill', 'a list, with a report', aCloud(all, aReportBucket, aFailure), 'blocked', reported),
    more: (state) => ({ manifest: listFile(state, 'failed') }),
  },
  scenario('delete-keys', 'nothing', nothing, 'unchanged'),
  scenario('delete-keys', 'everything', unneeded, 'destroyed'),
  scenario('delete-keys', 'a backfill that runs', aCloud(unneeded, backfilling), 'destroyed'),
  scenario('delete-keys', 'what is shared', aCloud(unneeded, shared), 'destroyed'),
  scenario('plan', 'everything, with named keys', boundedAll, 'unchanged', bounded, live),
  scenario('apply', 'a change, with named keys', boundedAll, 'applied', boundedTagged, live),
  scenario(
    'apply',
    'keys without alias, with named keys',
    aCloud(boundedAll, withoutAliases),
    'applied',
    bounded,
    live,
  ),
  scenario('verify', 'everything, with named keys', boundedAll, 'verified', bounded, live),
  scenario('doctor', 'everything, with named keys', boundedAll, 'healthy', bounded, live),
  scenario('destroy', 'everything, with named keys', boundedAll, 'destroyed', bounded, live),
  scenario(
    'delete-keys',
    'everything, with named keys',
    aCloud(boundedEmpty, otherwiseEncrypted),
    'destroyed',
    bounded,
    live,
  ),
  scenario('init', 'nothing', nothing, 'done'),
  scenario('init', 'everything', all, 'done'),
];
