/** Mutants of the keys' metadata, of the role, and of what limits it. */

import type { KeyMetadata } from '../../../src/aws/documents.ts';
import { type PolicyDocument, policy, type Statement } from '../../../src/aws/policy.ts';
import type { KeySnapshot } from '../../../src/model/snapshot.ts';
import { SOURCE } from '../../builders.ts';
import {
  all,
  either,
  encrypted,
  fails,
  type Meaning,
  mutantOf,
  plaintext,
  type Row,
  versions,
  warns,
} from './meaning.ts';
import { documentNames, type Mutant, ownerOf, withDocument } from './mutant.ts';
import { afterLoss, type Expected, type Target } from './needs.ts';
import type { Asked, SetUp } from './set-ups.ts';

export function keyAndRoleMutants(setUp: SetUp): readonly Mutant[] {
  return [...keyRows(setUp), ...roleRows(setUp), ...denyRows(setUp)].map((row) => mutantOf(setUp, row));
}

const states = ['Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable', 'PendingReplicaDeletion'];
const kinds: readonly Partial<KeyMetadata>[] = [
  { KeySpec: 'RSA_4096' },
  { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  { KeyUsage: 'SIGN_VERIFY' },
];

/** rules.md 1.3 K5 to K10, 2.1. With one key, the source's use of it is asked for first. */
function keyRows(setUp: SetUp): readonly Row[] {
  const { arns, sharedKey, owner } = setUp;
  const put = 'DstPutObjectNotPermitted';
  const atReplica = (reason: Expected['reason']) =>
    either(fails(reason, encrypted, arns.replicaKey), fails(reason, plaintext, arns.replicaKey));
  const atSource = (reason: Expected['reason'], same: Expected['reason']) => {
    const first = fails(reason, encrypted, arns.sourceKey);
    return sharedKey ? either(first, fails(same, plaintext, arns.sourceKey)) : first;
  };
  const managed = sharedKey ? atReplica(put) : warns(encrypted, 'AWS managed key');
  return [
    ...ofKey(setUp, 'sourceKey', {
      state: atSource('SrcKmsKeyInvalidState', 'DstKmsKeyInvalidState'),
      kind: atSource('SrcGetObjectNotPermitted', put),
      gone: atSource('SrcGetObjectNotPermitted', 'DstKmsKeyNotFound'),
      managed,
    }),
    ...(sharedKey
      ? []
      : ofKey(setUp, 'replicaKey', {
          state: atReplica('DstKmsKeyInvalidState'),
          kind: atReplica(put),
          gone: atReplica('DstKmsKeyNotFound'),
          managed: owner === SOURCE ? {} : atReplica(put),
        })),
  ];
}

type KeyMeanings = Readonly<Record<'state' | 'kind' | 'gone' | 'managed', Meaning>>;

function ofKey(setUp: SetUp, name: 'sourceKey' | 'replicaKey', meaning: KeyMeanings): readonly Row[] {
  const key = setUp[name];
  const known = key.metadata === 'unknown' ? { Arn: '' } : key.metadata;
  const set = (change: Partial<KeySnapshot>) => ({ [name]: { ...key, ...change } });
  const described = (change: Partial<KeyMetadata>) => set({ metadata: { ...known, ...change } });
  return [
    ...states.map(
      (KeyState): Row => [
        `${name}: ${KeyState}`,
        described({ KeyState }),
        { ...meaning.state, names: { text: KeyState } },
      ],
    ),
    ...kinds.map((kind): Row => [`${name}: ${Object.values(kind).join(' ')}`, described(kind), meaning.kind]),
    [`${name}: gone`, { [name]: null }, meaning.gone],
    [`${name}: an AWS managed key`, described({ KeyManager: 'AWS' }), meaning.managed],
    [`${name}: another description`, described({ Description: 'x' })],
    [`${name}: without alias`, set({ aliases: [] })],
    [`${name}: not rotated`, set({ rotation: false })],
  ];
}

const allow = (...Action: string[]): PolicyDocument => policy({ Effect: 'Allow', Action, Resource: '*' });

function roleRows({ arns, owner, sharedKey }: SetUp): readonly Row[] {
  const src = 'SrcGetObjectNotPermitted';
  const put = 'DstPutObjectNotPermitted';
  const of = (account: string, what: 'service' | 'resource', ...documents: PolicyDocument[]) => ({
    controls: { [account]: { [`${what}ControlPolicies`]: documents } },
  });
  const noKms: PolicyDocument = policy({ Effect: 'Deny', Action: 'kms:*', Resource: '*', Principal: '*' });
  const noPut = { Sid: 'No', Effect: 'Deny' as const, Action: 's3:ReplicateObject', Resource: '*' };
  const across = owner !== SOURCE;
  const full = allow('*');
  return [
    ['role: gone', { noRole: true }, fails('AssumeRoleNotPermitted', all, arns.role)],
    ['role: a managed policy in place of the inline one', { attached: true }],
    ['role: a boundary that allows everything', { boundary: full }],
    ['role: a boundary that allows S3 and KMS', { boundary: allow('s3:*', 'kms:*') }],
    [
      'role: a boundary without KMS',
      { boundary: allow('s3:*') },
      either(fails(src, encrypted, arns.role), fails(put, plaintext, arns.role)),
    ],
    [
      'role: a boundary without s3:ReplicateTags',
      { boundary: allow('kms:*', 's3:Get*', 's3:List*', 's3:ReplicateObject', 's3:ReplicateDelete', 's3:Object*') },
    ],
    [
      'role: a boundary without writing',
      { boundary: allow('kms:*', 's3:Get*', 's3:List*') },
      either(fails(put, versions, arns.role), fails('DstDelObjNotPermitted', all, arns.role)),
    ],
    ['service control: everything allowed', of(SOURCE, 'service', full)],
    ['service control: a Deny', of(SOURCE, 'service', full, policy(noPut)), fails(put, versions, SOURCE)],
    ['service control: a Deny of something else', of(SOURCE, 'service', full, policy({ ...noPut, Action: 'iam:*' }))],
    [
      'service control: a Deny for the owner of the replica',
      of(owner, 'service', full, policy(noPut)),
      across ? warns(versions, 'service control policy of account') : fails(put, versions, SOURCE),
    ],
    [
      'resource control: a Deny at the source',
      of(SOURCE, 'resource', noKms),
      either(fails(src, encrypted, SOURCE), across && !sharedKey ? {} : fails(put, plaintext, SOURCE)),
    ],
    [
      'resource control: a Deny at the destination',
      of(owner, 'resource', policy({ ...noPut, Principal: '*' })),
      fails(put, versions, owner),
    ],
    [
      'service control: only reading allowed',
      of(SOURCE, 'service', allow('s3:Get*', 's3:List*', 'kms:*', 'sts:*')),
      either(fails(put, versions, SOURCE, arns.role), fails('DstDelObjNotPermitted', all, SOURCE, arns.role)),
    ],
    [
      'service control: KMS not allowed',
      of(SOURCE, 'service', allow('s3:*')),
      either(fails(src, encrypted, SOURCE, arns.role), fails(put, plaintext, SOURCE, arns.role)),
    ],
    [
      'resource control: none of S3',
      of(owner, 'resource', policy({ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' })),
    ],
  ];
}

const denied = [
  's3:GetReplicationConfiguration',
  's3:ListBucket',
  's3:GetObjectVersionForReplication',
  's3:GetObjectVersionAcl',
  's3:GetObjectVersionTagging',
  's3:ReplicateObject',
  's3:ReplicateDelete',
  's3:ReplicateTags',
  's3:ObjectOwnerOverrideToBucketOwner',
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:DescribeKey',
  's3:GetBucketVersioning',
];

/** A Deny of each action in each document, for everybody; and Denies that do not reach S3 (rules.md 1.5 (3), (11)). */
function denyRows(setUp: SetUp): readonly Row[] {
  return documentNames
    .filter((name) => name !== 'trust' && !(name === 'replica key policy' && setUp.sharedKey))
    .flatMap((name) => {
      const everybody = name === 'role' ? {} : { Principal: '*' };
      const plus = (statement: Partial<Statement>) => {
        const before = setUp.documents[name];
        const more: Statement = { Sid: 'No', Effect: 'Deny', Action: '*', Resource: '*', ...everybody, ...statement };
        const Statement = [...(before ? [before.Statement].flat() : []), more] as readonly Statement[];
        return { documents: withDocument(setUp, name, { Version: '2012-10-17', ...before, Statement }).documents };
      };
      const owner = ownerOf(name);
      const of: readonly Target[] = name === 'role' ? ['source', 'destination', 'sourceKey', 'replicaKey'] : [owner];
      const arns = [setUp.arns[owner]];
      const loss = (covers: (action: string) => boolean): Meaning => ({
        expected: (asked: Asked) => afterLoss(setUp, { of, covers }, asked),
        arns,
      });
      const service = name.endsWith('key policy') ? 'kms' : 's3';
      return [
        ...denied
          .filter((action) => name === 'role' || action.startsWith(service))
          .map(
            (Action): Row => [
              `${name}: a Deny of ${Action}`,
              plus({ Action }),
              { ...loss((one) => one === Action), names: { text: Action, sid: 'No' } },
            ],
          ),
        [
          `${name}: a Deny of everything but from a VPC endpoint`,
          plus({ Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } }),
          loss(() => true),
        ] as const,
        [
          `${name}: a Deny of everything without TLS`,
          plus({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ] as const,
        [
          `${name}: a Deny of everything to others`,
          plus({ Condition: { ArnNotEquals: { 'aws:PrincipalArn': setUp.arns.role } } }),
        ] as const,
        [
          `${name}: a Deny of everything to the role`,
          plus({ Condition: { ArnEquals: { 'aws:PrincipalArn': setUp.arns.role } } }),
          loss(() => true),
        ] as const,
      ];
    });
}
