import { CreateBucketCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import type { ObjectVersion } from '../../src/sandbox/s3/stored-object.ts';
import type { ExplainedGroup } from '../../src/show/failure-text.ts';
import { breakAll, configWith, destinations, makeKey, putOldObjects, two } from './broken-in-many-ways.ts';
import { aSetUp, ending, REPLICA, SOURCE } from './by-hand.ts';
import { invoices } from './cli.ts';
import { failuresIn, followAll } from './follow-fixes.ts';
import { applyWithOldObjects, jobOf, namesOf, put, versionsIn } from './old-objects.ts';

it('each is told with its causes, and with fixes that bring every object to its replica', async () => {
  const { folder, s3repl, byHand } = aSetUp('');
  const keys = await byHand(async ({ sourceKeys, destinationKeys }) => ({
    old: await makeKey(sourceKeys),
    disabled: await makeKey(destinationKeys),
    strangers: await makeKey(destinationKeys),
  }));
  folder.write('repl.yaml', configWith(keys));
  await applyWithOldObjects({ s3repl, byHand }, (people) => putOldObjects(people, keys));
  await byHand((people) => breakAll(people, keys));

  const ended = await s3repl('backfill', '--yes', '--force', '--report', 'acme-reports');
  expect(ending(ended)).toMatchObject({ code: 5, outcome: 'blocked', error: { code: 'most-failed' } });
  // What is fine, and the versions below two delete markers.
  expect(jobOf(ended)).toMatchObject({ status: 'Complete', total: 32, succeeded: 4, failed: 28 });
  const groups = failuresIn(ended);
  const checksOf = ({ causes }: ExplainedGroup) =>
    causes
      .map(({ check }) => check)
      .toSorted()
      .join(' ');
  expect(groups.map((one) => [one.reason, checksOf(one), ...one.versions.map(({ key }) => key)])).toEqual([
    ['DstPutObjectNotPermitted', 'C21 C30', ...two('main/denied-', 'strangers/')],
    ['DstBucketNotFound', 'C05', ...two('gone/')],
    ['DstBucketUnversioned', 'C06', ...two('suspended/')],
    ['DstDelObjNotPermitted', 'C30', ...two('main/deleted-')],
    ['DstKmsKeyInvalidState', 'C19', ...two('disabled/')],
    ['DstKmsKeyNotFound', 'C18', ...two('keyless/')],
    ['DstObjectHardDeleted', '', ...two('main/hard-')],
    ['DstPutTaggingNotPermitted', 'C17', ...two('main/labels-')],
    ['InitiateReplicationNotPermitted', '', ...two('main/job-')],
    ['SrcGetAclNotPermitted', 'C30', ...two('main/acl-')],
    ['SrcGetObjectNotPermitted', 'C30', ...two('main/read-')],
    ['SrcGetTaggingNotPermitted', 'C17', ...two('main/tags-')],
    ['SrcKmsKeyInvalidState', 'C19', ...two('main/old-')],
  ]);
  const run = (reason: string) => groups.find((one) => one.reason === reason)?.causes.map(({ commands }) => commands);
  for (const reason of ['DstBucketNotFound', 'DstBucketUnversioned', 'DstKmsKeyNotFound']) {
    expect([reason, run(reason)]).toEqual([reason, [['s3repl apply']]]);
  }
  expect(run('DstPutObjectNotPermitted')?.toSorted()).toEqual([[], ['s3repl apply']]);
  const enable = (key: string, region: string) =>
    expect.stringContaining(`\naws kms enable-key --region ${region} --cli-input-json '{"KeyId":"${key}"}'\n`);
  expect(run('DstKmsKeyInvalidState')).toEqual([[enable(keys.disabled, 'eu-central-1')]]);
  expect(run('SrcKmsKeyInvalidState')).toEqual([[enable(keys.old, 'eu-west-1')]]);
  for (const { count, versions, means, isThere } of groups) {
    expect({ count, means, isThere }).toEqual({
      count: versions.length,
      means: expect.stringMatching(/\.$/),
      isThere: true,
    });
  }

  // By hand first: `s3repl apply` does nothing as long as a Deny of others stands in its way.
  const commands = await byHand((people) => followAll(people, groups));
  expect(commands).toEqual(['s3repl apply']);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
  expect(ended.lines.at(-1)).toMatchObject({ error: { fix: expect.stringContaining('run s3repl backfill again') } });
  const again = await s3repl('backfill', '--yes', '--report', 'acme-reports');
  expect(jobOf(again)).toMatchObject({ total: 28, succeeded: 26, failed: 2 });
  // As the fix says: the old versions stay FAILED.
  expect(failuresIn(again).map(({ reason, versions }) => [reason, ...versions.map(({ key }) => key)])).toEqual([
    ['DstObjectHardDeleted', ...two('main/hard-')],
  ]);
  await byHand(async ({ sandbox }) => {
    const stay = new Set(failuresIn(again).flatMap(({ versions }) => versions.map(({ versionId }) => versionId)));
    const source = versionsIn(sandbox, SOURCE).filter(({ versionId }) => !stay.has(versionId));
    const replicas = destinations.flatMap((bucket) => versionsIn(sandbox, bucket));
    expect(namesOf(replicas).toSorted()).toEqual(namesOf(source).toSorted());
    const tagsOf = (versions: readonly ObjectVersion[]) =>
      versions.flatMap((one) => (/tags|labels/.test(one.key) && !one.deleteMarker ? [one.tags] : []));
    expect(tagsOf(replicas)).toEqual(tagsOf(source));
    expect(tagsOf(replicas)).toEqual(Array(4).fill([{ Key: 'of', Value: '2019' }]));
    expect(new Set(source.map(({ replication }) => replication))).toEqual(new Set(['COMPLETED']));
  });
});

it('what no job can take is told with what to do instead', async () => {
  const main = `${invoices}    rules:\n      - { id: main, prefix: main/, priority: 1 }\n`;
  const { folder, s3repl, byHand } = aSetUp(main);
  await applyWithOldObjects({ s3repl, byHand }, async (people) => {
    await put(people, [
      { Key: 'main/ice', StorageClass: 'GLACIER' },
      'main/gone',
      'main/changed',
      'other/one',
      'main/fine',
    ]);
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await people.source.send(new CreateBucketCommand({ Bucket: 'acme-reports', CreateBucketConfiguration }));
  });
  const listed = await byHand(async ({ sandbox }) => versionsIn(sandbox, SOURCE));
  folder.write('list.csv', listed.map(({ key, versionId }) => `${SOURCE},${key},${versionId}\n`).join(''));
  await byHand(async (people) => {
    await put(people, ['main/changed']);
    for (const { key: Key, versionId: VersionId } of listed.filter(({ key }) => /gone|changed/.test(key)))
      await people.source.send(new DeleteObjectCommand({ Bucket: SOURCE, Key, VersionId }));
  });
  const ended = await s3repl('backfill', '--yes', '--force', '--manifest', 'list.csv', '--report', 'acme-reports');
  expect(ending(ended)).toMatchObject({ code: 5, job: { total: 5, succeeded: 1, failed: 4 } });
  const told = failuresIn(ended).map(({ reason, versions, isThere, causes, usualFix }) => {
    const fix = causes.length > 0 ? causes.map((cause) => cause.fix).join(' ') : usualFix;
    return [reason, ...versions.map(({ key }) => key), isThere, fix];
  });
  expect(told).toEqual([
    ['InitiateReplicationNotPermitted', 'other/one', true, expect.stringMatching(/^Widen the filter of a rule/)],
    ['SrcObjectNotEligible', 'main/ice', true, expect.stringMatching(/^Restore the object and copy it onto itself/)],
    ['SrcObjectNotFound', 'main/gone', false, 'Nothing to do if the deletion was intended.'],
    ['SrcVersionNotFound', 'main/changed', false, expect.stringMatching(/^Nothing to do if the deletion was intended/)],
  ]);

  // The sandbox restores nothing: whoever has the content writes it again.
  await byHand((people) => put(people, ['main/ice']));
  folder.write('repl.yaml', `${main}      - { id: other, prefix: other/, priority: 2 }\n`);
  expect(ending(await s3repl('apply', '--yes'))).toMatchObject({ code: 0, outcome: 'applied' });
  expect(ending(await s3repl('backfill', '--yes'))).toMatchObject({ code: 0, job: { total: 1, succeeded: 1 } });
  await byHand(async ({ sandbox }) => {
    const arrived = versionsIn(sandbox, REPLICA).map(({ key }) => key);
    expect(arrived).toEqual(['main/changed', 'main/fine', 'main/ice', 'other/one']);
  });
});
