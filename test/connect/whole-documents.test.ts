import { beforeAll, describe, expect, it } from 'vitest';
import { withoutUnknown } from '../../src/aws/unknown-elements.ts';
import type { Connections } from '../../src/connect/connection.ts';
import { readBucket } from '../../src/observe/bucket.ts';
import type { BucketState } from '../../src/state/state.ts';
import { type Additions, withAdditions } from '../apply/added-elements.ts';
import { anApplied } from '../apply/in-sandbox.ts';
import { aSpec } from '../builders.ts';

let connections: Connections;
let additions: Additions = {};

beforeAll(async () => {
  const practice = await anApplied(aSpec());
  const { requestHandler } = practice.sandbox;
  Object.assign(practice.surroundings, { requestHandler: withAdditions(requestHandler, () => additions) });
  connections = await practice.connect(aSpec());
});

async function bucketWith(changed: Additions): Promise<BucketState> {
  additions = changed;
  const bucket = await readBucket(connections.get('source'), 'acme-invoices');
  if (bucket === null || 'inaccessible' in bucket) throw new Error('the bucket is gone');
  return bucket;
}

/** Adds something at the end of each element of this name. */
const inside = (tag: string, xml: string) => (document: string) => document.replaceAll(`</${tag}>`, `${xml}</${tag}>`);

describe('what S3 says and the SDK does not know', () => {
  it('is nothing where all of it is known', async () => {
    const bucket = await bucketWith({});
    expect(withoutUnknown(bucket)).toEqual(bucket);
    expect(bucket).not.toHaveProperty('beside', expect.anything());
  });

  it('is kept where it stood, with all that is in it', async () => {
    const { replication } = await bucketWith({
      replication: inside('Filter', '<Size><Least>5</Least></Size>'),
    });
    expect(replication?.Rules).toMatchObject([{ Filter: { Prefix: '', '<Size>': { Least: '5' } }, Priority: 1 }]);
  });

  it.each([
    ['in the configuration', 'ReplicationConfiguration', '<New/>', { '<New>': '' }],
    ['in a rule', 'Rule', '<New>x</New>', { Rules: [{ '<New>': 'x' }] }],
    ['twice', 'Rule', '<New>x</New><New>y</New>', { Rules: [{ '<New>': ['x', 'y'] }] }],
    ['of a known name elsewhere', 'Rule', '<Account>x</Account>', { Rules: [{ '<Account>': 'x' }] }],
    ['called like a member of the SDK', 'ReplicationConfiguration', '<Rules>x</Rules>', { '<Rules>': 'x' }],
    ['deep within', 'Time', '<New/>', { Rules: [{ Destination: { ReplicationTime: { Time: { '<New>': '' } } } }] }],
    ['as an attribute', 'Rule', '<New kind="a"/>', { Rules: [{ '<New>': { kind: 'a' } }] }],
    ['as text between elements', 'Rule', 'some text', { Rules: [{ '<#text>': 'some text' }] }],
  ])('is seen %s', async (_, tag, xml, found) => {
    expect((await bucketWith({ replication: inside(tag, xml) })).replication).toMatchObject(found);
  });

  it('is seen where the SDK expects one element and there are two: it takes them for none', async () => {
    const { replication } = await bucketWith({ replication: inside('Rule', '<Filter><Prefix>x</Prefix></Filter>') });
    const both = [{ Prefix: '' }, { Prefix: 'x' }];
    expect(replication?.Rules).toMatchObject([{ '<Filter>': both }]);
  });

  it('is not the space between elements, nor a namespace, nor a comment', async () => {
    const spaced = (xml: string) => xml.replace(/></g, '>\n  <!-- x --><').replace('<Rule>', '<Rule xmlns="urn:x">');
    const bucket = await bucketWith({ replication: spaced, encryption: spaced, tagging: spaced });
    expect(bucket).toEqual(await bucketWith({}));
  });

  it('is seen in the default encryption and Block Public Access', async () => {
    const bucket = await bucketWith({
      encryption: inside('BlockedEncryptionTypes', '<Until>2030</Until>'),
      publicAccessBlock: inside('PublicAccessBlockConfiguration', '<BlockMore>true</BlockMore>'),
    });
    expect(bucket.encryption?.Rules).toMatchObject([{ BlockedEncryptionTypes: { '<Until>': '2030' } }]);
    expect(bucket.publicAccessBlock).toMatchObject({ BlockPublicAcls: true, '<BlockMore>': 'true' });
  });

  it.each([
    ['a tag', 'Tag'],
    ['the set of tags', 'TagSet'],
    ['what is around it', 'Tagging'],
  ])('is seen in %s', async (_, tag) => {
    expect((await bucketWith({ tagging: inside(tag, '<Scope>all</Scope>') })).tags).toEqual({
      s3repl: 'invoices-dr',
      [tag === 'TagSet' ? '<TagSet>' : '<Scope>']: '',
    });
  });

  it('is seen beside the words that versioning and Object Ownership are', async () => {
    const bucket = await bucketWith({
      versioning: inside('VersioningConfiguration', '<Expiry/>'),
      ownershipControls: inside('Rule', '<Since>2030</Since>'),
    });
    expect(bucket).toMatchObject({
      versioning: 'Enabled',
      ownership: 'BucketOwnerEnforced',
      beside: { versioning: { '<Expiry>': '' }, ownership: { '<Since>': '' } },
    });
  });
});
