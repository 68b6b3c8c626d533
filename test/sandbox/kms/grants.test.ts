import { DeleteRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateGrantCommand,
  type CreateGrantCommandInput,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  type KMSClient,
  ListGrantsCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, test } from 'vitest';
import { replicationSnapshot } from '../../../src/sandbox/replication/replication-snapshot.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { branded } from '../../plain.ts';
import { clientsOf, message, OTHER, refusal, SOURCE, sessionOf } from '../clients.ts';
import { allow, replicatingPair, SRC } from '../replicating.ts';

const APP = `arn:aws:iam::${OTHER}:role/app`;
const ME = `arn:aws:sts::${OTHER}:assumed-role/app/me`;
const BUCKET = { 'aws:s3:arn': 'arn:aws:s3:::bucket' };

let sandbox: Sandbox;
let kms: KMSClient;
/** A session of the role `app` of another account, whose own policies allow nothing. */
let app: KMSClient;
let KeyId: string;

beforeEach(async () => {
  sandbox = await openSandbox();
  kms = clientsOf(sandbox).kms;
  app = clientsOf(sandbox, await sessionOf(sandbox, 'app', { account: OTHER })).kms;
  await sandbox.clock.sleep(10_000);
  KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
});

function grant(more: Partial<CreateGrantCommandInput> = {}, client = kms) {
  return client.send(new CreateGrantCommand({ KeyId, GranteePrincipal: APP, Operations: ['Encrypt'], ...more }));
}

function encrypt(EncryptionContext: Record<string, string> = {}) {
  return app.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x'), EncryptionContext }));
}

async function grants(more: { GranteePrincipal?: string; GrantId?: string; Limit?: number } = {}) {
  return (await kms.send(new ListGrantsCommand({ KeyId, ...more }))).Grants ?? [];
}

describe('a grant', () => {
  test('lets a role of another account do what it names, without any policy, and nothing else', async () => {
    expect(await refusal(encrypt())).toBe('400 AccessDeniedException');
    await grant();
    expect(await refusal(encrypt())).toBe('accepted');
    expect(await refusal(app.send(new DescribeKeyCommand({ KeyId })))).toBe('400 AccessDeniedException');
  });

  test('to one session is not for the other sessions of its role', async () => {
    await grant({ GranteePrincipal: ME });
    expect(await refusal(encrypt())).toBe('accepted');
    await grant({ GranteePrincipal: ME.replace('/me', '/you'), Operations: ['DescribeKey'] });
    expect(await refusal(app.send(new DescribeKeyCommand({ KeyId })))).toBe('400 AccessDeniedException');
  });

  test('gives nothing against a Deny of the key policy', async () => {
    await grant();
    const root = { Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'kms:*', Resource: '*' };
    const deny = { Effect: 'Deny', Principal: { AWS: APP }, Action: 'kms:Encrypt', Resource: '*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [root, deny] });
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy }));
    expect(await refusal(encrypt())).toBe('400 AccessDeniedException');
  });

  test.each([
    ['EncryptionContextEquals', BUCKET, 'accepted'],
    ['EncryptionContextEquals', { ...BUCKET, team: 'a' }, '400 AccessDeniedException'],
    ['EncryptionContextEquals', {}, '400 AccessDeniedException'],
    ['EncryptionContextSubset', { ...BUCKET, team: 'a' }, 'accepted'],
    ['EncryptionContextSubset', { team: 'a' }, '400 AccessDeniedException'],
  ])('with %s holds with the encryption context %j: %s', async (constraint, context, answer) => {
    await grant({ Constraints: { [constraint]: BUCKET }, Operations: ['Encrypt', 'DescribeKey'] });
    expect(await refusal(encrypt(context))).toBe(answer);
    // What has no encryption context is not constrained.
    expect(await refusal(app.send(new DescribeKeyCommand({ KeyId })))).toBe('accepted');
  });

  test('for a role that was deleted is for no other of its name', async () => {
    await grant();
    const { iam } = clientsOf(sandbox, OTHER);
    await iam.send(new DeleteRoleCommand({ RoleName: 'app' }));
    app = clientsOf(sandbox, await sessionOf(sandbox, 'app', { account: OTHER })).kms;
    await sandbox.clock.sleep(10_000);
    expect(await refusal(encrypt())).toBe('400 AccessDeniedException');
    expect((await grants())[0]?.GranteePrincipal).toMatch(/^AROA/);
  });
});

describe('the grants of a key', () => {
  test('are listed as they were made, page by page, and for one principal', async () => {
    const { GrantId } = await grant({ Name: 'mine', Constraints: { EncryptionContextSubset: BUCKET } });
    await grant({ GranteePrincipal: ME, Operations: ['Decrypt'] });
    expect(await grants({ GranteePrincipal: APP })).toEqual([
      {
        KeyId,
        GrantId,
        Name: 'mine',
        GranteePrincipal: APP,
        IssuingAccount: `arn:aws:iam::${SOURCE}:root`,
        Operations: ['Encrypt'],
        Constraints: { EncryptionContextSubset: BUCKET },
        CreationDate: expect.any(Date),
      },
    ]);
    expect(await grants({ Limit: 1 })).toHaveLength(1);
    expect(await grants()).toHaveLength(2);
    expect(await grants({ GrantId: GrantId ?? '' })).toHaveLength(1);
  });

  test('are one where the same is asked for again under the same name', async () => {
    const first = await grant({ Name: 'mine' });
    expect(await grant({ Name: 'mine' })).toMatchObject({ GrantId: first.GrantId, GrantToken: first.GrantToken });
    await grant({ Name: 'mine', Operations: ['Decrypt'] });
    await grant();
    await grant();
    expect(await grants()).toHaveLength(4);
  });

  test('end when they are revoked', async () => {
    const { GrantId } = await grant();
    await kms.send(new RevokeGrantCommand({ KeyId, GrantId }));
    expect(await refusal(encrypt())).toBe('400 AccessDeniedException');
    expect(await refusal(kms.send(new RevokeGrantCommand({ KeyId, GrantId })))).toBe('400 NotFoundException');
  });

  test('end when who may retire them does', async () => {
    const mine = await grant({ Operations: ['Encrypt', 'RetireGrant'] });
    const theirs = await grant({ GranteePrincipal: ME, Operations: ['Decrypt'] });
    const retiring = await grant({ GranteePrincipal: ME, Operations: ['DescribeKey'], RetiringPrincipal: APP });
    const retire = (grant: { GrantToken?: string | undefined }) =>
      app.send(new RetireGrantCommand({ GrantToken: grant.GrantToken }));
    expect(await refusal(retire(theirs))).toBe('400 AccessDeniedException');
    await retire(mine);
    await retire(retiring);
    expect((await grants()).map(({ GrantId }) => GrantId)).toEqual([theirs.GrantId]);
    await kms.send(new RetireGrantCommand({ KeyId, GrantId: theirs.GrantId }));
    expect(await grants()).toEqual([]);
  });
});

describe('a grant is refused', () => {
  test.each([
    ['to nobody', { GranteePrincipal: `arn:aws:iam::${OTHER}:role/none` }, '400 InvalidArnException'],
    ['of nothing', { Operations: [] }, '400 ValidationException'],
    ['of what is no operation', { Operations: ['PutKeyPolicy' as 'Encrypt'] }, '400 ValidationException'],
  ])('%s', async (_, more, answer) => {
    expect(await refusal(grant(more))).toBe(answer);
  });

  test('of a disabled key', async () => {
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await refusal(grant())).toBe('400 DisabledException');
  });

  test('to who asks without kms:CreateGrant, or for more than a condition lets', async () => {
    expect(await refusal(grant({}, app))).toBe('400 AccessDeniedException');
    const Condition = { 'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Encrypt'] } };
    const some = { Effect: 'Allow', Action: 'kms:CreateGrant', Resource: '*', Condition };
    const session = await sessionOf(sandbox, 'some', { inline: { Version: '2012-10-17', Statement: [some] } });
    const client = clientsOf(sandbox, session).kms;
    expect(await refusal(grant({}, client))).toBe('accepted');
    expect(await message(grant({ Operations: ['Decrypt'] }, client))).toContain('kms:CreateGrant');
  });
});

test('the model hears of grants, of ids and tags, and of what accounts block', async () => {
  const pair = await replicatingPair(sandbox, { source: { locked: true }, inline: [allow('*', 's3:*')] });
  const role = `arn:aws:iam::${SOURCE}:role/replication`;
  await kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal: role, Operations: ['Decrypt'] }));
  const { state } = sandbox;
  const owner = state.accounts[pair.account] ?? { roles: {}, users: {}, policies: {} };
  state.accounts[pair.account] = {
    ...owner,
    publicAccessBlock: { RestrictPublicBuckets: true },
    organization: { id: 'o-a1b2c3d4e5', managementAccount: branded(pair.account) },
  };
  const source = state.buckets[SRC];
  if (!source?.replication) throw new Error('nothing replicates');
  const id = state.accounts[SOURCE]?.roles.replication?.id;
  expect(replicationSnapshot(state, source, source.replication).accounts).toMatchObject({
    [SOURCE]: {
      roles: { [role]: { roleId: id, tags: {} } },
      keys: { [KeyId]: { grants: [{ GranteePrincipal: role, Operations: ['Decrypt'] }] } },
      buckets: { [SRC]: { objectLock: 'Enabled', objectLockRetention: null } },
      publicAccessBlock: null,
      organization: null,
    },
    [pair.account]: { publicAccessBlock: { RestrictPublicBuckets: true }, organization: { id: 'o-a1b2c3d4e5' } },
  });
});
