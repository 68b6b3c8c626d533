import { stripVTControlCharacters } from 'node:util';
import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketEncryptionCommand, PutBucketRequestPaymentCommand } from '@aws-sdk/client-s3';
import { describe, expect, it, vi } from 'vitest';
import type { FlagValues } from '../../src/config/flags.ts';
import { beginInterview, questionsIn, reopen, withAnswer } from '../../src/config/interview.ts';
import type { Profile } from '../../src/observe/discover.ts';
import { ask } from '../../src/wizard/ask.ts';
import { UseSandbox } from '../../src/wizard/ask-sign-in.ts';
import { listPrompts } from '../../src/wizard/list-prompts.ts';
import { branded } from '../plain.ts';
import { Keyboard, Screen } from './in-process.ts';
import { aPracticeCloud, type PracticeCloud, profiles } from './practice-cloud.ts';
import { down, enter as enterKey, up } from './terminal.ts';

const known: FlagValues = {
  name: 'invoices-dr',
  'source.account': '111111111111',
  'source.region': 'eu-west-1',
  'source.bucket': 'acme-invoices',
  'destinations[0].account': '222222222222',
  'destinations[0].region': 'eu-central-1',
  'destinations[0].bucket': 'acme-replica',
};

interface Given {
  readonly cloud?: PracticeCloud;
  /** Known besides or, undefined, not known. */
  readonly answers?: FlagValues;
  /** What the question had as its answer, which somebody changes. */
  readonly former?: FlagValues;
  readonly env?: Readonly<Record<string, string>>;
}

let keyboard = new Keyboard();

/** The last that was drawn and can be seen. */
let lastFrame = '';

async function asking(id: string, { cloud, answers = {}, former, env = {} }: Given = {}) {
  const all = Object.entries({ ...known, ...answers }).filter(([path, value]) => value !== undefined && path !== id);
  const begun = beginInterview({ answers: Object.fromEntries(all), advanced: true });
  const question = questionsIn(begun).find((each) => each.id === id);
  if (!question) throw new Error(`no question ${id}`);
  const interview = former ? reopen(withAnswer(begun, question, former), question) : begun;
  const said: string[] = [];
  lastFrame = '';
  keyboard = new Keyboard();
  const screen = new Screen(10_000, (text) => {
    if (stripVTControlCharacters(text).trim() !== '') lastFrame = stripVTControlCharacters(text);
  });
  const prompts = listPrompts(
    { input: keyboard, output: screen, signal: new AbortController().signal, width: 80, utf8: true },
    () => false,
  );
  const answer = ask({
    question,
    interview,
    prompts,
    cloud: cloud ?? (await aPracticeCloud()),
    env,
    say: (text) => said.push(text),
  });
  answer.catch(() => undefined);
  return { answer, said };
}

const shows = (text: string) =>
  vi.waitFor(() => expect(lastFrame.replace(/\s*\n\s*/g, ' ')).toContain(text), { timeout: 120_000, interval: 5 });
const press = (...keys: readonly string[]) => {
  for (const key of keys) keyboard.press(key);
};
const enter = () => press(enterKey);

async function typed(text: string): Promise<void> {
  press(text);
  await shows(text);
  enter();
}

async function bucketIn(cloud: PracticeCloud, account: string, region: string, name: string) {
  const at = (await cloud.signIn(branded({ id: 'source', account, region, access: {} }))).inRegion(branded(region));
  await at.s3.send(
    new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: region as never } }),
  );
  return at;
}

/** In the account of the replicas. */
async function makeKey(cloud: PracticeCloud, region: string, alias: string, state = 'enabled'): Promise<void> {
  const account = '222222222222';
  const signIn = await cloud.signIn(branded({ id: 'source', account, region, access: {} }));
  const { kms } = signIn.inRegion(branded(region));
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
  if (state === 'disabled') await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
}

describe('where a side is', () => {
  it('is a profile, signed in at once, with the account that it turns out to be', async () => {
    const { answer, said } = await asking('source.account', { cloud: await aPracticeCloud('aws') });
    await shows('profile  dr  222222222222  eu-central-1');
    press(down);
    enter();
    expect(await answer).toEqual({ 'source.account': '111111111111', 'source.access.profile': 'prod' });
    expect(said).toEqual(['prod · 111111111111 · eu-west-1']);
  });

  it('says why nobody can be signed in so, and asks again', async () => {
    const { answer, said } = await asking('source.account', { cloud: await aPracticeCloud('aws') });
    await shows('profile  dr');
    press(down);
    press(down);
    await shows('❯ the current credentials');
    enter();
    await vi.waitFor(() => expect(said.join()).toContain('aws sso login'));
    expect(said.at(-1)).toContain('or fix it in another terminal and choose it again');
    // Somebody who fixed it chooses the same again by Enter.
    await shows('❯ the current credentials');
    expect(lastFrame).toContain('a new profile (aws configure sso)');
    expect(lastFrame).toContain('practice in the sandbox first');
    press(up, up);
    await shows('❯ profile  dr');
    enter();
    expect(await answer).toMatchObject({ 'source.account': '222222222222' });
  });

  it('starts at the profile of AWS_PROFILE, and for the destination at one of another account', async () => {
    const cloud = await aPracticeCloud('aws');
    const { answer } = await asking('source.account', { cloud, env: { AWS_PROFILE: 'prod' } });
    await shows('❯ profile  prod');
    enter();
    const source = (await answer) as FlagValues;
    expect(source).toMatchObject({ 'source.access.profile': 'prod' });
    const destination = await asking('destinations[0].account', {
      cloud,
      answers: source,
      env: { AWS_PROFILE: 'prod' },
    });
    await shows('❯ profile  dr');
    expect(lastFrame).toContain('prod  111111111111  eu-west-1  (the source)');
    enter();
    expect(await destination.answer).toMatchObject({ 'destinations[0].access.profile': 'dr' });
  });

  it('without credentials is a profile made in another terminal, or the sandbox', async () => {
    const cloud = await aPracticeCloud('aws');
    let made: readonly Profile[] = [];
    cloud.profiles = async () => made;
    const { answer, said } = await asking('source.account', { cloud });
    await shows('practice in the sandbox first');
    press(down, down);
    await shows('❯ a new profile (aws configure sso)');
    enter();
    await shows('look for the new profile');
    expect(said.join()).toContain('another terminal');
    made = profiles;
    enter();
    await shows('❯ profile  dr');
    enter();
    expect(await answer).toMatchObject({ 'source.access.profile': 'dr' });

    made = [];
    const practicing = await asking('source.account', { cloud });
    await shows('practice in the sandbox first');
    press(up, down, down, down);
    await shows('❯ practice in the sandbox first');
    enter();
    await expect(practicing.answer).rejects.toBeInstanceOf(UseSandbox);
  });

  it('is an account ID as consoles show it, in the sandbox', async () => {
    const { answer } = await asking('source.account');
    await shows('another account');
    press(down, down);
    enter();
    await shows('Account ID');
    await typed('1111-2222');
    await shows('has 12 digits');
    await typed(' 3333');
    expect(await answer).toEqual({ 'source.account': '111122223333' });
  });

  it('is not asked where a flag gives the profile', async () => {
    const given = { cloud: await aPracticeCloud('aws'), answers: { 'source.access.profile': 'prod' } };
    const { answer } = await asking('source.account', given);
    expect(await answer).toEqual({ 'source.account': '111111111111', 'source.access.profile': 'prod' });
  });

  it('is a role to assume, whose ARN is checked', async () => {
    const { answer, said } = await asking('source.account', { cloud: await aPracticeCloud('aws') });
    await shows('profile  dr');
    press(up);
    for (const _ of [1, 2, 3]) press(down);
    await shows('❯ a role to assume');
    enter();
    await shows('ARN of the role');
    await typed('role/x');
    await shows('paste the whole ARN of the role');
    expect(said).toEqual([]);
    void answer;
  });

  it('is an account of the sandbox, the source not being what is offered for the destination', async () => {
    const { answer } = await asking('destinations[0].account');
    await shows('❯ account 222222222222');
    enter();
    expect(await answer).toEqual({ 'destinations[0].account': '222222222222' });
  });
});

describe('a bucket', () => {
  it('is one that exists, with its Region', async () => {
    const cloud = await aPracticeCloud();
    await bucketIn(cloud, '111111111111', 'eu-north-1', 'acme-there');
    const { answer, said } = await asking('source.bucket', { cloud, answers: { 'source.region': undefined } });
    await shows('acme-there  eu-north-1  not versioned, SSE-S3');
    enter();
    expect(await answer).toEqual({ 'source.bucket': 'acme-there', 'source.region': 'eu-north-1' });
    expect(said.join()).toContain('changes it to SSE-KMS');
  });

  it('is found among 1,000 by typing, and only what is seen is looked at', async () => {
    const cloud = await aPracticeCloud();
    await bucketIn(cloud, '111111111111', 'eu-west-1', 'acme-0000');
    cloud.copyBucket(
      'acme-0000',
      Array.from({ length: 999 }, (_, index) => `acme-${String(index + 1).padStart(4, '0')}`),
    );
    cloud.requests.length = 0;
    const { answer } = await asking('source.bucket', { cloud });
    await shows('acme-0000');
    press('0777');
    await shows('❯ acme-0777');
    enter();
    expect(await answer).toMatchObject({ 'source.bucket': 'acme-0777' });
    expect(cloud.requests.filter(({ operation }) => operation === 'ListBuckets').length).toBe(1);
    expect(cloud.requests.length).toBeLessThan(120);
  });

  it('is typed where the buckets may not be listed, which is said', async () => {
    const cloud = await aPracticeCloud();
    cloud.fault = ({ operation }) => (operation === 'ListBuckets' ? { code: 'AccessDenied', status: 403 } : undefined);
    const { answer, said } = await asking('source.bucket', { cloud });
    await shows('Source bucket, new or existing');
    await typed('acme-invoices');
    expect(await answer).toMatchObject({ 'source.bucket': 'acme-invoices' });
    expect(said.join()).toContain('cannot be listed');
  });

  it('is refused where it belongs to another account', async () => {
    const cloud = await aPracticeCloud();
    await bucketIn(cloud, '333333333333', 'eu-west-1', 'acme-theirs');
    const { said } = await asking('source.bucket', { cloud });
    await shows('Source bucket, new or existing');
    await typed('acme-theirs');
    await vi.waitFor(() => expect(said.join()).toContain('acme-theirs belongs to another account'));
  });

  it('is refused where S3 could not replicate into it: Requester Pays, an AWS managed key', async () => {
    const cloud = await aPracticeCloud();
    const at = await bucketIn(cloud, '222222222222', 'eu-central-1', 'acme-payer');
    await at.s3.send(
      new PutBucketRequestPaymentCommand({ Bucket: 'acme-payer', RequestPaymentConfiguration: { Payer: 'Requester' } }),
    );
    await bucketIn(cloud, '222222222222', 'eu-central-1', 'acme-managed');
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } };
    await at.s3.send(
      new PutBucketEncryptionCommand({ Bucket: 'acme-managed', ServerSideEncryptionConfiguration: { Rules: [rule] } }),
    );
    const { said } = await asking('destinations[0].bucket', { cloud });
    await shows('acme-managed');
    press('payer');
    await shows('❯ acme-payer');
    enter();
    await vi.waitFor(() => expect(said.join()).toContain('Requester Pays'));
    await shows('❯ acme-invoices-replica  (a new bucket)');
    press('managed');
    await shows('❯ acme-managed');
    enter();
    await vi.waitFor(() => expect(said.join()).toContain('AWS managed key'));
  });
});

describe('a new bucket', () => {
  it.each([
    ['s3://acme-new/', 'acme-new'],
    ['arn:aws:s3:::acme-new', 'acme-new'],
    ['acme-new', 'acme-new'],
  ])('is typed as %s', async (text, name) => {
    const { answer } = await asking('source.bucket', { cloud: await aPracticeCloud('aws') });
    await shows('Source bucket, new or existing');
    await typed(text);
    expect(await answer).toEqual({ 'source.bucket': name });
  });

  it('is not a part of a bucket: a prefix that was pasted with it is not dropped in silence', async () => {
    const { said } = await asking('source.bucket', { cloud: await aPracticeCloud('aws') });
    await shows('Source bucket, new or existing');
    await typed('s3://acme-new/Tax/');
    await shows('give the bucket alone');
    expect(said).toEqual([]);
  });

  it('has a name at the destination, with the account in it where somebody else has the usual one', async () => {
    const cloud = await aPracticeCloud();
    await bucketIn(cloud, '333333333333', 'eu-west-1', 'acme-invoices-replica');
    const { answer } = await asking('destinations[0].bucket', { cloud });
    await shows('(acme-invoices-replica-222222222222)');
    enter();
    expect(await answer).toEqual({ 'destinations[0].bucket': 'acme-invoices-replica-222222222222' });
  });

  it('has a name at the source in the sandbox alone', async () => {
    const practice = await asking('source.bucket');
    await shows('(practice-bucket)');
    enter();
    expect(await practice.answer).toEqual({ 'source.bucket': 'practice-bucket' });
    await asking('source.bucket', { cloud: await aPracticeCloud('aws') });
    await shows('Source bucket, new or existing');
    expect(lastFrame).not.toContain('practice-bucket');
  });
});

describe('a key', () => {
  it('is new without a question where none fits', async () => {
    const { answer, said } = await asking('destinations[0].kmsKey');
    expect(await answer).toEqual({ 'destinations[0].kmsKey': 'create' });
    expect(said.join()).toContain('a new one');
  });

  it('is one that fits: enabled, and of the Region', async () => {
    const cloud = await aPracticeCloud();
    await makeKey(cloud, 'eu-central-1', 'alias/replicas');
    await makeKey(cloud, 'eu-central-1', 'alias/off', 'disabled');
    const { answer } = await asking('destinations[0].kmsKey', { cloud });
    await shows('alias/replicas');
    expect(lastFrame).not.toContain('alias/off');
    press(down);
    await shows('❯ alias/replicas');
    enter();
    expect(await answer).toEqual({ 'destinations[0].kmsKey': 'alias/replicas' });
  });

  it('may be the source’s in the same Region, with what that means, and a typed one is checked', async () => {
    const cloud = await aPracticeCloud();
    await makeKey(cloud, 'eu-west-1', 'alias/mine', 'disabled');
    const answers = { 'destinations[0].region': 'eu-west-1' };
    const { answer } = await asking('destinations[0].kmsKey', { cloud, answers });
    await shows("the source's key for both");
    press(down);
    await shows('Whoever loses or disables that key');
    press(down);
    enter();
    await shows('Key (alias/NAME');
    await typed('alias/aws/s3');
    await shows('cannot be used across accounts');
    for (const _ of 'alias/aws/s3') press('\u007f');
    await typed('alias/nope');
    await shows('there is no key alias/nope in account 222222222222, eu-west-1');
    for (const _ of 'alias/nope') press('\u007f');
    await typed('alias/mine');
    expect(await answer).toEqual({ 'destinations[0].kmsKey': 'alias/mine' });
  });

  it('is created, or typed, where the keys may not be listed: the missing right is named', async () => {
    const cloud = await aPracticeCloud();
    cloud.fault = ({ operation }) =>
      operation === 'ListKeys' ? { code: 'AccessDeniedException', status: 400 } : undefined;
    const { answer, said } = await asking('destinations[0].kmsKey', { cloud });
    await shows('create a new key');
    enter();
    expect(await answer).toEqual({ 'destinations[0].kmsKey': 'create' });
    expect(said.join()).toContain('kms:ListKeys');
    expect(said.join()).toContain('222222222222');
  });
});

describe('what is replicated', () => {
  const rule = 'destinations[0].rules[0]';

  it('is everything by default', async () => {
    const { answer } = await asking('destinations[0].selection');
    await shows('❯ everything');
    enter();
    expect(await answer).toEqual({});
  });

  it('is a prefix and tags, which are checked', async () => {
    const { answer } = await asking('destinations[0].selection');
    await shows('❯ everything');
    for (const _ of [1, 2, 3]) press(down);
    enter();
    await shows('Prefix');
    await typed('Tax/');
    await shows('Tags');
    await typed('billing');
    await shows('write key=value');
    await typed('=team, kind=x');
    expect(await answer).toEqual({ [`${rule}.prefix`]: 'Tax/', [`${rule}.tags`]: { billing: 'team', kind: 'x' } });
  });

  it('comes with good defaults, and a storage class where wanted', async () => {
    const { answer } = await asking('destinations[0].options');
    await shows('delete markers');
    press(down);
    press(' ');
    for (const _ of [1, 2, 3]) press(down);
    press(' ');
    enter();
    await shows('❯ STANDARD_IA');
    enter();
    expect(await answer).toEqual({
      [`${rule}.deleteMarkers`]: true,
      [`${rule}.replicationTimeControl`]: false,
      [`${rule}.metrics`]: true,
      [`${rule}.ownerOverride`]: true,
      [`${rule}.storageClass`]: 'STANDARD_IA',
    });
  });

  it('has no delete markers to offer with tags, and no owner override within one account', async () => {
    const { answer } = await asking('destinations[0].options', {
      answers: { [`${rule}.tags`]: { a: 'b' }, 'destinations[0].account': '111111111111' },
    });
    await shows('S3 RTC');
    enter();
    expect(await answer).toEqual({ [`${rule}.replicationTimeControl`]: true, [`${rule}.metrics`]: true });
  });

  it('names what S3 RTC and metrics cost, and asks again where S3 RTC would be without metrics', async () => {
    const { answer, said } = await asking('destinations[0].options');
    await shows('S3 RTC: 99.9 % within 15 minutes ($0.015 per GB)');
    expect(lastFrame).toContain('replication metrics in CloudWatch ($1.20 a month)');
    press(down, down, ' ');
    enter();
    await vi.waitFor(() => expect(said.join()).toContain('S3 RTC needs metrics'));
    await shows('◯ replication metrics');
    press(down, ' ');
    enter();
    expect(await answer).toMatchObject({ [`${rule}.replicationTimeControl`]: false, [`${rule}.metrics`]: false });
  });
});

describe('the rest', () => {
  it('a Region is found by its place, and stays in the partition of the source', async () => {
    const { answer } = await asking('destinations[0].region');
    await shows('❯ eu-west-1');
    press('zur');
    await shows('❯ eu-central-2  Zurich');
    expect(lastFrame).not.toContain('cn-');
    enter();
    expect(await answer).toEqual({ 'destinations[0].region': 'eu-central-2' });
  });

  it('a name is offered, and one that is none is said at once', async () => {
    const { answer } = await asking('name');
    await shows('(acme-invoices-dr)');
    await typed('Invoices');
    await shows('is not a name');
    for (const _ of 'Invoices') press('\u007f');
    enter();
    expect(await answer).toEqual({ name: 'acme-invoices-dr' });
  });

  it.each([
    ['role.path', '/x', 'not an IAM path', '/', { 'role.path': '/' }],
    ['tags', 'aws:a=b', 'AWS reserves', '', {}],
    ['destinations[0].rules[0].priority', 'first', 'whole number', '7', { 'destinations[0].rules[0].priority': 7 }],
    ['newKeys.users', 'me', 'not the ARN', '', {}],
  ])('%s is checked like the file, and may be left to its default', async (id, bad, message, good, values) => {
    const { answer } = await asking(id);
    await shows('Enter for the default');
    await typed(bad);
    await shows(message);
    for (const _ of bad) press('\u007f');
    if (good !== '') await typed(good);
    else enter();
    expect(await answer).toEqual(values);
  });

  it('a switch is left to its default, or set', async () => {
    const { answer } = await asking('destinations[0].bucketKey');
    await shows('❯ default');
    press(down);
    press(down);
    enter();
    expect(await answer).toEqual({ 'destinations[0].bucketKey': false });
  });
});

describe('an answer that is changed', () => {
  const rule = 'destinations[0].rules[0]';
  const role = 'arn:aws:iam::111111111111:role/s3repl-setup';
  const options = {
    [`${rule}.deleteMarkers`]: false,
    [`${rule}.replicationTimeControl`]: false,
    [`${rule}.metrics`]: true,
    [`${rule}.ownerOverride`]: false,
    [`${rule}.storageClass`]: 'GLACIER_IR',
  };
  const cases: readonly (readonly [id: string, former: FlagValues, prompts: readonly string[]])[] = [
    ['source.account', { 'source.account': '444444444444' }, ['❯ account 444444444444']],
    ['source.region', { 'source.region': 'eu-north-1' }, ['❯ eu-north-1']],
    ['source.bucket', { 'source.bucket': 'acme-new' }, ['Source bucket, new or existing (acme-new)']],
    ['destinations[0].bucket', { 'destinations[0].bucket': 'acme-dr' }, ['new or existing (acme-dr)']],
    ['destinations[0].kmsKey', { 'destinations[0].kmsKey': 'source' }, ["❯ the source's key for both"]],
    ['destinations[0].kmsKey', { 'destinations[0].kmsKey': 'alias/mine' }, ['❯ another key', '(alias/mine)']],
    ['destinations[0].selection', {}, ['❯ everything']],
    [
      'destinations[0].selection',
      { [`${rule}.prefix`]: 'Tax/', [`${rule}.tags`]: { team: 'billing', year: '2026' } },
      ['❯ objects with a prefix and tags', '(Tax/)', '(team=billing, year=2026)'],
    ],
    ['destinations[0].options', options, ['❯◯', '❯ GLACIER_IR']],
    ['name', { name: 'tax-dr' }, ['(tax-dr)']],
    ['alerts.emails', { 'alerts.emails': ['a@example.com', 'b@example.com'] }, ['(a@example.com, b@example.com)']],
    ['source.bucketKey', { 'source.bucketKey': false }, ['❯ no']],
    ['tags', { tags: { team: 'platform' } }, ['(team=platform)']],
  ];
  it.each(cases)('%s: Enter keeps %j', async (id, former, prompts) => {
    const cloud = await aPracticeCloud();
    await makeKey(cloud, 'eu-west-1', 'alias/mine', 'disabled');
    const answers = { 'destinations[0].region': 'eu-west-1' };
    const { answer } = await asking(id, { cloud, former, answers });
    for (const prompt of prompts) {
      await shows(prompt);
      enter();
    }
    expect(await answer).toEqual(former);
  });

  it('is how somebody signed in, whatever AWS_PROFILE says', async () => {
    const cloud = await aPracticeCloud('aws');
    const former = { 'source.account': '222222222222', 'source.access.profile': 'dr' };
    const { answer } = await asking('source.account', { cloud, former, env: { AWS_PROFILE: 'prod' } });
    await shows('❯ profile  dr');
    enter();
    expect(await answer).toEqual(former);
    await asking('source.account', {
      cloud,
      former: { 'source.account': '111111111111', 'source.access.assumeRole': role },
    });
    await shows('❯ a role to assume');
    enter();
    await shows(`ARN of the role (${role})`);
  });

  it('is the bucket among those of the account', async () => {
    const cloud = await aPracticeCloud('aws');
    for (const name of ['acme-a', 'acme-b']) await bucketIn(cloud, '111111111111', 'eu-west-1', name);
    const { answer } = await asking('source.bucket', { cloud, former: { 'source.bucket': 'acme-b' } });
    await shows('❯ acme-b');
    enter();
    expect(await answer).toMatchObject({ 'source.bucket': 'acme-b' });
  });

  it('that may be none has a sign for that, as Enter keeps it', async () => {
    const { answer } = await asking('alerts.emails', { former: { 'alerts.emails': ['a@example.com'] } });
    await shows('(- for none) (a@example.com)');
    await typed('-');
    expect(await answer).toEqual({});
  });
});
