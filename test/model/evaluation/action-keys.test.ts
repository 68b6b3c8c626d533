import { expect, it } from 'vitest';
import { actionKeys } from '../../../src/model/evaluation/action-keys.ts';
import { actionKeysText } from './action-keys-text.ts';

/** `npm run action-keys` runs this test with --update, which writes the file. */
it('the table of condition keys is as current as the service authorization data', async () => {
  await expect(await actionKeysText()).toMatchFileSnapshot('../../../src/model/evaluation/action-keys.ts');
});

it('the header that says how to encrypt is listed for the write of an object only', () => {
  const listing = Object.keys(actionKeys).filter((action) =>
    actionKeys[action]?.includes('s3:x-amz-server-side-encryption'),
  );
  expect(listing).toEqual(['s3:PutObject', 's3:ReplicateObject']);
});

it('keys of the resource type are listed for each action on it', () => {
  expect(actionKeys['kms:Encrypt']).toEqual(expect.arrayContaining(['kms:ResourceAliases', 'aws:ResourceTag/*']));
  expect(actionKeys['s3:ReplicateDelete']).toContain('s3:BucketTag/*');
});
