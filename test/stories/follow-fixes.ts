/** A person who reads why tasks of a job failed, and does what is printed. */
import { EnableKeyCommand } from '@aws-sdk/client-kms';
import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { ExplainedGroup } from '../../src/show/failure-text.ts';
import { type People, SOURCE } from './by-hand.ts';
import { changePolicy } from './change-policy.ts';
import type { Ended } from './cli.ts';

export function failuresIn({ lines }: Ended): readonly ExplainedGroup[] {
  return lines.filter(({ type }) => type === 'failure') as unknown as readonly ExplainedGroup[];
}

/** Does what is printed, to the letter. @returns the commands of s3repl among it. */
export async function followAll(people: People, groups: readonly ExplainedGroup[]): Promise<readonly string[]> {
  const commands = new Set<string>();
  for (const { reason, causes, usualFix = '', versions } of groups) {
    const found = causes.filter(({ level }) => level === 'fails');
    for (const { fix, commands: given } of found) {
      if (given.includes('s3repl apply')) commands.add('s3repl apply');
      else if (given.length > 0) await runCommands(people, given);
      else await narrow(people, fix);
    }
    if (found.length === 0) await followUsual(people, usualFix, { reason, versions });
  }
  return [...commands];
}

async function runCommands(people: People, commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const [, region, KeyId] =
      /^aws kms enable-key --region (\S+) --cli-input-json '{"KeyId":"(\S+)"}'$/m.exec(command) ?? [];
    const keys = region === 'eu-west-1' ? people.sourceKeys : people.destinationKeys;
    await keys.send(new EnableKeyCommand({ KeyId }));
  }
}

async function narrow({ source, destination }: People, fix: string): Promise<void> {
  const says =
    /^Narrow the Deny of statement (\w+) of the bucket policy of ([\w-]+) .* for example by (".*) in its Condition\.$/;
  const [, sid, bucket = '', condition] = says.exec(fix) ?? [];
  const Condition = JSON.parse(`{${condition}}`);
  await changePolicy(bucket === SOURCE ? source : destination, bucket, (statements) =>
    statements.map((one) => (one.Sid === sid ? { ...one, Condition } : one)),
  );
}

async function followUsual(
  { source, sandbox }: People,
  fix: string,
  { reason, versions }: Pick<ExplainedGroup, 'reason' | 'versions'>,
): Promise<void> {
  const [, action] = /Allow s3:(\w+) .* [Cc]heck that no Deny in the source bucket policy covers it\.$/.exec(fix) ?? [];
  if (action !== undefined) {
    await changePolicy(source, SOURCE, (statements) => statements.filter(({ Sid }) => Sid !== `No${action}`));
    return;
  }
  expect(reason).toBe('DstObjectHardDeleted');
  expect(fix).toMatch(/^Copy the source object onto itself, and name its encryption or its storage class/);
  for (const { key } of versions) {
    const same = { CopySource: `${SOURCE}/${key}`, Bucket: SOURCE, Key: key };
    await source.send(new CopyObjectCommand({ ...same, StorageClass: 'STANDARD' }));
  }
  await sandbox.clock.sleep(60_000);
}
