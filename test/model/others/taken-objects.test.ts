import { expect, it } from 'vitest';
import type { Exclusion } from '../../../src/model/object-class.ts';
import { findTakenObjects } from '../../../src/model/others/taken-objects.ts';
import { type Change, prepared } from '../changed-probes.ts';
import { source } from '../replication/world.ts';
import { all, noKms, ours, rules, secondBucket, theirs, toSecond } from './broken-in.ts';

const strong = { Priority: 20, Filter: { Prefix: 'hr/' }, ...noKms } as const;
const synced = { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } } } as const;
const unread: Change = (world) => {
  world.dst.policy = 'unknown';
};
const ofTeam = (Prefix: string) => ({ And: { Prefix, Tags: [{ Key: 'team', Value: 'a' }] } });

function takenIn(change: Change, exclusions: readonly Exclusion[] = []) {
  return findTakenObjects(
    prepared(change),
    ({ id }) => id.startsWith('our'),
    ({ id }) => (id === 'ours' ? exclusions : []),
  );
}

const fails = {
  level: 'fails',
  cause: {
    check: 'C03',
    summary: expect.stringMatching(
      /^Rule theirs \(priority 20\), which is not of this setup, takes objects under hr\/ of rule ours to dst first, and it does not replicate them: Rule theirs does not select /,
    ),
    fix: expect.stringMatching(
      /^Set SourceSelectionCriteria.* Or give the rule in repl\.yaml a "priority" above 20\.$/,
    ),
    evidence: { arn: 'arn:aws:s3:::src', path: ['accounts', source, 'buckets', 'src', 'replication', 'Rules', 1] },
  },
  exclusions: [{ rule: 'ours', objects: { key: 'hr/*' } }],
};

it('objects that a stronger rule of others takes and does not replicate are told', () => {
  expect(takenIn(rules(ours(), theirs(strong)))).toEqual([fails]);
});

it('objects that a stronger rule of others takes are told where nobody can say whether it replicates them', () => {
  const [one, ...more] = takenIn(all(rules(ours(), theirs({ Priority: 20, Filter: { Prefix: 'hr/' } })), unread));
  expect(more).toEqual([]);
  expect(one).toMatchObject({
    level: 'unknown',
    cause: {
      summary: expect.stringMatching(
        /first, and s3repl cannot tell .*: Nobody can say whether s3:ReplicateObject on arn:aws:s3:::dst\/hr\/s3repl-probe/,
      ) as string,
      evidence: { unknown: ['the policy of arn:aws:s3:::dst/hr/s3repl-probe could not be read'] },
    },
  });
});

it('objects that a stronger rule of others takes are told by their tags too', () => {
  const taken = takenIn(rules(ours({ Filter: { Prefix: 'a/' } }), theirs({ ...strong, Filter: ofTeam('') })));
  expect(taken.map(({ cause: { summary }, exclusions }) => [summary.split(' first')[0], exclusions])).toEqual([
    [
      'Rule theirs (priority 20), which is not of this setup, takes objects under a/ tagged team=a of rule ours to dst',
      [{ rule: 'ours', objects: { key: 'a/*', tags: { team: 'a' } } }],
    ],
  ]);
  const [byTag] = takenIn(rules(ours(), theirs({ ...strong, Filter: ofTeam('') })));
  expect(byTag?.exclusions).toEqual([{ rule: 'ours', objects: { tags: { team: 'a' } } }]);
});

it.each<[string, readonly Exclusion[], string]>([
  ['are meant to stay', [{ key: 'hr/*', why: 'test data' }], 'excluded'],
  [
    'are among what is meant to stay',
    [
      { key: 'x', why: 'test data' },
      { key: 'h*', why: 'test data' },
    ],
    'excluded',
  ],
  ['are not those that are meant to stay', [{ key: 'x/*', why: 'test data' }], 'fails'],
])('objects that a stronger rule of others takes %s', (_, exclusions, level) => {
  expect(takenIn(rules(ours(), theirs(strong)), exclusions)).toEqual([{ ...fails, level }]);
});

it.each<[string, Change]>([
  ['it replicates them', rules(ours(), theirs({ Priority: 20, Filter: { Prefix: 'hr/' } }))],
  ['it is weaker', rules(ours(), theirs({ ...strong, Priority: 8 }))],
  ['it has the same priority, which S3 refuses', rules(theirs({ ...strong, Priority: 9 }), ours())],
  ['it takes those of another rule of others', rules(theirs(), theirs({ ...strong, ID: 'theirs-2' }))],
  [
    'another of its name does not replicate them to another bucket',
    all(secondBucket, rules(theirs({ ...strong, ...toSecond }), ours(), theirs({ ...strong, ...synced }))),
  ],
  ['it takes all of them', rules(ours({ Filter: { Prefix: 'hr/x/' } }), theirs(strong))],
  ['it takes other keys', rules(ours({ Filter: { Prefix: 'x/' } }), theirs(strong))],
  ['it is ours too', rules(ours(), theirs({ ...strong, ID: 'ours-2' }))],
  ['it is disabled', rules(ours(), theirs({ ...strong, Status: 'Disabled' }))],
  ['it goes to another bucket', all(secondBucket, rules(ours(), theirs({ ...strong, ...toSecond })))],
  [
    'another of ours takes them first',
    rules(ours(), theirs(strong), ours({ ID: 'ours-2', Priority: 30, Filter: { Prefix: 'hr/' } })),
  ],
])('nothing is told of a rule of others where %s', (_, change) => {
  expect(takenIn(change)).toEqual([]);
});

it('objects that several stronger rules of others select are told of the strongest, and once', () => {
  const strongest = theirs({ ...strong, ID: 'strongest', Priority: 30 });
  const taken = takenIn(rules(ours(), theirs(strong), strongest));
  expect(taken.map(({ cause }) => cause.summary.slice(0, 14))).toEqual(['Rule strongest']);
  const toBoth = rules(theirs({ ...strong, ...toSecond }), ours(), theirs(strong));
  expect(takenIn(all(secondBucket, toBoth)).map(({ cause }) => cause.evidence.path?.at(-1))).toEqual([2]);
});

it('each rule of ours and each stronger rule is told', () => {
  const taken = takenIn(
    all(
      secondBucket,
      rules(
        ours(),
        ours({ ID: 'ours-2', Priority: 10, ...toSecond }),
        theirs(strong),
        theirs({ ...strong, ID: 'theirs-2', Priority: 21, Filter: { Prefix: 'x/' } }),
        theirs({ ...strong, ID: 'theirs-3', Priority: 22, ...toSecond }),
      ),
    ),
  );
  expect(taken.map(({ cause }) => /^Rule (\S+).* of rule (\S+) to (\S+)/.exec(cause.summary)?.slice(1))).toEqual([
    ['theirs-2', 'ours', 'dst'],
    ['theirs', 'ours', 'dst'],
    ['theirs-3', 'ours-2', 'second'],
  ]);
});
