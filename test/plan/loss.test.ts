import { expect, it } from 'vitest';
import { unknownMember } from '../../src/aws/unknown-elements.ts';
import { lossFindings } from '../../src/plan/loss.ts';
import type { Change } from '../../src/state/change.ts';
import { SOURCE } from '../builders.ts';

function aChange(operation: string, document: object): Change {
  const call = { side: 'source', service: 'S3', operation, input: { Bucket: 'acme', Document: document }, turn: 1 };
  return { step: 'bucket', side: 'source', account: SOURCE, calls: [call] } as unknown as Change;
}

const strange = { Rules: [{ ID: 'a', [unknownMember('New')]: '' }] };

it('nothing is lost where the SDK knows everything', () => {
  for (const command of ['apply', 'destroy'] as const)
    expect(lossFindings(aChange('PutBucketReplication', { Rules: [{ ID: 'a' }] }), command)).toEqual([]);
});

it('a document that would lose an element is a problem, and says what it is and how to go on', () => {
  const change = aChange('PutBucketReplication', strange);
  const [toApply] = lossFindings(change, 'apply');
  expect(toApply).toEqual({
    level: 'problem',
    step: 'bucket',
    code: 'unknown-element',
    side: 'source',
    message: `the replication configuration of bucket acme in account ${SOURCE} has elements that this version of s3repl does not know, and would lose them when s3repl writes it: <New> in rule a`,
    fix: 'update s3repl: a newer version may know them. Or make this change to the replication configuration of bucket acme by hand, and run the same command again',
  });
  const [toDestroy] = lossFindings(change, 'destroy');
  expect(toDestroy).toEqual({ ...toApply, fix: toDestroy?.fix });
  expect(toDestroy?.fix).toMatch(
    /remove s3repl's part from .* by hand, .* Until then, everything of this setup stays$/,
  );
});

it.each([
  ['PutBucketEncryption', 'default encryption'],
  ['PutBucketTagging', 'tags'],
  ['PutBucketVersioning', 'versioning'],
  ['PutBucketOwnershipControls', 'Object Ownership'],
  ['PutPublicAccessBlock', 'Block Public Access'],
  ['PutBucketNew', 'PutBucketNew'],
])('%s is told as %s', (operation, name) => {
  const [finding] = lossFindings(aChange(operation, strange), 'apply');
  expect(finding?.message).toContain(`the ${name} of bucket acme `);
});
