import { describe, expect, it } from 'vitest';
import type { PolicyDocument, Statement } from '../../../src/aws/policy.ts';
import { anyValue, tellingStatements } from '../../../src/model/classes/telling-statements.ts';
import { textOf } from '../../../src/model/evaluation/tails.ts';
import { listEnabledRules, prepare } from '../../../src/model/replication/prepare.ts';
import {
  deny,
  dstKeyArn,
  healthy,
  inOneAccount,
  other,
  plus,
  policy,
  roleArn,
  rule,
  snapshotOf,
  source,
  srcKeyArn,
  type World,
} from '../replication/world.ts';

function tellingIn(change: (world: World) => void, id = 'all') {
  const world = healthy();
  change(world);
  const prepared = prepare(snapshotOf(world));
  // The answers for one rule are not those for another.
  const all = listEnabledRules(prepared).map((one) => ({ id: one.id, telling: tellingStatements(prepared, one) }));
  return all.filter((one) => one.id === id).flatMap(({ telling }) => telling);
}

const named = (change: (world: World) => void, id?: string) =>
  tellingIn(change, id).map(({ place }) => place.sid ?? `statement ${place.statement}`);

function denyThere(more: Partial<Statement>, action = 's3:ReplicateObject'): (world: World) => void {
  return (world) => {
    const Resource = 'arn:aws:s3:::dst/*';
    world.dst.policy = plus(world.dst.policy, deny(action, { Principal: '*', Resource, ...more }));
  };
}
const ofDenial = (more: Partial<Statement>) => tellingIn(denyThere(more)).find(({ place }) => place.sid === 'No');

describe('what a statement tells objects apart by', () => {
  it.each<[string, NonNullable<Statement['Condition']>, readonly (readonly [string, unknown])[]]>([
    ['a value, and any other', { StringEquals: { 's3:RequestObjectTag/a': 'x' } }, [['a', [['x', anyValue]]]]],
    ['both truths', { Bool: { 's3:RequestObjectTag/a': 'true' } }, [['a', [['true', 'false']]]]],
    [
      'the number, one less and one more',
      { NumericGreaterThan: { 's3:RequestObjectTag/a': '3' } },
      [['a', [['3', '2', '4']]]],
    ],
    ['whether there is a tag', { Null: { 's3:RequestObjectTag/a': 'true' } }, [['a', [[anyValue]]]]],
    [
      'keys alone',
      { 'ForAnyValue:StringEquals': { 's3:RequestObjectTagKeys': ['a', 'b'] } },
      [
        ['a', []],
        ['b', []],
      ],
    ],
    [
      'keys beside values of one of them',
      {
        StringEquals: { 's3:RequestObjectTag/a': 'x' },
        'ForAnyValue:StringEquals': { 's3:RequestObjectTagKeys': ['a', 'b'] },
      },
      [
        ['a', [['x', anyValue]]],
        ['b', []],
      ],
    ],
    ['nothing in what is no text', { StringEquals: { 's3:RequestObjectTagKeys': JSON.parse('{}') as string } }, []],
  ])('is %s', (_, Condition, expected) => {
    expect([...(ofDenial({ Condition })?.tags ?? [])]).toEqual(expected);
  });

  it('is a tag of the object whose value a key begins with, beside its own values', () => {
    const Resource = 'arn:aws:s3:::dst/${s3:RequestObjectTag/a}/${s3:RequestObjectTag/b}/*';
    const telling = ofDenial({ Resource, Condition: { Bool: { 's3:RequestObjectTag/a': 'true' } } });
    expect([...(telling?.tags ?? [])]).toEqual([
      ['a', [['true', 'false'], [anyValue]]],
      ['b', [[anyValue]]],
    ]);
    expect(telling?.arns.map((patterns) => patterns.map((one) => textOf(one)))).toEqual([
      [`arn:aws:s3:::dst/${anyValue}/${anyValue}/*`],
    ]);
  });

  it.each<[string, string | undefined, readonly string[]]>([
    ['is a key that begins with the session of the role, by its ID', 'AROAEXAMPLE', ['AROAEXAMPLE:s3-replication/*']],
    ['is no such key where the ID could not be read', 'unknown', []],
    ['is no such key where nobody looked for the ID', undefined, []],
  ])('%s', (_, roleId, expected) => {
    const telling = tellingIn((world) => {
      world.role = (role) => ({ ...role, ...(roleId !== undefined && { roleId }) });
      denyThere({ Resource: 'arn:aws:s3:::dst/${aws:userid}/*' })(world);
    }).find(({ place }) => place.sid === 'No');
    const keys = telling?.arns.flatMap((patterns) => patterns.map((one) => textOf(one)));
    expect(keys).toEqual(expected.map((key) => `arn:aws:s3:::dst/${key}`));
  });

  it.each([
    ['that has no value', 'aws:nobody'],
    ['whose value differs from request to request', 'aws:RequestedRegion'],
  ])('is no key with a variable %s', (_, variable) => {
    const Resource = [`arn:aws:s3:::dst/\${${variable}}/*`, 'arn:aws:s3:::dst/hr/*'];
    const texts = ofDenial({ Resource })?.arns.map((patterns) => patterns.map((one) => textOf(one)));
    expect(texts).toEqual([['arn:aws:s3:::dst/hr/*']]);
  });
});

describe('the statements that are looked at', () => {
  const ofRole = ['SrcObjects', 'DstObjects', 'SrcKey', 'DstKey'];
  const boundary = policy({ Sid: 'unused', Effect: 'Allow', Action: 'ec2:*', Resource: '*' });

  it.each<[string, (world: World) => void, readonly string[]]>([
    ['are those of the role, the buckets and the keys', () => undefined, [...ofRole, 'Writes', 'Root', 'Use']],
    [
      'are none of policies of the organization that could not be read',
      (world) => Object.assign(world, { serviceControl: 'unknown', resourceControl: 'unknown' }),
      [...ofRole, 'Writes', 'Root', 'Use'],
    ],
    [
      'are those of the boundary, and of the organization for the role and for both owners of buckets',
      (world) => {
        const denial = (Sid: string, more: Partial<Statement> = {}) => deny('s3:ReplicateObject', { Sid, ...more });
        const allowing: Statement = { Sid: 'allowing', Effect: 'Allow', Action: 's3:*', Resource: '*' };
        world.role = (role) => ({ ...role, permissionsBoundary: policy(denial('ofBoundary'), allowing) });
        world.serviceControl = [policy(denial('ofRole'), allowing)];
        world.ownersServiceControl = [policy(denial('unused'))];
        world.resourceControl = [policy(denial('atSource', { Principal: '*' }))];
        world.ownersResourceControl = [policy(denial('atDestination', { Principal: '*' }))];
      },
      [...ofRole, 'allowing', 'ofBoundary', 'allowing', 'ofRole', 'atSource', 'atDestination', 'Writes', 'Root', 'Use'],
    ],
    [
      'are none of the key of the destination where the rule selects no objects that KMS encrypts',
      (world) => {
        world.rules = [rule({ SourceSelectionCriteria: {} })];
      },
      [...ofRole, 'Writes', 'Root'],
    ],
    [
      'are none of a key of the source whose ID nobody knows',
      (world) => {
        const by = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/nobody-knows' } as const;
        world.src.encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: by }] };
      },
      [...ofRole, 'Writes', 'Use'],
    ],
    [
      'are none of policies that could not be read',
      (world) => {
        world.src.policy = 'unknown';
        world.dst.policy = 'unknown';
        world.dstKey.policy = 'unknown';
        world.srcKey.policy = 'unknown';
      },
      ofRole,
    ],
    [
      'are none of a key of the source where there is none',
      (world) => {
        world.src.encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] };
        world.srcKey.policy = policy(deny('kms:*', { Sid: 'Gone', Principal: '*' }));
      },
      [...ofRole, 'Writes', 'Use'],
    ],
    [
      'are none of a destination that does not exist',
      (world) => Object.assign(world, { destination: () => null }),
      [...ofRole, 'Root', 'Use'],
    ],
    [
      'are none of a destination that could not be read',
      (world) => Object.assign(world, { destination: () => 'unknown' }),
      [...ofRole, 'Root', 'Use'],
    ],
    [
      'are none that is no statement',
      (world) => {
        const text = JSON.stringify(policy(deny('s3:ReplicateObject', { Principal: '*' }))).replace(
          '[',
          '["nonsense",',
        );
        world.dst.policy = JSON.parse(text) as PolicyDocument;
      },
      [...ofRole, 'No', 'Root', 'Use'],
    ],
    [
      'are those of a key that the rule names by its alias',
      (world) => {
        inOneAccount(world);
        world.dstKey.policy = policy(deny('kms:Encrypt', { Sid: 'OfAlias', Principal: '*' }));
        const { Destination } = rule();
        const EncryptionConfiguration = { ReplicaKmsKeyID: 'alias/dst' };
        world.rules = [rule({ Destination: { Bucket: Destination?.Bucket, EncryptionConfiguration } })];
      },
      [...ofRole, 'Root', 'OfAlias'],
    ],
    ...(
      [
        ['are those that may be about the role, as nobody knows whether it has a boundary', 'unknown', ['No']],
        ['are those of everybody with a boundary, which the role has', boundary, ['No']],
        ['are none that leaves the role out, which has no boundary', null, []],
      ] as const
    ).map(([name, permissionsBoundary, found]): [string, (world: World) => void, readonly string[]] => [
      name,
      (world) => {
        world.role = (role) => ({ ...role, permissionsBoundary });
        const session = `arn:aws:sts::${source}:assumed-role/s3repl-x/s3-replication`;
        const { Principal: _, ...all } = deny('s3:ReplicateObject', { Resource: 'arn:aws:s3:::dst/*' });
        world.dst.policy = policy({ ...all, NotPrincipal: { AWS: [roleArn, session, source] } });
      },
      [...ofRole, ...found, 'Root', 'Use'],
    ]),
  ])('%s', (_, change, expected) => {
    expect(named(change)).toEqual(expected);
  });

  it('are found again by the names of their policies', () => {
    const read = { Resource: 'arn:aws:s3:::src/*', Principal: '*' };
    const telling = tellingIn((world) => {
      world.src.policy = policy(deny('s3:GetObjectVersionAcl', read));
    });
    expect(new Set(telling.map(({ place }) => place.policy))).toEqual(
      new Set([
        `policy inline of role ${roleArn}`,
        'bucket policy of src',
        'bucket policy of dst',
        `key policy of ${srcKeyArn}`,
        `key policy of ${dstKeyArn}`,
      ]),
    );
  });

  it('are those of the destination of the rule', () => {
    const change = (world: World) => {
      const second = { ...world.dst, policy: policy(deny('s3:*', { Sid: 'Second', Principal: '*' })) };
      world.accounts[other] = { buckets: { dst: world.dst, second } };
      world.rules.push(rule({ ID: 'second', Destination: { ...rule().Destination, Bucket: 'arn:aws:s3:::second' } }));
    };
    expect(named(change, 'second')).toContain('Second');
    expect(named(change)).not.toContain('Second');
  });
});
