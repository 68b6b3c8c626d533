import { describe, expect, it } from 'vitest';
import type { Lag } from '../../src/sandbox/practice/lag.ts';
import { anApplied, aPractice, type Practice } from '../apply/in-sandbox.ts';
import { aDestination, aRule, aSpec } from '../builders.ts';
import { copyOf } from '../crash/cloud.ts';
import { drawFrom } from '../draws.ts';
import { at, byOperator, nth, readingBack, warnings } from './meanwhile.ts';
import { anOperator, type Operator } from './operator.ts';

/** A change that writes every shared document, each before and after the rule. */
const changed = aSpec({ destinations: [aDestination({ rules: [aRule({ prefix: 'tax/' })] })] });

const first = await anApplied(aSpec());
await anOperator(first.sandbox).settleIn();
const start = copyOf(first.sandbox.state);

async function aSetUp(lag: Partial<Lag> = {}): Promise<{ readonly practice: Practice; readonly operator: Operator }> {
  const practice = await aPractice(lag);
  Object.assign(practice.sandbox.state, copyOf(start));
  return { practice, operator: anOperator(practice.sandbox) };
}

const { acts } = anOperator(first.sandbox);
const actNames = Object.keys(acts) as readonly (keyof Operator['acts'])[];
const furtherNames: readonly (keyof Operator['further'])[] = [
  'the policy of the role changes',
  'the role is made again by hand',
  'the default encryption changes',
];

describe('while apply is at work, before it reads a document again', () => {
  it.each(drawFrom(actNames))(
    '%s: the run stops as stale, nothing of theirs is lost, and the next one goes on',
    async (name) => {
      const { practice, operator } = await aSetUp();
      let theirs: unknown;
      at(practice, nth('PutRolePolicy', 1), async () => {
        await operator.acts[name]();
        theirs = await operator.ofOthers();
      });
      expect(await practice.applyFailing(changed)).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
      expect(await operator.ofOthers()).toEqual(theirs);

      await practice.apply(changed);
      expect(await operator.ofOthers()).toEqual(theirs);
    },
  );
});

const writes: Readonly<Record<string, string>> = {
  'bucket policy': 'PutBucketPolicy',
  'key policy': 'PutKeyPolicy',
};

describe('after the last write to a document', () => {
  it.each(drawFrom(actNames))('%s: nothing of theirs is lost, and ours is all there', async (name) => {
    const { practice, operator } = await aSetUp();
    let theirs: unknown;
    at(practice, readingBack('PutRolePolicy', 2), async () => {
      await operator.acts[name]();
      theirs = await operator.ofOthers();
    });
    await practice.apply(changed);
    expect(await operator.ofOthers()).toEqual(theirs);
    expect(warnings(practice)).toEqual(name.includes('deleted') ? ['written-over'] : []);
    expect(await practice.apply(changed)).toEqual([]);
  });

  it.each(drawFrom(Object.keys(writes)))(
    'somebody who had read the %s before it writes it over: ours is put into what they wrote, and that is told',
    async (document) => {
      const { practice, operator } = await aSetUp();
      const policy = document === 'bucket policy' ? operator.bucketPolicy : operator.keyPolicy;
      const old = (await policy.read()).filter(({ Sid = '' }) => !Sid.startsWith('S3repl'));
      at(practice, readingBack(writes[document] ?? '', 2), () => policy.put([...old, policy.statement('new')]));
      await practice.apply(changed);
      expect((await policy.read()).map(({ Sid }) => Sid)).toEqual([
        ...old.map(({ Sid }) => Sid),
        'new',
        expect.stringMatching(/^S3repl/),
        ...(document === 'bucket policy' ? [expect.stringMatching(/^S3repl.*TlsOnly$/)] : []),
      ]);
      expect(warnings(practice)).toEqual(['written-over']);
      expect(await practice.apply(changed)).toEqual([]);
    },
  );

  it('somebody who writes it over again and again: the run gives way and says so', async () => {
    const { practice, operator } = await aSetUp();
    let number = 0;
    at(practice, readingBack('PutBucketPolicy', 2, true), () =>
      operator.bucketPolicy.put([operator.bucketPolicy.statement(`new${number++}`)]),
    );
    const failure = await practice.applyFailing(changed);
    expect(failure).toMatchObject({ outcome: 'failed', code: 'written-over' });
    expect(failure.message).toContain('policy of bucket acme-invoices-replica');
    expect(warnings(practice)).toEqual(['written-over', 'written-over', 'written-over']);
  });
});

describe('between reading a document again and writing it', () => {
  it('a pause of the SDK is not part of it: every attempt reads again', async () => {
    const { practice, operator } = await aSetUp();
    let attempts = 0;
    practice.fault = ({ operation }) =>
      operation === 'PutBucketPolicy' && !byOperator.getStore() && attempts++ === 0
        ? { code: 'SlowDown', status: 503 }
        : undefined;
    at(practice, nth('PutBucketPolicy', 1), operator.acts['a statement comes into the bucket policy']);
    expect(await practice.applyFailing(changed)).toMatchObject({ code: 'stale-plan' });
    expect((await operator.ofOthers()).bucketPolicy.map(({ Sid }) => Sid)).toEqual(['theirs', 'new']);
  });

  it('our own write, whose answer was lost, is no change by someone else', async () => {
    const { practice } = await aSetUp();
    let attempts = 0;
    practice.fault = ({ operation }) =>
      operation === 'PutBucketPolicy' && attempts++ === 0 ? 'lost-answer' : undefined;
    await practice.apply(changed);
    expect(await practice.apply(changed)).toEqual([]);
  });

  it('a new bucket is one that others may write to while the role becomes visible', async () => {
    const practice = await aPractice();
    const operator = anOperator(practice.sandbox);
    at(practice, nth('GetBucketPolicy', 3), () =>
      operator.bucketPolicy.put([operator.bucketPolicy.statement('theirs')]),
    );
    expect(await practice.applyFailing(aSpec())).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
    await practice.apply(aSpec());
    expect((await operator.ofOthers()).bucketPolicy).toHaveLength(1);
  });

  it('what AWS shows late of what we wrote over is put back, and that is told', async () => {
    const { practice, operator } = await aSetUp({ bucketPolicy: 5_000 });
    at(practice, nth('PutBucketPolicy', 2), async () => {
      await operator.bucketPolicy.put([
        operator.bucketPolicy.statement('theirs'),
        operator.bucketPolicy.statement('new'),
      ]);
      await practice.sandbox.clock.sleep(3_000);
    });
    const act = practice.meanwhile;
    practice.meanwhile = async (request) => {
      await act(request);
      // By the time that the document is read again, AWS shows our own write.
      if (request.operation === 'GetBucketPolicy' && warnings(practice).length > 0)
        await practice.sandbox.clock.sleep(10_000);
    };
    await practice.apply(changed);
    await practice.sandbox.clock.sleep(10_000);
    expect((await operator.ofOthers()).bucketPolicy.map(({ Sid }) => Sid)).toEqual(['theirs', 'new']);
    expect(warnings(practice)).toEqual(['written-over', 'put-back']);
    expect(await practice.apply(changed)).toEqual([]);
  });

  it('is the window that remains: within this one round trip a change of theirs is lost (docs/decisions/0009)', async () => {
    const { practice, operator } = await aSetUp();
    at(practice, nth('PutBucketPolicy', 2), operator.acts['a statement comes into the bucket policy']);
    await practice.apply(changed);
    expect((await operator.ofOthers()).bucketPolicy.map(({ Sid }) => Sid)).toEqual(['theirs']);
  });
});

describe('at any other time', () => {
  it.each(drawFrom(furtherNames))('%s: no success that is none', async (name) => {
    const { practice, operator } = await aSetUp();
    at(practice, nth('PutBucketReplication', 1), operator.further[name]);
    const ended = await practice.apply(changed).then(
      () => 'success',
      () => 'failure',
    );
    const left = await practice.apply(changed);
    if (ended === 'success') expect(left).toEqual([]);
    expect(await practice.apply(changed)).toEqual([]);
  });
});
