import { describe, expect, it } from 'vitest';
import { failureCodes, silentReasons } from '../../../src/model/verdict.ts';
import { verdictsOf } from '../verdicts-of.ts';
import { mutations, themes } from './mutations/mutations.ts';
import { readCases } from './read-cases.ts';
import { said } from './said.ts';
import { healthy, snapshotOf } from './world.ts';

/** Codes that no snapshot can foretell, or that live replication reports under another code (rules.md 2.1). */
const runtimeOnly: Readonly<Record<string, string>> = {
  DstBucketInvalidRegion: 'S3 Batch Replication: the Region that a job names',
  DstMultipartCompleteNotPermitted: 'the same permission as DstPutObjectNotPermitted, seen with big objects',
  DstMultipartInitNotPermitted: 'the same permission as DstPutObjectNotPermitted, seen with big objects',
  DstMultipartUploadNotPermitted: 'the same permission as DstPutObjectNotPermitted, seen with big objects',
  DstObjectHardDeleted: 'S3 Batch Replication: the version was deleted at the destination',
  DstPutAclNotPermitted: 's3:ReplicateObject covers ACLs',
  DstPutTaggingNotPermitted: 'never seen: AWS gives no code (recorded/replication.md F3)',
  DstVersionNotFound: 'a change of metadata, when the version is not at the destination',
  InitiateReplicationNotPermitted: 'S3 Batch Replication: the role of the job',
  SrcBucketInvalidRegion: 'S3 Batch Replication: the Region that a job names',
  SrcBucketReplicationConfigMissing: 'S3 Batch Replication; live replication is silent without one',
  SrcGetTaggingNotPermitted: 'never seen: AWS gives no code (recorded/replication.md F4)',
  SrcHeadObjectNotPermitted: 'the same as SrcGetObjectNotPermitted (rules.md 2.1)',
  SrcKeyNotFound: 'the object was deleted before it was replicated',
  SrcObjectNotEligible: 'S3 Batch Replication; live replication is silent',
  SrcObjectNotFound: 'the object was deleted before it was replicated',
  SrcReplicationNotPending: 'S3 Batch Replication: replicated already',
  SrcVersionNotFound: 'the version was deleted before it was replicated',
};

describe('one thing changed in a healthy setup', () => {
  it('is about something that is healthy', () => {
    const world = healthy();
    const [verdict] = verdictsOf(snapshotOf(world), world.object);
    expect(verdict).toMatchObject({ outcome: 'replicates', reason: null, causes: [], warnings: [], rule: 'all' });
  });

  it.each(mutations.map((one) => [one.title, one] as const))('%s', (_, mutation) => {
    const world = healthy();
    mutation.change(world);
    const [verdict, ...others] = verdictsOf(snapshotOf(world), world.object);
    expect(others).toEqual([]);
    const { causes = [], warnings = [], replica = null, ...said } = verdict ?? {};
    expect({ ...said, causes }).toMatchObject({ outcome: mutation.outcome, reason: mutation.reason });
    expect(causes.length > 0).toBe(mutation.outcome !== 'replicates');
    for (const { check, summary, fix } of [...causes, ...warnings]) {
      expect(check).toMatch(/^C(0[1-9]|[12]\d|3[0-8])$/);
      expect(`${summary}\n${fix}`).toMatch(/^[A-Za-z].*\.\n[A-Z].*\.$/s);
    }
    if (mutation.warning) expect(warnings.map(({ summary }) => summary).join('\n')).toMatch(mutation.warning);
    if (mutation.replica) expect(replica).toMatchObject(mutation.replica);
    else if (mutation.outcome !== 'replicates') expect(replica).toBeNull();
  });

  it.each(Object.entries(themes))('is told in the words of mutations/%s.txt', async (theme, some) => {
    const told = some.flatMap(({ title, change }) => {
      const world = healthy();
      change(world);
      return verdictsOf(snapshotOf(world), world.object).map((verdict) => `${title}\n${said(verdict)}`);
    });
    await expect(told.join('\n')).toMatchFileSnapshot(`mutations/${theme}.txt`);
  });

  it('makes, with the cases, 150 and more', () => {
    expect(mutations.length + readCases().length).toBeGreaterThanOrEqual(150);
    expect(new Set(mutations.map(({ title }) => title)).size).toBe(mutations.length);
  });

  it('covers every failure code that can be foretold, and says why the others cannot', () => {
    expect(failureCodes).toHaveLength(34);
    const covered = new Set<unknown>(mutations.map(({ reason }) => reason));
    expect(failureCodes.filter((code) => !covered.has(code))).toEqual(Object.keys(runtimeOnly));
  });

  it('covers every silent reason', () => {
    const covered = new Set<unknown>(mutations.map(({ reason }) => reason));
    expect(silentReasons.filter((reason) => !covered.has(reason))).toEqual([]);
    expect(silentReasons).toHaveLength(10);
  });
});
