import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Failure } from '../../src/events/failure.ts';
import { readSnapshotFile, snapshotText } from '../../src/files/snapshot-file.ts';
import { readCases } from '../model/replication/read-cases.ts';
import { healthy, other, snapshotOf, source } from '../model/replication/world.ts';

function aFile(content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 's3repl-snapshot-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'snapshot.json');
  writeFileSync(file, content);
  return file;
}

async function refusalOf(file: string): Promise<Failure> {
  return readSnapshotFile(file).then(
    () => {
      throw new Error('it was taken');
    },
    (error) => error as Failure,
  );
}

// biome-ignore lint/suspicious/noExplicitAny: what is broken has no type.
type Tree = any;

/** The text of a good snapshot that something was done to. */
function broken(breaks: (tree: Tree) => void): string {
  const tree: Tree = JSON.parse(snapshotText(snapshotOf(healthy())));
  breaks(tree);
  return JSON.stringify(tree);
}

describe('a snapshot file', () => {
  it.each(readCases().map((one) => [one.id, one] as const))('%s is read as it was written', async (_, { snapshot }) => {
    expect(await readSnapshotFile(aFile(snapshotText(snapshot)))).toEqual(snapshot);
  });

  it('may hold "unknown" and null, members that nobody knows, and a byte order mark', async () => {
    const text = broken((tree) => {
      tree.accounts[other] = 'unknown';
      tree.accounts[source].buckets.src.policy = 'unknown';
      tree.accounts[source].roles = { x: null };
      tree.accounts[source].alarms = 'unknown';
      tree.accounts[source].topics = { gone: null, unread: 'unknown' };
      tree.objects = 'unknown';
      tree.later = { more: [1] };
      tree.unreadable = [{ path: 'objects', reason: 'AccessDenied' }];
    });
    expect(await readSnapshotFile(aFile(`\uFEFF${text}`))).toEqual(JSON.parse(text));
  });

  it.each([
    ['nothing', '', /:1:1 .*too early/],
    ['what is no JSON', '<html>', /:1:1 .*"<" does not belong here/],
    ['a comma too many', '{\n  "version": 1,\n}', /:3:1 .*"}" does not belong/],
    ['one that was cut off', '{"version": 1, "takenAt": "2026', /:1:32 .*too early/],
    ['typographic quotes', '{\n  “version”: 1\n}', /:2:3 .*typographic quote “/],
    ['a typographic quote for a value', '{"version": ”1”}', /:1:13 .*typographic quote ”/],
    ['a line feed in a text', '{"version": "a\nb"}', /:1:15 /],
    ['a number that is none', '{"version": 01}', /:1:13 /],
    ['an unknown escape', '{"version": "\\x"}', /:1:14 /],
    ['more after the end', '{"version": 1} {}', /:1:16 /],
    ['a member twice', '{"version": 1, "\\u0076ersion": 1}', /:1:16 .*"version" is there twice/],
    ['a member __proto__', '{"version": 1, "__proto__": {}}', /:1:16 .*__proto__/],
    ['100,000 levels', `{"version":${'['.repeat(100_000)}`, /more than 100 levels/],
    ['two million values', `{"version":1,"a":[${'[],'.repeat(2_000_000)}[]]}`, /more than 250,000 values/],
    ['a list', '[]', /has no version/],
    ['no version', '{}', /has no version/],
    ['another version', '{"version": 2}', /version 2; this s3repl reads version 1/],
    ['a text as version', '{"version": "1"}', /version "1"; this s3repl reads version 1/],
    ['nothing but the version', '{"version": 1}', /takenAt is missing; .*accounts is missing; objects is missing/],
    [
      'no versioning',
      broken((tree) => delete tree.accounts[source].buckets.src.versioning),
      new RegExp(`accounts\\["${source}"\\]\\.buckets\\.src\\.versioning is missing`),
    ],
    [
      'another versioning',
      broken((tree) => {
        tree.accounts[source].buckets.src.versioning = 'On';
      }),
      /versioning must be Enabled or Suspended/,
    ],
    [
      'a policy as text',
      broken((tree) => {
        tree.accounts[other].buckets.dst.policy = '{"Statement":[]}';
      }),
      /buckets\.dst\.policy must be a policy as an object, not as text/,
    ],
    [
      'a policy that is a list',
      broken((tree) => {
        tree.accounts[other].buckets.dst.policy = [];
      }),
      /buckets\.dst\.policy must be a policy, which is an object with Statement/,
    ],
    [
      'a policy without Statement',
      broken((tree) => {
        tree.accounts[other].buckets.dst.policy = {};
      }),
      /buckets\.dst\.policy\.Statement is missing/,
    ],
    [
      'a statement that is a number',
      broken((tree) => {
        tree.accounts[other].buckets.dst.policy.Statement = [1];
      }),
      /policy\.Statement must be a statement or a list of statements/,
    ],
    [
      'an alarm that is a list',
      broken((tree) => {
        tree.accounts[source].alarms = { a: [] };
      }),
      /alarms\.a must be an object/,
    ],
    [
      'an alarm with a dimension that is no text',
      broken((tree) => {
        tree.accounts[source].alarms = { a: { Dimensions: [{ Name: 'RuleId', Value: 1 }] } };
      }),
      /alarms\.a\.Dimensions\[0]\.Value must be a text/,
    ],
    [
      'metric math that is a text',
      broken((tree) => {
        tree.accounts[source].alarms = { a: { Metrics: ['m1'] } };
      }),
      /alarms\.a\.Metrics\[0] must be an object/,
    ],
    [
      'a topic without numbers of subscriptions',
      broken((tree) => {
        tree.accounts[source].topics = { t: { policy: 'unknown', kmsKey: null } };
      }),
      /topics\.t\.confirmed is missing; .*topics\.t\.pending is missing/,
    ],
    [
      'a topic with a number as key',
      broken((tree) => {
        tree.accounts[source].topics = { t: { policy: 'unknown', kmsKey: 1, confirmed: 0, pending: 0 } };
      }),
      /topics\.t\.kmsKey must be a text, or null/,
    ],
    [
      'a filter of a notification that is a text',
      broken((tree) => {
        tree.accounts[source].buckets.src.notification = { TopicConfigurations: [{ Filter: 'a/' }] };
      }),
      /TopicConfigurations\[0]\.Filter must be an object/,
    ],
    [
      'a rule with a number as prefix',
      broken((tree) => {
        tree.accounts[source].buckets.src.replication.Rules[0].Filter.Prefix = 1;
      }),
      /replication\.Rules\[0\]\.Filter\.Prefix must be a text/,
    ],
    ['an object without a key', broken((tree) => delete tree.objects[0].key), /objects\[0\]\.key is missing/],
    [
      'more problems than anybody wants to read',
      broken((tree) => {
        tree.objects = Array.from({ length: 20 }, () => ({}));
      }),
      /objects\[0\].*; and \d+ more$/,
    ],
    ['text in UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), /UTF-16/],
  ] as const)('with %s gives one clear error', async (_, content, message) => {
    const failure = await refusalOf(aFile(content));
    expect(failure).toMatchObject({ outcome: 'invalid', code: 'snapshot', fix: expect.any(String) });
    expect(failure.message).toMatch(message);
    expect(failure.message.length).toBeLessThan(1000);
  });

  it('of 200 MB is refused before it is read', async () => {
    const file = aFile('{');
    truncateSync(file, 200e6);
    expect((await refusalOf(file)).message).toMatch(/larger than 16 MiB/);
  });

  it('that is not there, or a directory, is told as such', async () => {
    const file = aFile('{}');
    expect((await refusalOf(`${file}.gone`)).message).toMatch(/there is no file .*gone/);
    mkdirSync(`${file}.d`);
    expect((await refusalOf(`${file}.d`)).message).toMatch(/is a directory/);
  });
});
