import { HeadObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readStatus } from '../../src/observe/read-status.ts';
import { anApplied } from '../apply/in-sandbox.ts';
import { seed } from '../draws.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { Expected } from './expected.ts';
import { anyHistory, type Drawn, far, History, idOf, near, type Operation, rules, spec } from './history.ts';
import { inside, lookAt } from './look.ts';

const minuteMs = 60_000;
const metrics = ['failed', 'operations', 'pending', 'bytes', 'latency'] as const;

/** A second after a minute, so that no minute ends while it is read. */
const sleepIntoMinute = (history: History) => history.wait(minuteMs - (history.now % minuteMs) + 1000);

const put = (key: string) => ({ do: 'put', key, size: 7 }) as const;
const wait = (minutes: number) => ({ do: 'wait', seconds: minutes * 60 }) as const;

/** With everything that histories are to meet. */
const example: Drawn = {
  lag: 90_000,
  parts: [
    [put('docs/a'), put('logs/a'), { do: 'tag', key: 'docs/a' }, { do: 'erase', key: 'logs/a' }, wait(3)],
    [{ do: 'key', isOn: false }, { do: 'policy', isOn: false }, put('docs/b'), { do: 'delete', key: 'else' }, wait(3)],
    [{ do: 'rule', isOn: false }, put('docs/a')],
  ],
};

it('counts what happened to the objects, minute by minute, whatever happens to them', async () => {
  const met = { failed: 0, replicated: 0, pending: 0, gone: 0, off: 0 };
  await fc.assert(
    fc.asyncProperty(anyHistory, async ({ lag, parts }) => {
      const practice = await anApplied(spec, { objectReplicated: lag });
      const history = new History(practice, lag);
      await sleepIntoMinute(history);
      for (const steps of parts) {
        for (const step of steps) await history.take(step);
        await sleepIntoMinute(history);
        await compareWithObjects(history);
        for (const one of history.operations) {
          met.gone += one.erased !== undefined && one.erased < one.due ? 1 : 0;
          met.pending += one.due > history.now ? 1 : 0;
        }
        met.off += Object.values(history.settings).filter((all) => all.at(-1)?.isOn === false).length;
      }
      const all = history.operations.flatMap((one) => one.rules.map(({ name }) => ({ one, name })));
      const expected = new Expected(history, { from: 0, to: history.now, step: minuteMs });
      met.failed += all.filter(({ one, name }) => expected.hasFailed(one, name)).length;
      met.replicated += history.operations.filter((one) => expected.hasArrived(one, far)).length;
    }),
    { numRuns: 50, seed, examples: [[example]] },
  );
  for (const [what, count] of Object.entries(met)) expect([what, count > 0]).toEqual([what, true]);
});

async function compareWithObjects(history: History): Promise<void> {
  const { practice } = history;
  const { status } = await lookAt(practice.sandbox, spec);
  const expected = new Expected(history, status.period);
  await compareEvents(history, expected);
  const { read } = await inside(practice.sandbox, spec, {}, ({ access }) =>
    readStatus(access, { bucket: spec.source.bucket, period: status.period }),
  );
  for (const { name, destination } of rules) {
    const { isOn, metrics: hasMetrics } = history.settings[name].at(-1) ?? {};
    const shown = status.rules.find(({ rule }) => rule === idOf(name));
    const seen = metrics.map((metric) => [
      metric,
      read.metrics.find((one) => one.rule === idOf(name) && one.metric === metric)?.points,
    ]);
    if (!isOn || !hasMetrics) {
      expect(seen.map(([, points]) => points)).toEqual(metrics.map(() => undefined));
      expect(shown).toMatchObject({ destination, failed: 'off', pending: 'off', latency: 'off' });
      continue;
    }
    expect([name, seen]).toEqual([name, metrics.map((metric) => [metric, expected.points(metric, name)])]);
    expect(shown).toMatchObject({ destination, state: 'enabled', ...expected.numbers(name) });
  }
  for (const { region, minutes } of read.kms) expect([region, minutes]).toEqual([region, expected.kms(region)]);
  expect(read.kms.map(({ region }) => region)).toEqual(['eu-west-1', 'eu-central-1', 'us-east-2']);
}

/** Each event is of an operation, and what S3 shows of an object is what the events say. */
async function compareEvents({ practice, operations, now }: History, expected: Expected): Promise<void> {
  const failures = operations.flatMap((one) => one.rules.filter(({ name }) => expected.hasFailed(one, name)));
  expect(Object.keys(practice.sandbox.state.replication.events)).toHaveLength(failures.length);
  for (const one of operations) {
    const isAlone = operations.every(
      ({ versionId }, index) => versionId !== one.versionId || one === operations[index],
    );
    if (one.kind !== 'put' || !isAlone || one.erased !== undefined || one.rules.length === 0) continue;
    expect([one.key, await statusOf(practice, one)]).toEqual([one.key, statusBy(one, expected, now)]);
  }
}

function statusBy(one: Operation, expected: Expected, now: number) {
  if (one.due > now) return 'PENDING';
  const places = one.rules.map(({ name }) => (name === 'every' ? far : near));
  const failed = places.filter((place) => !expected.hasArrived(one, place));
  const told = one.rules.filter(({ name, metrics: isCounted }) => isCounted && expected.hasFailed(one, name));
  const counted = one.rules.filter((rule, index) => rule.metrics && failed.some((place) => place === places[index]));
  expect(told).toEqual(counted);
  return failed.length > 0 ? 'FAILED' : 'COMPLETED';
}

async function statusOf({ sandbox }: History['practice'], { key: Key, versionId: VersionId }: Operation) {
  const { s3 } = clientsOf(sandbox);
  return (await s3.send(new HeadObjectCommand({ Bucket: spec.source.bucket, Key, VersionId }))).ReplicationStatus;
}
