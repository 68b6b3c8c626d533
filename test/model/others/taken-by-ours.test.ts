import { describe, expect, it } from 'vitest';
import { tagged } from '../changed-probes.ts';
import { srcKeyArn } from '../replication/world.ts';
import {
  all,
  brokenIn,
  type Case,
  glacier,
  noKms,
  noMarkers,
  ours,
  rules,
  secondBucket,
  theirs,
  toDst,
  toSecond,
} from './broken-in.ts';

const ownersOwn = toDst({ AccessControlTranslation: undefined });
const ofHr = (ID: string, more: Parameters<typeof tagged>[1] = {}) => tagged({ class: 'hr' }, { ID, ...more });

describe('a rule of others, and one of ours that', () => {
  const taken =
    'theirs differs | of new objects | by ours | rule ours (priority 9) would take them, and replicas would be in GLACIER instead of the storage class of the source object';

  it.each<Case>([
    ['takes in the same way', rules(theirs()), rules(theirs(), ours()), []],
    ['takes in another way', rules(theirs()), rules(theirs(), ours(glacier)), [taken]],
    [
      'takes in part',
      rules(theirs()),
      rules(theirs(), ours({ Filter: { Prefix: 'hr/' }, ...glacier })),
      [taken.replace('new objects', 'objects under hr/')],
    ],
    [
      'takes and loses, for a reason outside of the rule',
      rules(theirs()),
      rules(theirs(), ours(toDst({ EncryptionConfiguration: { ReplicaKmsKeyID: srcKeyArn } }))),
      [
        expect.stringMatching(
          /^theirs stops \| of new objects \| by ours \| C18 \| rule ours \(priority 9\) would take them, and Key SRC-KEY /,
        ),
      ],
    ],
    [
      'takes and does not select',
      rules(theirs()),
      rules(theirs(), ours(noKms)),
      [
        'theirs stops | of new objects | by ours | C04 | Rule ours does not select SSE-KMS objects such as s3repl-probe.',
      ],
    ],
    [
      'takes without delete markers',
      rules(theirs()),
      rules(theirs(), ours(noMarkers)),
      ['theirs stops | of delete markers | by ours | C04 | Rule ours does not replicate delete markers.'],
    ],
    ['took in the same way, and takes in another', rules(theirs(), ours()), rules(theirs(), ours(glacier)), [taken]],
    ['took in the same way, and gives back', rules(theirs(), ours()), rules(theirs()), []],
    [
      'took in the same way, and goes like theirs',
      rules(theirs(), ours()),
      rules(),
      [expect.stringMatching(/^theirs stops \| of new objects, delete markers \| C03 \| /)],
    ],
    ['took in another way, and goes like theirs', rules(theirs(), ours(glacier)), rules(), []],
    [
      'took in the same way, and takes the delete markers too',
      rules(theirs(noMarkers), ours(noMarkers)),
      rules(theirs(noMarkers), ours()),
      ['theirs begins | of delete markers | rule ours (priority 9)'],
    ],
    [
      'took in another way, and takes the delete markers too',
      rules(theirs({ ...noMarkers, ...glacier }), ours(noMarkers)),
      rules(theirs({ ...noMarkers, ...glacier }), ours()),
      [],
    ],
    [
      'took in the same way but for delete markers, and takes in another way',
      rules(theirs(), ours(noMarkers)),
      rules(theirs(), ours({ ...noMarkers, ...glacier })),
      [taken],
    ],
    [
      'took by their tags in another way, and another of ours takes with the delete markers',
      rules(theirs({ ...noMarkers, ...glacier }), ofHr('ours-hr', { Priority: 9 })),
      rules(theirs({ ...noMarkers, ...glacier }), ofHr('ours-hr', { Priority: 9 }), ours({ Priority: 10 })),
      [
        'theirs differs | of new objects | by ours | rule ours (priority 10) would take them, and replicas would be in the storage class of the source object instead of GLACIER',
        'theirs begins | of delete markers | rule ours (priority 10)',
      ],
    ],
    [
      'took by other tags in another way, as another of ours takes the delete markers',
      rules(ofHr('theirs', glacier), ofHr('ours-hr', { Priority: 9 })),
      rules(ofHr('theirs', glacier), ofHr('ours-hr', { Priority: 9 }), ours({ Priority: 10 })),
      ['theirs begins | of delete markers | rule ours (priority 10)'],
    ],
    [
      'took in the same way, as the bucket gives replicas to its owner anyway, and takes the delete markers too',
      rules(theirs({ ...noMarkers, ...ownersOwn }), ours(noMarkers)),
      rules(theirs({ ...noMarkers, ...ownersOwn }), ours()),
      ['theirs begins | of delete markers | rule ours (priority 9)'],
    ],
    [
      'took in the same way, beside one to another bucket, and takes in another',
      all(secondBucket, rules(theirs({ ID: 'theirs-far', ...toSecond }), theirs({ Priority: 2 }), ours())),
      rules(theirs({ ID: 'theirs-far', ...toSecond }), theirs({ Priority: 2 }), ours(glacier)),
      [taken],
    ],
    ['took alone goes', rules(ours()), rules(), []],
  ])('%s', (_, before, after, expected) => {
    expect(brokenIn(before, after)).toEqual(expected);
  });

  it('takes delete markers, which are told for each rule of others whose replicas they hide, also by tags', () => {
    const inHr = { And: { Prefix: 'hr/', Tags: [{ Key: 'a', Value: 'b' }] } };
    const some = [
      theirs(noMarkers),
      theirs({ ...noMarkers, ID: 'theirs-logs', Priority: 2, Filter: { Prefix: 'logs/' } }),
      ofHr('theirs-tag', { Priority: 3 }),
      ofHr('theirs-far', { Priority: 4, ...toSecond }),
      tagged({}, { ID: 'theirs-hr', Priority: 5, Filter: inHr }),
    ];
    const inLogs = ours({ Filter: { Prefix: 'logs/' } });
    expect(brokenIn(all(secondBucket, rules(...some)), rules(...some, ours()))).toEqual([
      'theirs-tag begins | of delete markers | rule ours (priority 9)',
      'theirs begins | of delete markers | rule ours (priority 9)',
      'theirs-hr begins | of delete markers | rule ours (priority 9)',
      'theirs-logs begins | of delete markers | rule ours (priority 9)',
    ]);
    expect(brokenIn(all(secondBucket, rules(...some)), rules(...some, inLogs))).toEqual([
      'theirs-tag begins | of delete markers under logs/ | rule ours (priority 9)',
      'theirs-logs begins | of delete markers | rule ours (priority 9)',
    ]);
  });
});
