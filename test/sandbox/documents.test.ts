import { expect, test } from 'vitest';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { makeBucket } from './make-bucket.ts';
import { codeOf, sendRaw } from './raw-request.ts';

async function answerTo(parameter: string, body: string, method = 'PUT'): Promise<string> {
  const sandbox = await openSandbox();
  await makeBucket(sandbox, 'bucket', { versioning: 'Enabled' });
  return codeOf(await sendRaw(sandbox, { method, path: '/bucket', query: { [parameter]: '' }, body }));
}
const tagging = (value: string) => `<Tagging><TagSet><Tag><Key>k</Key><Value>${value}</Value></Tag></TagSet></Tagging>`;
const MALFORMED = '400 MalformedXML';

test.each([
  ['a document type', `<!DOCTYPE Tagging>${tagging('v')}`],
  ['an entity of its own', `<!DOCTYPE Tagging [<!ENTITY e "v">]>${tagging('&e;')}`],
  ['entities of entities', `<!DOCTYPE T [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${tagging('&b;')}`],
  ['150 elements in each other', `${'<Tagging>'.repeat(150)}${'</Tagging>'.repeat(150)}`],
  ['20,000 elements in each other', `${'<Tagging>'.repeat(20_000)}${'</Tagging>'.repeat(20_000)}`],
])('%s is MalformedXML', async (_, body) => {
  expect(await answerTo('tagging', body)).toBe(MALFORMED);
  expect(await answerTo('lifecycle', body.replaceAll('Tagging', 'LifecycleConfiguration'))).toBe(MALFORMED);
});

test('a policy that is nested deep is MalformedPolicy', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(await answerTo('policy', `{"Statement":${deep.slice(0, 5000)}${deep.slice(-5000)}}`)).toBe(
    '400 MalformedPolicy',
  );
});

test('a replication configuration of 20 MB is refused before it is read (rules.md, R12: at most 2 MB)', async () => {
  const rules = '<Rule><ID>a</ID></Rule>'.repeat((20 * 2 ** 20) / 23);
  const body = `<ReplicationConfiguration>${rules}</ReplicationConfiguration>`;
  const before = process.cpuUsage();
  expect(await answerTo('replication', body)).toBe('400 MaxMessageLengthExceeded');
  const { user, system } = process.cpuUsage(before);
  // It took 22 s to read it.
  expect((user + system) / 1e6).toBeLessThan(2);
  expect(await answerTo('lifecycle', body.replaceAll('Replication', 'Lifecycle'))).toBe('400 MaxMessageLengthExceeded');
});

test('a list of a thousand long keys is not too large', async () => {
  const object = `<Object><Key>${'&amp;'.repeat(1000)}</Key></Object>`;
  const body = `<Delete><Quiet>true</Quiet>${object.repeat(1000)}</Delete>`;
  expect(await answerTo('delete', body, 'POST')).toBe('200');
});
