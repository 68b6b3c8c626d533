import {
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/apply/apply.ts';
import { type PendingWork, pendingObjects, waitUntilNonePending } from '../../src/apply/pending.ts';
import type { Connections } from '../../src/connect/connection.ts';
import type { Event } from '../../src/events/event.ts';
import { Failure } from '../../src/events/failure.ts';
import { planApply, planDestroy } from '../../src/plan/plan.ts';
import type { State } from '../../src/state/state.ts';
import { aDestination, aRule, aSpec, nothing, SOURCE } from '../builders.ts';

const s3 = mockClient(S3Client);
const spec = aSpec();
/** As it is once the keys have got their ids. */
const setUp: State = JSON.parse(
  JSON.stringify(planApply(nothing, spec).desired).replaceAll(
    /\(new key [^)]+\)/g,
    '11111111-2222-3333-4444-555555555555',
  ),
);
const source = {
  account: SOURCE,
  region: 'eu-west-1',
  identity: `arn:aws:iam::${SOURCE}:user/me`,
  s3: new S3Client({ region: 'eu-west-1' }),
};
const connections = { get: () => source, close: () => undefined } as unknown as Connections;

function work(change: Partial<PendingWork> = {}) {
  let now = 0;
  const events: Event[] = [];
  const surroundings: PendingWork['surroundings'] = {
    report: (event) => events.push(event),
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
  const signal = new AbortController().signal;
  return { events, work: { connections, surroundings, signal, timeoutMs: 900_000, ...change } };
}

function versions(...keys: string[]): Partial<ListObjectVersionsCommandOutput> {
  return {
    Versions: keys.map((Key, index) => ({ Key, VersionId: `v${index}`, LastModified: new Date(1000 * index) })),
    IsTruncated: false,
  };
}

beforeEach(() => s3.reset());
afterAll(() => s3.restore());

describe('what is on its way', () => {
  it('is asked of the newest versions under the prefixes of the rules', async () => {
    s3.on(ListObjectVersionsCommand).resolves(versions('tax/old', 'tax/new'));
    s3.on(HeadObjectCommand, { Key: 'tax/new' }).resolves({ ReplicationStatus: 'PENDING' });
    s3.on(HeadObjectCommand, { Key: 'tax/old' }).resolves({ ReplicationStatus: 'COMPLETED' });
    const tax = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] });
    const observed = planApply(nothing, tax).desired;
    expect(await pendingObjects(connections, observed, tax)).toEqual(['tax/new']);
    expect(s3.commandCalls(ListObjectVersionsCommand).map(({ args }) => args[0].input)).toEqual([
      { Bucket: 'acme-invoices', Prefix: 'tax/', ExpectedBucketOwner: SOURCE },
    ]);
    expect(s3.commandCalls(HeadObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'acme-invoices',
      Key: 'tax/new',
      VersionId: 'v1',
      ExpectedBucketOwner: SOURCE,
    });
  });

  it('goes through all pages, and asks about a hundred at most', async () => {
    const keys = Array.from({ length: 150 }, (_, index) => `k${index}`);
    s3.on(ListObjectVersionsCommand)
      .resolvesOnce({ ...versions(...keys), IsTruncated: true, NextKeyMarker: 'k', NextVersionIdMarker: 'v' })
      .resolves(versions('last'));
    s3.on(HeadObjectCommand).resolves({ ReplicationStatus: 'PENDING' });
    expect(await pendingObjects(connections, setUp, spec)).toHaveLength(100);
    expect(s3.commandCalls(ListObjectVersionsCommand)[1]?.args[0].input).toMatchObject({
      KeyMarker: 'k',
      VersionIdMarker: 'v',
    });
  });

  it('leaves out what was deleted meanwhile and what only its own key opens', async () => {
    s3.on(ListObjectVersionsCommand).resolves(versions('gone', 'sse-c'));
    const refused = (status: number) => Object.assign(new Error('no'), { $metadata: { httpStatusCode: status } });
    s3.on(HeadObjectCommand, { Key: 'gone' }).rejects(refused(404));
    s3.on(HeadObjectCommand, { Key: 'sse-c' }).rejects(refused(400));
    expect(await pendingObjects(connections, setUp, spec)).toEqual([]);
  });

  it('is unknown, not nothing, to who may not look', async () => {
    s3.on(ListObjectVersionsCommand).rejects(Object.assign(new Error('no'), { $metadata: { httpStatusCode: 403 } }));
    await expect(pendingObjects(connections, setUp, spec)).rejects.toMatchObject({
      outcome: 'unknown',
      code: 'pending-unknown',
      fix: expect.stringContaining('--no-wait'),
    });
  });

  it('is asked of the prefixes of our rules on AWS too: with tags, and without any filter of the whole bucket', async () => {
    s3.on(ListObjectVersionsCommand).resolves(versions());
    const tax = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] });
    const filters = [
      { And: { Prefix: 'former/', Tags: [{ Key: 'a', Value: 'b' }] } },
      { Tag: { Key: 'a', Value: 'b' } },
    ];
    for (const [index, prefixes] of [['tax/', 'former/'], ['']].entries()) {
      s3.resetHistory();
      const observed: State = JSON.parse(JSON.stringify(planApply(nothing, tax).desired), (name, value) =>
        name === 'Filter' ? filters[index] : value,
      );
      await pendingObjects(connections, observed, tax);
      const asked = s3.commandCalls(ListObjectVersionsCommand).map(({ args }) => args[0].input.Prefix ?? '');
      expect(asked.sort()).toEqual(prefixes.sort());
    }
  });

  it('ends with any other error as it is', async () => {
    const error = Object.assign(new Error('no'), { name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } });
    s3.on(ListObjectVersionsCommand).rejects(error);
    await expect(pendingObjects(connections, setUp, spec)).rejects.toBe(error);
  });

  it('is nothing in a bucket that is gone', async () => {
    expect(await pendingObjects(connections, nothing, spec)).toEqual([]);
    expect(s3.calls()).toEqual([]);
  });
});

describe('rights that are to go', () => {
  it('wait until the last object has arrived, and say for how long', async () => {
    s3.on(ListObjectVersionsCommand).resolves(versions('a'));
    s3.on(HeadObjectCommand)
      .resolvesOnce({ ReplicationStatus: 'PENDING' })
      .resolvesOnce({ ReplicationStatus: 'PENDING' })
      .resolves({ ReplicationStatus: 'COMPLETED' });
    const { events, work: waiting } = work();
    await waitUntilNonePending(setUp, spec, waiting);
    expect(events).toMatchObject([
      { type: 'pending', reason: expect.stringContaining('1 PENDING'), seconds: 0 },
      { type: 'pending', seconds: 2 },
    ]);
  });

  it('stay at the time limit, and after Ctrl-C', async () => {
    s3.on(ListObjectVersionsCommand).resolves(versions('a'));
    s3.on(HeadObjectCommand).resolves({ ReplicationStatus: 'PENDING' });
    await expect(waitUntilNonePending(setUp, spec, work().work)).rejects.toMatchObject({
      outcome: 'unknown',
      code: 'still-pending',
      message: expect.stringContaining('after 15 minutes 1 of the newest objects'),
    });
    const { work: waiting } = work({ signal: AbortSignal.abort() });
    await expect(waitUntilNonePending(setUp, spec, waiting)).rejects.toMatchObject({ outcome: 'cancelled' });
  });

  it('go after the rule and after the wait; a wait that fails keeps all of them', async () => {
    const sent: string[] = [];
    const { work: waiting } = work();
    const sender = {
      send: async (command: { readonly constructor: { readonly name: string } }) => {
        const name = command.constructor.name.replace(/Command$/, '');
        if (!name.startsWith('Get')) sent.push(name);
        return {};
      },
    };
    const everywhere = {
      get: () => ({ ...source, s3: sender, kms: sender, iam: sender }),
      close: () => undefined,
    } as unknown as Connections;
    const changes = planDestroy(setUp, spec).changes.map((change) => ({
      ...change,
      calls: change.calls.map(({ onlyIf: _seen, ...call }) => call),
    }));
    const run = (beforeRightsGo: () => Promise<void>) =>
      applyChanges(changes, { ...waiting, connections: everywhere, beforeRightsGo });

    await expect(
      run(async () => {
        throw new Failure('unknown', 'still-pending', 'still');
      }),
    ).rejects.toMatchObject({ code: 'still-pending' });
    expect(sent).toEqual(['DeleteBucketReplication']);

    sent.length = 0;
    await run(async () => {
      sent.push('waited');
    });
    expect(sent.slice(0, 2)).toEqual(['DeleteBucketReplication', 'waited']);
    expect(sent.filter((one) => one === 'waited')).toHaveLength(1);
    expect(sent.at(-1)).toBe('DeleteRole');
  });
});
