import { describe, expect, it } from 'vitest';
import { type Change, denyThere, tagged, withDefault } from '../changed-probes.ts';
import { plus, srcKeyArn, without } from '../replication/world.ts';
import {
  all,
  brokenIn,
  type Case,
  glacier,
  noKms,
  noMarkers,
  nothing,
  ours,
  rules,
  secondBucket,
  theirs,
  toDst,
  toSecond,
} from './broken-in.ts';

const timed = toDst({ ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } } });
const ownersOwn = toDst({ AccessControlTranslation: undefined });
const synced = {
  SourceSelectionCriteria: {
    SseKmsEncryptedObjects: { Status: 'Enabled' },
    ReplicaModifications: { Status: 'Enabled' },
  },
} as const;

const mayNot =
  (...actions: string[]): Change =>
  (world) => {
    world.rolePolicy = without(world.rolePolicy, ...actions);
  };
const may =
  (Action: string): Change =>
  (world) => {
    world.rolePolicy = plus(world.rolePolicy, { Effect: 'Allow', Action, Resource: '*' });
  };
const owned =
  (ownership: 'ObjectWriter' | 'unknown'): Change =>
  (world) => {
    world.dst.ownership = ownership;
  };
const hidden: Change = (world) => {
  world.destination = () => 'unknown';
};
const unreadPolicy: Change = (world) => {
  world.dst.policy = 'unknown';
};

it.each<Case>([
  ['goes on as before', rules(theirs()), nothing, []],
  [
    'goes',
    rules(theirs()),
    rules(),
    ['theirs stops | of new objects, delete markers | C03 | The source bucket has no replication rule.'],
  ],
  [
    'goes, and another goes on to another bucket',
    all(secondBucket, rules(theirs(), theirs({ ID: 'two', Priority: 2, ...toSecond }))),
    rules(theirs({ ID: 'two', Priority: 2, ...toSecond })),
    ['theirs stops | of new objects, delete markers | No rule replicates them there any more.'],
  ],
  [
    'goes without delete markers, and another goes on to another bucket',
    all(secondBucket, rules(theirs(noMarkers), theirs({ ID: 'two', Priority: 2, ...toSecond }))),
    rules(theirs({ ID: 'two', Priority: 2, ...toSecond })),
    ['theirs stops | of new objects | No rule replicates them there any more.'],
  ],
  [
    'goes, and one of its ID goes on to another bucket',
    all(secondBucket, rules(theirs(), theirs({ Priority: 2, ...toSecond }))),
    rules(theirs({ Priority: 2, ...toSecond })),
    ['theirs stops | of new objects, delete markers | No rule replicates them there any more.'],
  ],
  [
    'is disabled',
    rules(theirs()),
    rules(theirs({ Status: 'Disabled' })),
    ['theirs stops | of new objects, delete markers | C03 | Rule theirs, which matches s3repl-probe, is disabled.'],
  ],
  [
    'goes, but not of another by tags that goes on',
    rules(theirs(), tagged({ class: 'hr' }, { ID: 'theirs-hr', Priority: 3 })),
    rules(tagged({ class: 'hr' }, { ID: 'theirs-hr', Priority: 3 })),
    [
      'theirs stops | of new objects | C28 | No enabled rule matches s3repl-probe: rule theirs-hr wants prefix "" and tag class=hr.',
      'theirs stops | of delete markers | by theirs-hr | C04 | Rule theirs-hr does not replicate delete markers.',
    ],
  ],
  ['takes more', rules(theirs({ Filter: { Prefix: 'hr/' } })), rules(theirs()), []],
  [
    'does not select the default encryption any more',
    rules(theirs()),
    rules(theirs(noKms)),
    ['theirs stops | of new objects | C04 | Rule theirs does not select SSE-KMS objects such as s3repl-probe.'],
  ],
  [
    'leaves delete markers out',
    rules(theirs()),
    rules(theirs(noMarkers)),
    ['theirs stops | of delete markers | C04 | Rule theirs does not replicate delete markers.'],
  ],
  [
    'takes delete markers too',
    rules(theirs(noMarkers)),
    rules(theirs()),
    ['theirs begins | of delete markers | rule theirs (priority 1)'],
  ],
  [
    'takes delete markers too, which do not arrive',
    rules(theirs(noMarkers)),
    all(rules(theirs()), mayNot('s3:ReplicateDelete')),
    [],
  ],
  ['could not write delete markers and may now', all(rules(theirs()), mayNot('s3:ReplicateDelete')), may('s3:*'), []],
  [
    'meets a Deny of some objects',
    rules(theirs()),
    denyThere(undefined, ['hr/*']),
    [
      expect.stringMatching(
        /^theirs stops \| of objects under hr\/ \| C30 \| Statement No .* denies s3:ReplicateObject /,
      ),
    ],
  ],
  [
    'loses its tags',
    rules(theirs()),
    mayNot('s3:GetObjectVersionTagging'),
    ['theirs differs | of objects with tags | replicas would lose their tags'],
  ],
  ['has lost its tags before', all(rules(theirs()), mayNot('s3:GetObjectVersionTagging')), nothing, []],
  ['gets its tags', all(rules(theirs()), mayNot('s3:GetObjectVersionTagging')), may('s3:GetObjectVersionTagging'), []],
  [
    'is encrypted otherwise',
    rules(theirs()),
    withDefault('AES256'),
    ['theirs differs | of new objects | replicas would be encrypted with SSE-S3 instead of SSE-KMS under DST-KEY'],
  ],
  [
    'gives replicas to another account',
    all(rules(theirs(ownersOwn)), owned('ObjectWriter')),
    rules(theirs()),
    ['theirs differs | of new objects | replicas would belong to account 222222222222 instead of 111111111111'],
  ],
  [
    'leaves replicas to the account of the source',
    all(rules(theirs()), owned('ObjectWriter')),
    rules(theirs(ownersOwn)),
    ['theirs differs | of new objects | replicas would belong to account 111111111111 instead of 222222222222'],
  ],
  ['gave replicas to nobody knows whom', all(rules(theirs(ownersOwn)), owned('unknown')), owned('ObjectWriter'), []],
  ['gives replicas to nobody knows whom', all(rules(theirs(ownersOwn)), owned('ObjectWriter')), owned('unknown'), []],
  [
    'replicates no changes of replicas any more',
    rules(theirs(synced)),
    rules(theirs()),
    ['theirs differs | of new objects | changes to the metadata of replicas would not replicate'],
  ],
  ['replicates changes of replicas too', rules(theirs()), rules(theirs(synced)), []],
  [
    'is no longer timed',
    rules(theirs(timed)),
    rules(theirs()),
    ['theirs differs | of new objects | S3 Replication Time Control would be off for them'],
  ],
  [
    'has another storage class and is timed',
    rules(theirs(glacier)),
    rules(theirs(timed)),
    [
      'theirs differs | of new objects | S3 Replication Time Control would be on for them; replicas would be in the storage class of the source object instead of GLACIER',
    ],
  ],
])('a rule of others that %s', (_, before, after, expected) => {
  expect(brokenIn(before, after)).toEqual(expected);
});

describe('a rule of others that nobody could judge', () => {
  it.each<Case>([
    [
      'afterwards may stop',
      rules(theirs()),
      unreadPolicy,
      [
        'theirs unknown | of new objects | C13 | Nobody can say whether s3:ReplicateObject on arn:aws:s3:::dst/s3repl-probe is allowed: the policy of arn:aws:s3:::dst/s3repl-probe could not be read.',
        'theirs unknown | of delete markers | C14 | Nobody can say whether s3:ReplicateDelete on arn:aws:s3:::dst/s3repl-probe is allowed: the policy of arn:aws:s3:::dst/s3repl-probe could not be read.',
      ],
    ],
    ['before either is not told', all(rules(theirs()), unreadPolicy), nothing, []],
    [
      'before is not told where it replicates afterwards',
      all(rules(theirs()), hidden),
      (world) => {
        world.destination = (bucket) => bucket;
      },
      [],
    ],
    [
      'before stops where this is sure afterwards',
      all(rules(theirs()), hidden),
      rules(theirs(noKms)),
      [
        'theirs stops, unseen | of new objects | C04 | Rule theirs does not select SSE-KMS objects such as s3repl-probe.',
        'theirs differs, unseen | of objects encrypted with SSE-S3, objects encrypted with SSE-C | replicas would be encrypted under no KMS key',
      ],
    ],
    [
      'before is judged by what the rules say: its owner',
      all(rules(theirs()), hidden),
      rules(theirs(ownersOwn)),
      ['theirs differs, unseen | of new objects | replicas would have another owner'],
    ],
    [
      'before is judged by what the rules say: the key of what KMS does not encrypt',
      all(rules(theirs()), hidden),
      rules(theirs(toDst({ EncryptionConfiguration: { ReplicaKmsKeyID: srcKeyArn } }))),
      [
        expect.stringMatching(/^theirs stops, unseen \| of new objects \| C24 \| /) as string,
        'theirs differs, unseen | of objects encrypted with SSE-S3, objects encrypted with SSE-C | replicas would be encrypted under SRC-KEY',
      ],
    ],
    [
      'before is judged by what the rules say: the storage class of ours',
      all(rules(theirs()), hidden),
      rules(theirs(), ours(glacier)),
      [
        'theirs differs, unseen | of new objects | by ours | rule ours (priority 9) would take them, and replicas would be in GLACIER instead of the storage class of the source object',
      ],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(brokenIn(before, after)).toEqual(expected);
  });
});

it('two rules of others that change places are told like ours', () => {
  const two = theirs({ ID: 'two', Priority: 2, ...glacier });
  expect(brokenIn(rules(theirs(), two), rules(theirs({ Priority: 3 }), two))).toEqual([
    'two differs | of new objects | by theirs | rule theirs (priority 3) would take them, and replicas would be in the storage class of the source object instead of GLACIER',
  ]);
});
