import { describe, expect, it } from 'vitest';
import { type Change, denyThere, tagged, withDefault } from '../changed-probes.ts';
import { plus, srcKeyArn, without } from '../replication/world.ts';
import { all, brokenIn, nothing, ours, rules, secondBucket, theirs, toDst } from './broken-in.ts';

const toSecond = toDst({ Bucket: 'arn:aws:s3:::second' });
const glacier = toDst({ StorageClass: 'GLACIER' });
const timed = toDst({ ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } } });
const ownersOwn = toDst({ AccessControlTranslation: undefined });
const noMarkers = { DeleteMarkerReplication: { Status: 'Disabled' } } as const;
const noKms = { SourceSelectionCriteria: {} } as const;
const synced = {
  SourceSelectionCriteria: {
    SseKmsEncryptedObjects: { Status: 'Enabled' },
    ReplicaModifications: { Status: 'Enabled' },
  },
} as const;
const ofHr = (ID: string, more: Parameters<typeof tagged>[1] = {}) => tagged({ class: 'hr' }, { ID, ...more });

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

type Case = readonly [name: string, before: Change, after: Change, expected: readonly string[]];

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
      'theirs stops | of objects under hr/ | C30 | Statement No of the bucket policy of dst denies s3:ReplicateObject on arn:aws:s3:::dst/hr/s3repl-probe to role ROLE.',
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
        'theirs stops | of new objects | by ours | C18 | rule ours (priority 9) would take them, and Key SRC-KEY is in us-east-1, but bucket dst is in us-west-2.',
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
      ['theirs stops | of new objects, delete markers | C03 | The source bucket has no replication rule.'],
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

it('two rules of others that change places are told like ours', () => {
  const two = theirs({ ID: 'two', Priority: 2, ...glacier });
  expect(brokenIn(rules(theirs(), two), rules(theirs({ Priority: 3 }), two))).toEqual([
    'two differs | of new objects | by theirs | rule theirs (priority 3) would take them, and replicas would be in the storage class of the source object instead of GLACIER',
  ]);
});
