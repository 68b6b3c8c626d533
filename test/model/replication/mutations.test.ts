import { describe, expect, it } from 'vitest';
import { failureCodes, silentReasons } from '../../../src/model/verdict.ts';
import { listSentences } from '../../sentences.ts';
import { verdictsOf } from '../verdicts-of.ts';
import { changes, listConfigurationWarnings } from './configuration-changes.ts';
import { mutations, themes } from './mutations/mutations.ts';
import { listTexts, recordVerdict } from './said.ts';
import { healthy, snapshotOf, type World } from './world.ts';

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

function judge(change: (world: World) => void) {
  const world = healthy();
  change(world);
  return verdictsOf(snapshotOf(world), world.object);
}

describe('one thing changed in a healthy setup', () => {
  it('is about something that is healthy', () => {
    const [verdict] = judge(() => {});
    expect(verdict).toMatchObject({ outcome: 'replicates', reason: null, causes: [], warnings: [], rule: 'all' });
  });

  it.each(mutations.map((one) => [one.title, one] as const))('%s', (_, mutation) => {
    const [verdict, ...others] = judge(mutation.change);
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

  it.each(Object.entries(themes))('is found by code and path as in mutations/%s.txt', async (theme, some) => {
    const found = some.flatMap(({ title, change }) =>
      judge(change).map((verdict) => `${title}\n${recordVerdict(verdict)}`),
    );
    await expect(found.join('\n')).toMatchFileSnapshot(`mutations/${theme}.txt`);
  });

  it('is told in the sentences of sentences.txt, as is a configuration', async () => {
    const ofObjects = mutations.flatMap(({ title, change }) =>
      judge(change).flatMap(({ causes, warnings }) => [...causes, ...warnings].flatMap((one) => listTexts(title, one))),
    );
    const ofConfigurations = Object.entries(changes).flatMap(([title, change]) =>
      listConfigurationWarnings(change).flatMap((warning) => listTexts(title, warning)),
    );
    await expect(listSentences([...ofObjects, ...ofConfigurations])).toMatchFileSnapshot('sentences.txt');
  });

  it('has a name of its own', () => {
    expect(new Set(mutations.map(({ title }) => title)).size).toBe(mutations.length);
  });

  it('covers every failure code that can be foretold, and says why the others cannot', () => {
    const covered = new Set<unknown>(mutations.map(({ reason }) => reason));
    expect(failureCodes.filter((code) => !covered.has(code))).toEqual(Object.keys(runtimeOnly));
  });

  it('covers every silent reason', () => {
    const covered = new Set<unknown>(mutations.map(({ reason }) => reason));
    expect(silentReasons.filter((reason) => !covered.has(reason))).toEqual([]);
  });
});
