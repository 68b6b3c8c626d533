import { describe, expect, it } from 'vitest';
import type { ObjectSnapshot, Snapshot } from '../../../src/model/snapshot.ts';
import { verdictJson } from '../../../src/show/cause-json.ts';
import { verdictsOf } from '../verdicts-of.ts';
import { healthy, snapshotOf } from './world.ts';

/** The healthy setup in China, with these ends of S3's host name in its policies for the source and the destination key. */
function verdictIn(source: string, destination: string) {
  const world = healthy();
  world.partition = 'aws-cn';
  const text = JSON.stringify({ snapshot: snapshotOf(world), object: world.object })
    .replaceAll('arn:aws:', 'arn:aws-cn:')
    .replaceAll('"s3.us-east-1.amazonaws.com"', JSON.stringify(`s3.us-east-1.${source}`))
    .replaceAll('"s3.us-west-2.amazonaws.com"', JSON.stringify(`s3.us-west-2.${destination}`));
  const { snapshot, object } = JSON.parse(text) as { snapshot: Snapshot; object: ObjectSnapshot };
  return verdictsOf(snapshot, object).map(verdictJson)[0];
}

describe('the host name of S3 in China, which nobody has confirmed (rules.md 1.5 (13))', () => {
  it('does not matter where policies allow both', () => {
    expect(verdictIn('*', '*')).toMatchObject({ outcome: 'replicates', warnings: [] });
  });

  it.each(['amazonaws.com', 'amazonaws.com.cn'])('is a warning where policies allow only %s', (suffix) => {
    expect(verdictIn(suffix, suffix)).toMatchObject({
      outcome: 'replicates',
      warnings: [
        {
          check: 'C24',
          summary: expect.stringMatching(
            /^Nobody has confirmed which kms:ViaService S3 has here, s3\.REGION\.amazonaws\.com\.cn or s3\.REGION\.amazonaws\.com: by one of them the object fails\. /,
          ),
          evidence: { sources: ['rules.md 1.5 (13)', 'rules.md 7 (7)'] },
        },
      ],
    });
  });

  it('is not one thing at one key and another at the other', () => {
    expect(verdictIn('amazonaws.com', 'amazonaws.com.cn')?.outcome).toBe('fails');
  });

  it('is not asked elsewhere', () => {
    const world = healthy();
    world.rolePolicy = JSON.parse(JSON.stringify(world.rolePolicy).replaceAll('amazonaws.com', 'amazonaws.com.cn'));
    expect(verdictsOf(snapshotOf(world), world.object)[0]?.reason).toBe('SrcGetObjectNotPermitted');
  });
});
