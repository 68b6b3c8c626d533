import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { drawFrom } from '../draws.ts';
import { aTerminal, controlC, down, enter, type Terminal, type TerminalOptions, up } from '../wizard/terminal.ts';
import { aFolder, type Folder, invoices } from './cli.ts';

/** A first setup in the sandbox: what is asked, and what is typed. */
const script: readonly (readonly [asks: string, ...keys: string[]])[] = [
  ['Which account has the source bucket', enter],
  ['Source bucket', 'acme-invoices', enter],
  ['Region of the new source', 'ireland', enter],
  ['Which account gets the replicas', enter],
  ['Destination bucket', enter],
  ['Region of the new destination', 'frankfurt', enter],
  ['What is replicated', enter],
  ['Options', enter],
  ['E-mail addresses to alert', enter],
  ['Name of this setup', enter],
];

const expected = `# yaml-language-server: $schema=./node_modules/s3repl/docs/repl.schema.json
version: 1
# names the role, key aliases, statements and rules
name: acme-invoices-dr

source:
  # a guard: nothing is written when signed in elsewhere
  account: "111111111111"
  region: eu-west-1
  bucket: acme-invoices          # created when missing

destinations:
  - account: "222222222222"
    region: eu-central-1
    bucket: acme-invoices-replica # created when missing
`;

function atTerminal(folder: Folder, args: readonly string[], options?: TerminalOptions): Terminal {
  const terminal = aTerminal(folder.path, args, options);
  onTestFinished(() => terminal.kill());
  return terminal;
}

async function answer(terminal: Terminal, steps: typeof script): Promise<void> {
  for (const [asks, ...keys] of steps) {
    await terminal.asks(asks);
    // Enter counts once the list is filtered: what is typed stands beside the question by then.
    terminal.press(...keys.slice(0, -1));
    if (asks.includes('Region')) await terminal.filteredBy(keys[0] ?? '');
    terminal.press(keys.at(-1) ?? '');
  }
}

function written(folder: Folder, file = 'repl.yaml'): string {
  return readFileSync(join(folder.path, file), 'utf8');
}

describe('s3repl init at a terminal', () => {
  it('leads from nothing to a replication that is proven, and leaves a repl.yaml and no draft', async () => {
    const folder = aFolder();
    const terminal = atTerminal(folder, ['init', '--sandbox']);
    await answer(terminal, script);
    await terminal.asks('What now?');
    expect(terminal.text()).toContain('5  Replication rules: 1 to create');
    expect(terminal.text()).toContain('None of this exists yet.');
    terminal.press(enter);
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).toContain('✔ verified');
    // What was approved is not asked again.
    expect(terminal.text()).not.toContain('Apply these');
    expect(written(folder)).toBe(expected);
    expect(existsSync(join(folder.path, '.s3repl/draft.yaml'))).toBe(false);
    expect((await folder.s3repl(['apply', '--sandbox', '--json'])).lines.at(-1)).toMatchObject({
      outcome: 'unchanged',
    });
  });

  it('can be left at every question, and goes on there, to the same file', async () => {
    const folder = aFolder();
    let answered = 0;
    const goOn = async (until: number) => {
      const terminal = atTerminal(folder, ['init', '--sandbox']);
      if (answered > 0) {
        await terminal.asks('Continue with these answers?');
        terminal.press(enter);
      }
      await answer(terminal, script.slice(answered, until));
      answered = until;
      return terminal;
    };
    for (const [index, [asks]] of drawFrom([...script.entries()])) {
      const terminal = await goOn(index);
      await terminal.asks(asks);
      terminal.press(controlC);
      expect(await terminal.ended).toBe(130);
      expect(terminal.text()).toContain(
        index === 0 ? 'Stopped before the first answer' : 'Stopped. Your answers are saved',
      );
      if (index > 0) expect(statSync(join(folder.path, '.s3repl/draft.yaml')).mode & 0o777).toBe(0o600);
    }
    const terminal = await goOn(script.length);
    await terminal.asks('What now?');
    terminal.press(down, down, enter);
    expect(await terminal.ended).toBe(0);
    expect(written(folder)).toBe(expected);
  }, 180_000);

  it('forgets a draft, or starts again, as told', async () => {
    const folder = aFolder();
    const first = atTerminal(folder, ['init', '--sandbox']);
    await answer(first, script.slice(0, 2));
    await first.asks('Region of the new');
    first.press(controlC);
    await first.ended;
    const again = atTerminal(folder, ['init', '--sandbox']);
    await again.asks('Continue with these answers?');
    expect(again.text()).toContain('· Source account: 111111111111\n  · Source bucket: acme-invoices\n?');
    again.press(down, enter);
    await again.asks('Which account has the source bucket');
    again.press(controlC);
    await again.ended;
    const forgetting = atTerminal(folder, ['init', '--sandbox']);
    await forgetting.asks('Continue with these answers?');
    forgetting.press(down, down, enter);
    expect(await forgetting.ended).toBe(0);
    expect(existsSync(join(folder.path, '.s3repl/draft.yaml'))).toBe(false);
  });

  it('changes an answer at the review, asks again what hangs on it, and shows documents and commands', async () => {
    const folder = aFolder();
    const terminal = atTerminal(folder, ['init', '--sandbox']);
    await answer(terminal, script);
    await terminal.asks('What now?');
    terminal.press(down, down, down, enter);
    await terminal.asks('Which answer?');
    terminal.press(...Array.from({ length: 4 }, () => down), enter);
    await terminal.asks('Destination bucket');
    terminal.press('acme-other', enter);
    await terminal.asks('Region of the new destination');
    terminal.press(enter);
    await terminal.asks('Which KMS key encrypts the replicas');
    terminal.press(enter);
    await terminal.asks('What now?');
    terminal.press(...Array.from({ length: 4 }, () => down), enter);
    await terminal.shows('+     Action:');
    await terminal.asks('What now?');
    terminal.press(...Array.from({ length: 5 }, () => down), enter);
    await terminal.shows('aws s3api create-bucket');
    await terminal.asks('What now?');
    terminal.press(down, down, enter);
    expect(await terminal.ended).toBe(0);
    expect(written(folder)).toContain('bucket: acme-other ');
    expect(written(folder).match(/region: eu-west-1/g)).toHaveLength(2);
  });

  it('goes back with < and with "go back", and says a bad answer at the question', async () => {
    const folder = aFolder();
    const terminal = atTerminal(folder, ['init', '--sandbox']);
    await answer(terminal, script.slice(0, 1));
    await terminal.asks('Source bucket');
    terminal.press('Acme', enter);
    await terminal.shows('is not a bucket name');
    await terminal.asks('Source bucket');
    terminal.press('\u0015', '<', enter);
    await terminal.asks('Which account has the source bucket');
    terminal.press(enter);
    await answer(terminal, script.slice(1, 3));
    await terminal.asks('Which account gets the replicas');
    terminal.press(down, down, enter);
    await terminal.asks('Region of the new source');
  });

  it('keeps the comments of an existing file, and shows what changes in it', async () => {
    const folder = aFolder();
    const before = `# ours\n${invoices.replace('bucket: acme-invoices\n', 'bucket: acme-invoices   # the old one\n')}`;
    folder.write('repl.yaml', before);
    const terminal = atTerminal(folder, ['init', '--sandbox', '--destination-bucket', 'acme-second']);
    await terminal.asks('What now?');
    expect(terminal.text()).toContain('+     bucket: acme-second');
    terminal.press(down, down, enter);
    expect(await terminal.ended).toBe(0);
    expect(written(folder)).toBe(before.replace('acme-invoices-replica', 'acme-second'));
    expect(existsSync(join(folder.path, 'repl.yaml.bak'))).toBe(false);
  });

  it('asks anew what a file says that cannot be', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices.replace('acme-invoices-replica', 'acme-invoices'));
    const terminal = atTerminal(folder, ['init', '--sandbox']);
    await terminal.asks('Destination bucket');
    expect(terminal.text()).toContain('also the source bucket');
  });

  it('names what exists: buckets with what they are, keys that a bucket has', async () => {
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    await folder.s3repl(['apply', '--sandbox', '--yes']);
    const terminal = atTerminal(folder, ['init', '--sandbox', '--config', 'other.yaml']);
    await terminal.asks('Which account has the source bucket');
    terminal.press(enter);
    await terminal.asks('Which bucket should be replicated');
    await terminal.shows('acme-invoices  eu-west-1  versioned, SSE-KMS, replicates (1 rule)');
    terminal.press(enter);
    await terminal.shows('s3repl replicates it already, as invoices-dr');
    await terminal.asks('Which account gets the replicas');
    terminal.press(enter);
    await terminal.asks('Which bucket gets the replicas');
    terminal.press('acme-new');
    await terminal.asks('acme-new');
    terminal.press(enter);
    await terminal.asks('Region of the new destination');
    terminal.press('<');
    await terminal.asks('Which bucket gets the replicas');
    terminal.press(enter);
    await terminal.shows(/Destination key, the bucket's default:\s+arn:aws:kms:eu-central-1:222222222222:key/);
    await answer(terminal, script.slice(-4, -1));
    await terminal.shows('Nothing to change: everything is set up already.');
    await terminal.asks('What now?');
    terminal.press(enter);
    expect(await terminal.ended).toBe(0);
    expect(written(folder, 'other.yaml')).toContain('name: invoices-dr\n');
  });

  it('goes on with apply where Ctrl-C stopped it', async () => {
    const folder = aFolder();
    const terminal = atTerminal(folder, ['init', '--sandbox'], { isReal: true });
    await answer(terminal, script);
    await terminal.asks('What now?');
    terminal.press(enter);
    await terminal.shows('wrote repl.yaml');
    terminal.press(controlC);
    await terminal.ended;
    const { lines } = await folder.s3repl(['apply', '--sandbox', '--yes', '--json']);
    expect(lines.at(-1)).toMatchObject({ outcome: expect.stringMatching(/^(applied|unchanged)$/) });
    expect(written(folder)).toBe(expected);
  });

  it('works in 60 columns, without colour and without UTF-8', async () => {
    const folder = aFolder();
    const terminal = atTerminal(folder, ['init', '--sandbox', '--no-color'], { columns: 60, env: { LANG: 'C' } });
    for (const [asks, ...keys] of script) {
      await terminal.asks(asks.slice(0, 20));
      terminal.press(...keys.slice(0, -1));
      if (asks.includes('Region')) await terminal.filteredBy(keys[0] ?? '');
      terminal.press(keys.at(-1) ?? '');
    }
    await terminal.asks('What now?');
    terminal.press(up, enter);
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).not.toMatch(/[^\u0020-\u007e\n]/);
    expect(written(folder)).toBe(expected);
  });

  it('is plain lines and numbers with --plain', async () => {
    const folder = aFolder();
    const terminal = atTerminal(folder, ['init', '--sandbox', '--plain']);
    const lines: readonly (readonly [string | RegExp, string])[] = [
      ['Number [1]:', ''],
      ['Source bucket', 'acme-invoices'],
      ['Region of the new source', 'ireland'],
      ['Which account gets the replicas', ''],
      ['Destination bucket', ''],
      ['Region of the new destination', 'frankfurt'],
      ['What is replicated', '9'],
      ['type a number from 1 to 4', ''],
      ['replicate delete markers too? yes or no', 'no'],
      ['S3 RTC', ''],
      ['replication metrics in CloudWatch ($1.20 a month)? yes', ''],
      ['owns the replicas', ''],
      ['a storage class', ''],
      ['E-mail addresses to alert', ''],
      ['Name of this setup', ''],
      ['What now?', '3'],
    ];
    for (const [shows, typed] of lines) {
      await terminal.shows(shows);
      terminal.press(typed, enter);
    }
    expect(await terminal.ended).toBe(0);
    expect(written(folder)).toContain('deleteMarkers: false');
  });
});

describe('s3repl init without a terminal', () => {
  const flags = [
    '--name',
    'acme-invoices-dr',
    '--source-account',
    '111111111111',
    '--source-region',
    'eu-west-1',
    '--source-bucket',
    'acme-invoices',
    '--destination-account',
    '222222222222',
    '--destination-region',
    'eu-central-1',
    '--destination-bucket',
    'acme-invoices-replica',
  ];

  it('with all flags writes the same file, and nothing to AWS', async () => {
    const folder = aFolder();
    const { code, lines } = await folder.s3repl(['init', '--sandbox', '--json', '--verbose', ...flags]);
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ outcome: 'done', next: expect.stringContaining('apply') });
    expect(lines.filter(({ type }) => type === 'call')).toEqual([]);
    expect(written(folder)).toBe(expected);
    const again = await folder.s3repl(['init', ...flags]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('says this already') });
  });

  it('names every missing flag at once, with exit 3', async () => {
    const folder = aFolder();
    const { code, lines } = await folder.s3repl(['init', '--sandbox', '--json', '--source-bucket', 'acme-invoices']);
    expect(code).toBe(3);
    expect(lines.at(-1)).toMatchObject({
      error: {
        code: 'missing-flags',
        message:
          'answers are missing: --source-account --source-region --destination-account --destination-bucket --destination-region --name',
      },
    });
    expect(existsSync(join(folder.path, 'repl.yaml'))).toBe(false);
  });

  it('takes defaults with --yes, where there are some', async () => {
    const folder = aFolder();
    const given = [
      '--source-account',
      '111111111111',
      '--source-region',
      'eu-west-1',
      '--source-bucket',
      'acme-invoices',
      '--destination-account',
      '222222222222',
    ];
    expect((await folder.s3repl(['init', '--sandbox', '--yes', ...given])).code).toBe(0);
    expect(written(folder)).toBe(expected.replace('eu-central-1', 'eu-west-1'));
  });

  it('keeps the old file beside the new one where comments cannot be kept', async () => {
    const folder = aFolder();
    const old = invoices.replace('name: invoices-dr', 'name: &n invoices-dr\ntags: { setup: *n }');
    folder.write('repl.yaml', old);
    expect((await folder.s3repl(['init', '--sandbox', '--name', 'other'])).code).toBe(0);
    expect(written(folder, 'repl.yaml.bak')).toBe(old);
    expect(written(folder)).toContain('name: other');
  });

  it('refuses what does not fit, and leaves a file that is no YAML alone', async () => {
    const folder = aFolder();
    const same = flags.map((text) => (text === 'acme-invoices-replica' ? 'acme-invoices' : text));
    expect(await folder.s3repl(['init', ...same])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--destination-bucket'),
    });
    folder.write('repl.yaml', 'a: [');
    expect((await folder.s3repl(['init', ...flags])).code).toBe(3);
    expect(written(folder)).toBe('a: [');
  });
});

describe('what others keep from replicating', () => {
  /** A repl.yaml whose destination denies objects under hr/ already. */
  async function denied(): Promise<Folder> {
    const folder = aFolder();
    folder.write('repl.yaml', `# of the platform team\n${invoices}`);
    const sandbox = await openSandbox({ directory: join(folder.path, '.s3repl') });
    const { requestHandler } = sandbox;
    const credentials = sandboxCredentials('222222222222');
    const s3 = new S3Client({ requestHandler, credentials, region: 'eu-central-1' });
    const Bucket = 'acme-invoices-replica';
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' as const };
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    const Resource = `arn:aws:s3:::${Bucket}/hr/*`;
    const Statement = [{ Sid: 'NoHr', Effect: 'Deny', Principal: '*', Action: 's3:Replicate*', Resource }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await sandbox.close();
    return folder;
  }

  it('is left out on purpose where somebody says so and why: repl.yaml says it, and the rest is proven', async () => {
    const folder = await denied();
    const terminal = atTerminal(folder, ['init', '--sandbox']);
    await terminal.asks('Leave hr/* out on purpose?');
    expect(terminal.text()).toMatch(/✖ Objects\s+and\s+delete\s+markers\s+under\s+hr\/.*would\s+fail/);
    terminal.press(down, enter);
    await terminal.asks('Why are they left out?');
    terminal.press('personal data of ${HOME}', enter);
    await terminal.asks('What now?');
    expect(terminal.text()).toContain('new objects replicate, except hr/* (personal data of ${HOME})');
    terminal.press(enter);
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).toContain('✔ verified');
    expect(written(folder)).toContain('# of the platform team');
    expect(written(folder)).toMatch(/except:\s+- key: hr\/\*\s+why: personal data of \$\$\{HOME\}/);
    expect((await folder.s3repl(['plan', '--sandbox', '--json'])).lines.at(-1)).toMatchObject({
      outcome: 'unchanged',
      summary: expect.stringContaining('except hr/*'),
    });
  }, 60_000);

  it('keeps the plan from being applied where it is not left out', async () => {
    const folder = await denied();
    const terminal = atTerminal(folder, ['init', '--sandbox']);
    await terminal.asks('Leave hr/* out on purpose?');
    terminal.press(enter);
    await terminal.asks('What now?');
    expect(terminal.text()).toContain('write repl.yaml only');
    expect(terminal.text()).not.toContain('write repl.yaml and apply');
    terminal.press(enter);
    expect(await terminal.ended).toBe(0);
    expect(written(folder)).not.toContain('except');
  }, 60_000);
});
