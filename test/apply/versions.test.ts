import { describe, expect, it } from 'vitest';
import { Versions } from '../../src/apply/versions.ts';
import type { Call } from '../../src/state/change.ts';
import { put, type State } from '../../src/state/state.ts';
import { aBucket, nothing, SOURCE } from '../builders.ts';

const document = { document: 'bucket-policy', of: 'acme-invoices' } as const;
const policy = (Sid: string) => ({
  Version: '2012-10-17',
  Statement: [{ Sid, Effect: 'Deny' as const, Principal: '*', Action: 's3:PutObject', Resource: '*' }],
});
const write = (Sid: string) =>
  ({
    operation: 'PutBucketPolicy',
    input: { Policy: JSON.stringify(policy(Sid)) },
    onlyIf: { ...document, is: null },
  }) as unknown as Call;
const shown = (Sid: string): State => put(nothing, SOURCE, 'buckets', document.of, aBucket({ policy: policy(Sid) }));

function afterWriting(): Versions {
  const versions = new Versions();
  versions.noteSeen({ ...document, is: policy('Before') });
  versions.noteWritten(write('Ours'));
  return versions;
}

describe('a document that this run has written', () => {
  it.each([
    ['as it was written', shown('Ours'), false],
    ['as it was before, which is only late', shown('Before'), false],
    ['as nobody of us wrote it', shown('Theirs'), true],
    ['not at all, since the bucket is gone', nothing, false],
  ])('and that is shown %s', (_, state, isTheirs) => {
    expect(afterWriting().isTheirs(document, state)).toBe(isTheirs);
  });
});

it('a document that this run never wrote is nobody else’s to tell of', () => {
  expect(new Versions().isTheirs(document, shown('Theirs'))).toBe(false);
});
