/** What there is to ask about the article's setup, and what rules.md says of it (6.1; A1 to A20). */

import { policy, statementsOf } from '../../../src/aws/policy.ts';
import type { ObjectSnapshot } from '../../../src/model/snapshot.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { branded } from '../../plain.ts';
import { type Article, keyUser, newObject, roleArn, rolePolicy, source } from './set-up.ts';

export interface Case {
  readonly title: string;
  /** Lines of rules.md 6.1. */
  readonly of: string;
  readonly text: string;
  readonly change: (article: Article) => void;
  readonly object: ObjectSnapshot;
  readonly expected: Partial<Verdict>;
  /** Checks that warn. */
  readonly warns?: readonly string[];
}

const asItIs = () => {};
const withKeyUser = (article: Article) => {
  article.keyPolicy = policy(...statementsOf(article.keyPolicy), keyUser);
};
const also =
  (...changes: Case['change'][]): Case['change'] =>
  (article) => {
    for (const change of changes) change(article);
  };
const fails = (reason: Verdict['reason']): Partial<Verdict> => ({ outcome: 'fails', reason });
const silent = (reason: Verdict['reason']): Partial<Verdict> => ({ outcome: 'not-replicated', reason });
const replicates: Partial<Verdict> = { outcome: 'replicates', reason: null };
const tagged = { ...newObject, tags: { team: 'billing' } };
const plain = { ...newObject, encryption: 'NONE' as const, kmsKey: null, bucketKey: false };
const readTags = (article: Article) => {
  const more = { Effect: 'Allow' as const, Action: 's3:GetObjectVersionTagging', Resource: `arn:aws:s3:::${source}/*` };
  article.rolePolicy = policy(...statementsOf(rolePolicy), more);
};
const withAcls = (article: Article) => {
  article.destination.ownership = 'ObjectWriter';
};

export const cases: readonly Case[] = [
  {
    title: 'A new object',
    of: 'A1',
    text: 'The role policy has no KMS statement, and the key is made in step 1, before there is a role to choose as its user.',
    change: asItIs,
    object: newObject,
    expected: fails('SrcGetObjectNotPermitted'),
    warns: ['C17', 'C18'],
  },
  {
    title: 'A new object, with the role chosen as a user of the key',
    of: 'A1, A2',
    text: 'The article leaves out one step: add the role as a key user after creating it. Then objects arrive, encrypted with a key that account 2 does not own.',
    change: withKeyUser,
    object: newObject,
    expected: {
      ...replicates,
      replica: {
        encryption: 'SSE-KMS',
        kmsKey: newObject.kmsKey as string,
        owner: '222222222222',
        storageClass: 'STANDARD',
      },
    },
    warns: ['C17', 'C18'],
  },
  {
    title: 'A tagged object',
    of: 'A5',
    text: 'The policy allows reading tags on the destination bucket, but S3 reads them at the source.',
    change: withKeyUser,
    object: tagged,
    expected: fails(null),
    warns: ['C18'],
  },
  {
    title: 'A tagged object, with the right to read tags at the source',
    of: 'A7',
    text: 'Replication also works without s3:ReplicateTags in the bucket policy.',
    change: also(withKeyUser, readTags),
    object: tagged,
    expected: replicates,
    warns: ['C18'],
  },
  {
    title: 'A new object, with the destination in another Region',
    of: 'A3',
    text: 'A key works only in its own Region, so replication across Regions needs two keys.',
    change: also(withKeyUser, ({ destination }) => {
      destination.region = branded('us-west-2');
    }),
    object: newObject,
    expected: fails('DstKmsKeyNotFound'),
    warns: ['C17', 'C18'],
  },
  {
    title: 'A new object, with another trust policy',
    of: 'A4',
    text: 'The article does not show who may assume the role. Here it is EC2, as the console offers first.',
    change: also(withKeyUser, (article) => {
      article.trust = 'ec2.amazonaws.com';
    }),
    object: newObject,
    expected: fails('AssumeRoleNotPermitted'),
  },
  {
    title: 'A new object, with a role that the console made',
    of: 'A18',
    text: 'Such a role is called role/service-role/…, and the bucket policy names role/….',
    change: (article) => {
      article.roleArn = roleArn.replace('role/', 'role/service-role/');
      article.keyPolicy = policy(...statementsOf(article.keyPolicy), {
        ...keyUser,
        Principal: { AWS: article.roleArn },
      });
    },
    object: newObject,
    expected: fails('DstPutObjectNotPermitted'),
    warns: ['C17', 'C18'],
  },
  {
    title: 'A new object, with ACLs on at the destination',
    of: 'A8, A9, A15',
    text: 'The bucket policy allows the owner override; without AccessControlTranslation in the rule it has no effect, and the replica belongs to account 1.',
    change: also(withKeyUser, withAcls),
    object: newObject,
    expected: {
      ...replicates,
      replica: {
        encryption: 'SSE-KMS',
        kmsKey: newObject.kmsKey as string,
        owner: '111111111111',
        storageClass: 'STANDARD',
      },
    },
    warns: ['C17', 'C18'],
  },
  {
    title: 'An object with a customer-provided key (SSE-C)',
    of: 'A12',
    text: 'The article says that SSE-C is not supported. It is, unless the destination bucket blocks it.',
    change: asItIs,
    object: { ...plain, encryption: 'SSE-C' },
    expected: replicates,
    warns: ['C17'],
  },
  {
    title: 'A delete marker',
    of: 'A14',
    text: 'The article says that deleted objects are also replicated. S3 replicates the delete marker.',
    change: asItIs,
    object: { ...plain, deleteMarker: true, size: 0 },
    expected: replicates,
  },
  {
    title: 'A deleted version',
    of: 'A14',
    text: 'S3 does not replicate the deletion of a version.',
    change: asItIs,
    object: { ...newObject, versionDelete: true },
    expected: silent('version-delete'),
  },
  {
    title: 'An object that was there before',
    of: 'A17',
    text: 'The article says that such objects do not replicate, but not what to do about it.',
    change: withKeyUser,
    object: { ...newObject, existedBeforeRule: true },
    expected: silent('existing-object'),
  },
];
