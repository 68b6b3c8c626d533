import { describe, expect, it } from 'vitest';
import { type ExplainedGroup, groupText } from '../../src/show/failure-text.ts';

const denied = {
  level: 'fails',
  check: 'C30',
  summary: 'Statement KeepOut of the bucket policy of acme-replica denies s3:ReplicateObject to role replicator.',
  fix: 'Narrow the Deny of statement KeepOut of the bucket policy of acme-replica so that it does not cover role replicator.',
  commands: [],
} as const;

function aGroup(more: Partial<ExplainedGroup> = {}): ExplainedGroup {
  return {
    reason: 'DstPutObjectNotPermitted',
    code: 'DstPutObjectNotPermitted',
    count: 2,
    versions: [{ key: 'a', versionId: 'v1' }, { key: 'b' }],
    message: '',
    means: 'S3 may not write the replica.',
    usualFix: 'Run s3repl doctor: it says which.',
    causes: [denied],
    isThere: true,
    ...more,
  };
}

/** Without the indent and the name: what a row says, its lines joined. */
function rowOf(name: string, group: ExplainedGroup): string | undefined {
  const lines = groupText(group).split('\n');
  const start = lines.findIndex((line) => line.startsWith(`  ${name} `));
  if (start < 0) return undefined;
  const end = lines.findIndex((line, index) => index > start && !line.startsWith(' '.repeat(12)));
  return lines
    .slice(start, end)
    .map((line) => line.slice(12))
    .join(' ');
}

describe('why tasks failed', () => {
  it('is a block for each reason, which reads from the reason to the objects', () => {
    const enable = '(\naws kms enable-key --region eu-central-1\n)';
    const disabled = {
      ...denied,
      check: 'C19',
      summary: 'Key 1234 is Disabled.',
      fix: 'Enable it.',
      commands: [enable],
    };
    const text = groupText(aGroup({ count: 1202, message: 'Access denied', causes: [denied, disabled] }));
    expect(text).toBe(`1,202 objects: DstPutObjectNotPermitted
  means     S3 may not write the replica.
  AWS says  Access denied
  cause     Statement KeepOut of the bucket policy of acme-replica denies
            s3:ReplicateObject to role replicator. (C30)
  fix       Narrow the Deny of statement KeepOut of the bucket policy of
            acme-replica so that it does not cover role replicator.
  cause     Key 1234 is Disabled. (C19)
  fix       Enable it.
  run       all of these lines
${enable}
  objects   a  v1
            b
            and 1,200 more
`);
  });

  it('speaks of one object in the singular', () => {
    const one = { count: 1, versions: [{ key: 'a' }], causes: [] };
    expect(groupText(aGroup(one))).toMatch(/^1 object: /);
    expect(rowOf('now', aGroup(one))).toMatch(/^s3repl looked at it, and finds nothing that would stop it now\. /);
    expect(rowOf('now', aGroup({ ...one, isThere: false }))).toMatch(/^s3repl looked for it, and it is not /);
  });

  it('of a reason that s3repl does not know is what AWS says', () => {
    const { means: _, usualFix: __, code: ___, ...group } = aGroup({ reason: 'NoSuchCode', causes: [] });
    const { isThere: ____, ...unseen } = { ...group, message: 'Something new' };
    expect(groupText(unseen)).toBe(
      '2 objects: NoSuchCode\n  AWS says  Something new\n  objects   a  v1\n            b\n',
    );
  });

  it('has the usual fix where no cause was found, also beside what s3repl could not read', () => {
    const unclear = { ...denied, level: 'unknown', summary: 'the tags of a could not be read.' } as const;
    expect(rowOf('fix', aGroup())).not.toContain('doctor');
    const group = aGroup({ causes: [unclear] });
    expect(rowOf('fix', group)).toBe('Run s3repl doctor: it says which.');
    expect(rowOf('unclear', group)).toBe('the tags of a could not be read. (C30)');
    expect(rowOf('cause', group)).toBeUndefined();
    expect(rowOf('now', group)).toBeUndefined();
  });

  it('that would not stop them now is over, perhaps', () => {
    const group = aGroup({ causes: [] });
    expect(rowOf('now', group)).toContain('run s3repl backfill again');
    expect(rowOf('fix', group)).toBe('Run s3repl doctor: it says which.');
  });

  it('that the documents of the accounts do not show is not said to be over', () => {
    const group = aGroup({ causes: [], only: 'batch' });
    expect(rowOf('now', group)).toBeUndefined();
    expect(rowOf('fix', group)).toBe('Run s3repl doctor: it says which.');
  });

  it('needs no fix where the objects are gone, unless the reason is that they are gone', () => {
    const gone = aGroup({ causes: [], isThere: false });
    expect(rowOf('now', gone)).toMatch(/they are not in the bucket any more\.$/);
    expect(rowOf('fix', gone)).toBeUndefined();
    expect(rowOf('fix', { ...gone, only: 'runtime' })).toBe('Run s3repl doctor: it says which.');
  });

  it('is neither over nor gone where s3repl did not look', () => {
    const { isThere: _, ...unseen } = aGroup({ causes: [] });
    expect(rowOf('now', unseen)).toBeUndefined();
    expect(rowOf('fix', unseen)).toBe('Run s3repl doctor: it says which.');
  });
});

describe('the objects', () => {
  const linesOf = (...keys: readonly string[]) => {
    const versions = keys.map((key) => ({ key, versionId: 'v1' }));
    const text = groupText(aGroup({ count: keys.length, versions }));
    return text
      .slice(text.indexOf('\n  objects') + 1)
      .split('\n')
      .slice(0, -1)
      .map((line) => line.slice(12));
  };

  it('are a line each, whatever their keys are made of', () => {
    const esc = '\u001b';
    expect(linesOf(`${esc}[2J`, 'a\nb', 'a\r\tb', '\u202ecod.exe', 'a\u2028b', 'é 💾')).toEqual([
      '\\u001b[2J  v1',
      'a\\u000ab  v1',
      'a\\u000d\\u0009b  v1',
      '\\u202ecod.exe  v1',
      'a\\u2028b  v1',
      'é 💾  v1',
    ]);
  });

  it('are in quotes where spaces would not be seen', () => {
    expect(linesOf(' a', 'a ', 'a  b', 'a b')).toEqual(['" a"  v1', '"a "  v1', '"a  b"  v1', 'a b  v1']);
  });

  it('have their keys whole, as people copy them', () => {
    const key = `${'word '.repeat(204)}word`;
    expect(key.length).toBe(1024);
    expect(linesOf(key)).toEqual([`${key}  v1`]);
  });

  it('and what AWS says of them cannot write over the terminal', () => {
    const text = groupText(aGroup({ reason: '\u001b[1m', message: 'a\u001b[31mb\nc' }));
    expect(text).not.toContain('\u001b');
    expect(text).toContain('  AWS says  a\\u001b[31mb\\u000ac\n');
  });
});
