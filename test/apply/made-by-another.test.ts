import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { keyUseTag, ownerTag } from '../../src/state/names.ts';
import { aSource, aSpec, SOURCE } from '../builders.ts';
import { aPractice, type Practice } from './in-sandbox.ts';

const alias = 'alias/s3repl-invoices-dr';

function clients({ sandbox: { requestHandler } }: Practice, region = 'eu-west-1') {
  const config = { region, credentials: sandboxCredentials(SOURCE), requestHandler };
  return { s3: new S3Client(config), kms: new KMSClient(config) };
}

/** Does something once, right before the first request for an operation is executed. */
function rightBefore(practice: Practice, operation: string, act: () => Promise<unknown>): void {
  practice.meanwhile = async (request) => {
    if (request.operation !== operation || request.account !== SOURCE) return;
    practice.meanwhile = async () => undefined;
    await act();
  };
}

function aBucketWith(practice: Practice, Tags: { Key: string; Value: string }[], region: Region = 'eu-west-1') {
  return clients(practice, region).s3.send(
    new CreateBucketCommand({
      Bucket: 'acme-invoices',
      ObjectOwnership: 'BucketOwnerEnforced',
      CreateBucketConfiguration: { ...(region === 'us-east-1' ? {} : { LocationConstraint: region }), Tags },
    }),
  );
}

const regions = ['eu-west-1', 'us-east-1'] as const;
type Region = (typeof regions)[number];

async function aKey(practice: Practice) {
  const { kms } = clients(practice);
  const Tags = [
    { TagKey: ownerTag, TagValue: 'invoices-dr' },
    { TagKey: keyUseTag, TagValue: 'source' },
  ];
  return (await kms.send(new CreateKeyCommand({ Tags }))).KeyMetadata?.Arn ?? '';
}

function withAlias(practice: Practice, TargetKeyId: string) {
  return clients(practice).kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId }));
}

describe('what exists by now', () => {
  it.each(regions)('a bucket in %s that another run of the same setup has made is gone on with', async (region) => {
    const practice = await aPractice();
    const tags = [{ Key: ownerTag, Value: 'invoices-dr' }];
    rightBefore(practice, 'CreateBucket', () => aBucketWith(practice, tags, region));
    await practice.apply(aSpec({ source: aSource({ region }) }));
    expect(await practice.apply(aSpec({ source: aSource({ region }) }))).toEqual([]);
  });

  it.each(regions)('a bucket in %s that somebody else has made is not touched', async (region) => {
    const practice = await aPractice();
    rightBefore(practice, 'CreateBucket', () => aBucketWith(practice, [{ Key: 'team', Value: 'other' }], region));
    const failure = await practice.applyFailing(aSpec({ source: aSource({ region }) }));
    expect(failure).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
    expect(practice.requests.map(({ operation, account }) => `${operation} ${account}`)).not.toContain(
      `PutPublicAccessBlock ${SOURCE}`,
    );
  });

  it('a bucket whose tags nobody may read is not touched: AWS says why', async () => {
    const practice = await aPractice();
    rightBefore(practice, 'CreateBucket', async () => {
      await aBucketWith(practice, [{ Key: ownerTag, Value: 'invoices-dr' }]);
      practice.fault = ({ operation }) =>
        operation === 'GetBucketTagging' ? { code: 'AccessDenied', status: 403 } : undefined;
    });
    const failure = await practice.applyFailing(aSpec());
    expect(failure).toMatchObject({ outcome: 'failed' });
    expect(failure.message).toContain('GetBucketTagging');
    expect(practice.requests.map(({ operation, account }) => `${operation} ${account}`)).not.toContain(
      `PutPublicAccessBlock ${SOURCE}`,
    );
  });

  it('an alias that went to another key stops the run, which names its own key and the command that removes it', async () => {
    const practice = await aPractice();
    const { state } = practice.sandbox;
    rightBefore(practice, 'CreateAlias', async () => withAlias(practice, await aKey(practice)));
    const failure = await practice.applyFailing(aSpec());
    expect(failure).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
    const [warning] = practice.events.flatMap((event) => (event.type === 'warning' ? [event] : []));
    expect(warning?.code).toBe('key-left-over');
    const named = /key\/([0-9a-f-]{36})/.exec(warning?.paste ?? '')?.[1] ?? '';
    expect(warning?.paste).toContain('aws kms schedule-key-deletion');
    expect(Object.values(state.keys).map(({ id }) => id)).toContain(named);
    expect(Object.values(state.aliases).map(({ keyId }) => keyId)).not.toContain(named);
    expect(JSON.stringify([state.buckets, state.accounts])).not.toContain(named);

    await practice.apply(aSpec());
    expect(JSON.stringify([state.buckets, state.accounts])).not.toContain(named);
    expect(await practice.apply(aSpec())).toEqual([]);
  });

  it('a key that another run has made is not made a second time where the role is there already', async () => {
    const practice = await aPractice();
    practice.fault = ({ operation }) =>
      operation === 'CreateKey' ? { code: 'AccessDeniedException', status: 400 } : undefined;
    await practice.applyFailing(aSpec());
    practice.fault = () => undefined;
    let looks = 0;
    practice.meanwhile = async ({ operation, account }) => {
      if (operation !== 'ListKeys' || account !== SOURCE || ++looks !== 2) return;
      await aKey(practice);
    };
    expect(await practice.applyFailing(aSpec())).toMatchObject({ outcome: 'blocked', code: 'stale-plan' });
    practice.meanwhile = async () => undefined;
    await practice.apply(aSpec());
    expect(Object.keys(practice.sandbox.state.keys)).toHaveLength(2);
  });
});
