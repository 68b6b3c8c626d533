import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Asker, Context } from '../../src/session/context.ts';
import { runOneOrSeveral } from '../../src/session/one-or-several.ts';
import { runApply, runDestroy, runDoctor, runPlan, runVerify } from '../run-command.ts';

const person = { says: true as boolean | string, asked: [] as string[] };
const ask: Asker = {
  confirm: async (message) => {
    person.asked.push(message);
    return person.says === true;
  },
  input: async (message) => {
    person.asked.push(message);
    return String(person.says);
  },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3repl-several-'));
  person.asked.length = 0;
  person.says = true;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Parts {
  readonly destination?: string;
  readonly sourceKey?: string;
  readonly destinationKey?: string;
}

/** A configuration in a file of its own, with buckets of its own unless the test shares them. */
function write(
  name: string,
  { destination = `${name}-replica`, sourceKey = 'create', destinationKey = 'create' }: Parts = {},
) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `version: 1
name: ${name}
source: { account: "111111111111", region: eu-west-1, bucket: acme-${name}, kmsKey: "${sourceKey}" }
destinations:
  - { account: "222222222222", region: eu-central-1, bucket: acme-${destination}, kmsKey: "${destinationKey}" }
`,
  );
  return file;
}

interface Said {
  readonly context: Context;
  readonly text: () => string;
  /** The lines of --json. */
  readonly lines: () => readonly (Record<string, unknown> & { readonly type: string })[];
}

function aContext(change: Partial<Context> = {}): Said {
  let text = '';
  const output = { write: (more: string) => (text += more) };
  const { signal } = new AbortController();
  const context = {
    stdout: output,
    stderr: output,
    env: {},
    signal,
    use: () => undefined,
    ...change,
  };
  return {
    context,
    text: () => text,
    lines: () =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  };
}

const options = (configs: readonly string[], change: object = {}) => ({
  configs,
  ...(configs.length === 1 && { config: configs[0] ?? '' }),
  sandbox: true,
  state: join(folder, 'state'),
  color: false,
  flagValues: {},
  show: 'documents' as const,
  canary: false,
  timeout: 15,
  sample: 10,
  wait: true,
  ...change,
});

const apply = (configs: readonly string[], change: object, { context }: Said) =>
  runOneOrSeveral(
    { name: 'apply', writes: 'confirmed', aboutOne: ['plan'] },
    runApply,
    options(configs, change),
    context,
  );
const json = { json: true, yes: true };

describe('several configurations', () => {
  it('are applied side by side over one sign-in to each account; each line says whose it is, and each has its result', async () => {
    const files = ['a', 'b', 'c'].map((name) => write(name));
    const said = aContext();

    const result = await apply(files, { ...json, verbose: true }, said);

    expect(result).toMatchObject({
      outcome: 'applied',
      changes: 27,
      summary: '3 applied',
      configurations: files.map((config) => ({ config, outcome: 'applied', changes: 9 })),
    });
    const lines = said.lines();
    expect(lines.filter(({ config }) => !files.includes(String(config)))).toEqual([]);
    const results = lines.filter(({ type }) => type === 'result');
    expect(results.map(({ config }) => config).sort()).toEqual(files);
    const calls = lines.filter(({ type }) => type === 'call');
    expect(calls.filter(({ operation }) => operation === 'GetCallerIdentity')).toHaveLength(2);
    for (const config of files) {
      const made = calls.filter((call) => call.config === config && call.operation === 'CreateBucket');
      expect(made).toHaveLength(2);
    }
    // Keys that bear the tag of another are asked for it once in all, not once for each.
    const tags = calls.filter(({ operation }) => operation === 'ListResourceTags');
    expect(tags.length).toBeLessThan(3 * 12);
  });

  it('are read, planned, proven and taken out in the same way', async () => {
    const files = ['a', 'b'].map((name) => write(name));
    await apply(files, json, aContext());
    const said = aContext();
    const plan = await runOneOrSeveral(
      { name: 'plan', aboutOne: ['out'] },
      runPlan,
      options(files, json),
      said.context,
    );
    expect(plan).toMatchObject({ outcome: 'unchanged', changes: 0, summary: '2 unchanged' });
    const verified = await runOneOrSeveral(
      { name: 'verify' },
      runVerify,
      options(files, { ...json, canary: true }),
      said.context,
    );
    expect(verified).toMatchObject({ outcome: 'verified', summary: '2 verified' });
    const healthy = await runOneOrSeveral({ name: 'doctor' }, runDoctor, options(files, json), said.context);
    expect(healthy).toMatchObject({ outcome: 'healthy', summary: '2 healthy' });
    const gone = await runOneOrSeveral(
      { name: 'destroy', writes: 'typed' },
      runDestroy,
      options(files, json),
      said.context,
    );
    expect(gone).toMatchObject({ outcome: 'destroyed', changes: 10, summary: '2 destroyed' });
  });

  it('one that fails stops no other, and all together end as the worst did', async () => {
    const noKey = 'arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000';
    const files = [write('a', { sourceKey: noKey }), write('b'), write('c')];
    const said = aContext();
    const result = await apply(files, json, said);
    expect(result).toMatchObject({
      outcome: 'blocked',
      changes: 18,
      summary: '1 blocked, 2 applied',
      error: { code: 'configurations', message: expect.stringMatching(/^1 of 3 configurations /) },
      configurations: [{ outcome: 'blocked', error: { code: expect.any(String) } }, { outcome: 'applied' }, {}],
    });
    expect(said.lines()).toContainEqual(
      expect.objectContaining({ type: 'result', command: 'apply', config: files[0], outcome: 'blocked' }),
    );
  });

  it('for people, what belongs together stands together, in 80 columns', async () => {
    const files = ['a', 'b'].map((name) => write(name));
    const said = aContext();
    await apply(files, { yes: true }, said);
    const blocks = said.text().split(/^── /m);
    expect(blocks.map((block) => block.split('\n')[0]).sort()).toEqual(['', `a (${files[0]})`, `b (${files[1]})`]);
    for (const [own, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const block = blocks.find((one) => one.startsWith(`${own} (`)) ?? '';
      expect(block).toContain(`✔ bucket acme-${own}-replica`);
      expect(block).toContain('✔ applied');
      expect(block).not.toContain(`acme-${other}`);
    }
    const wide = said
      .text()
      .split('\n')
      .filter((line) => line.length > 80 && !line.includes(folder));
    expect(wide).toEqual([]);
  });

  it('as commands for the shell, each has a comment before it', async () => {
    const files = ['a', 'b'].map((name) => write(name));
    const said = aContext({ stderr: { write: () => undefined } });
    await runOneOrSeveral(
      { name: 'plan', aboutOne: ['out'] },
      runPlan,
      options(files, { show: 'commands' }),
      said.context,
    );
    const lines = said.text().split('\n');
    expect(lines.filter((line) => /^# [ab] \(/.test(line))).toHaveLength(2);
    expect(lines.filter((line) => /^(OUTCOME|NAME|──)/.test(line))).toEqual([]);
  });

  it('that put statements into one bucket policy and one key policy lose nothing of each other', async () => {
    const first = write('first');
    await apply([first], json, aContext());
    const said = aContext();
    await runOneOrSeveral({ name: 'doctor' }, runDoctor, options([first], json), said.context);
    const replicaKey = /arn:aws:kms:eu-central-1:222222222222:key\/[-0-9a-f]+/.exec(said.text())?.[0];
    const shared = { destination: 'first-replica', destinationKey: replicaKey ?? '' };
    const files = [first, ...['a', 'b', 'c'].map((name) => write(name, shared))];
    expect(await apply(files, json, aContext())).toMatchObject({
      outcome: 'applied',
      summary: '1 unchanged, 3 applied',
    });
    const again = await runOneOrSeveral({ name: 'plan' }, runPlan, options(files, json), aContext().context);
    expect(again).toMatchObject({ outcome: 'unchanged', changes: 0, summary: '4 unchanged' });
  });
});

describe('before anything is called', () => {
  it('every problem of every file is told, and what two files would fight over', async () => {
    const [a, b, bad] = [write('a'), write('b'), join(folder, 'bad.yaml')];
    writeFileSync(bad, 'version: 1\nname: NO\n');
    copyFileSync(a, b);
    const said = aContext();
    await expect(apply([a, b, bad, join(folder, 'none.yaml')], json, said)).rejects.toMatchObject({
      outcome: 'invalid',
    });
    const problems = said.lines().filter(({ type }) => type === 'problem');
    expect(problems.map(({ where }) => String(where).replace(/:.*/, ''))).toEqual(
      expect.arrayContaining([b, bad, join(folder, 'none.yaml')]),
    );
    expect(problems).toContainEqual(expect.objectContaining({ code: 'conflict', where: b }));
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it.each([
    ['a saved plan', 'plan', { plan: 'x.plan' }],
    ['--save-snapshot', 'saveSnapshot', { saveSnapshot: 'x.json' }],
    ['--out', 'out', { out: 'x.plan' }],
  ])('%s is refused, which is about one configuration', async (what, name, given) => {
    const files = ['a', 'b'].map((one) => write(one));
    const run = runOneOrSeveral(
      { name: 'any', aboutOne: [name] },
      async () => ({ outcome: 'done', changes: 0 }),
      options(files, given),
      aContext().context,
    );
    await expect(run).rejects.toMatchObject({
      outcome: 'invalid',
      message: `${what} works on one configuration only, and --config names 2`,
    });
  });
});

describe('the approval of several', () => {
  const atTerminal = (configs: readonly string[], change: object = {}) => apply(configs, change, aContext({ ask }));

  it('is one question about all plans together', async () => {
    const files = ['a', 'b'].map((name) => write(name));
    expect(await atTerminal(files)).toMatchObject({ outcome: 'applied', changes: 18 });
    expect(person.asked).toEqual(['Apply these 18 changes, to 2 configurations?']);
    expect(await atTerminal(files)).toMatchObject({ outcome: 'unchanged', changes: 0 });
    expect(person.asked).toHaveLength(1);
  });

  it('comes after each plan is shown once; the summary has what was approved as diffs', async () => {
    const files = ['a', 'b'].map((name) => write(name));
    const summary = join(folder, 'summary.md');
    const said = aContext({ ask });
    await apply(files, { summary }, said);
    for (const text of [said.text(), readFileSync(summary, 'utf8')]) {
      const plans = [...text.matchAll(/(?<!of )bucket acme-(\w+)-replica +222222222222/g)].map(([, name]) => name);
      expect(plans.sort()).toEqual(['a', 'b']);
    }
  });

  it('is about what there is to do: who has nothing to do, or cannot, is not asked about', async () => {
    const files = ['a', 'b'].map((name) => write(name));
    await apply([files[0] ?? ''].concat(write('c')), json, aContext());
    const bad = write('bad', { sourceKey: 'alias/none' });
    expect(await atTerminal([...files, bad])).toMatchObject({
      outcome: 'blocked',
      summary: '1 unchanged, 1 applied, 1 blocked',
    });
    expect(person.asked).toEqual(['Apply these 9 changes, to one configuration?']);
  });

  it('declined, nothing is changed', async () => {
    person.says = false;
    const files = ['a', 'b'].map((name) => write(name));
    await expect(atTerminal(files)).rejects.toMatchObject({ outcome: 'cancelled', code: 'declined' });
    const plan = await runOneOrSeveral({ name: 'plan' }, runPlan, options(files, json), aContext().context);
    expect(plan).toMatchObject({ outcome: 'planned', changes: 18 });
  });

  it('covers the second of two that write one document, although the first has changed it by then', async () => {
    const role = '\nrole: { name: shared }\n';
    const files = ['a', 'b'].map((name) => write(name));
    for (const file of files) writeFileSync(file, role, { flag: 'a' });
    expect(await atTerminal(files)).toMatchObject({ outcome: 'applied', summary: '2 applied' });
    expect(person.asked).toHaveLength(1);
  });

  it('of destroy is typed, with the number of them', async () => {
    const files = ['a', 'b'].map((name) => write(name));
    await apply(files, json, aContext());
    const destroy = () =>
      runOneOrSeveral({ name: 'destroy', writes: 'typed' }, runDestroy, options(files), aContext({ ask }).context);
    person.says = 'yes';
    await expect(destroy()).rejects.toMatchObject({ outcome: 'cancelled' });
    person.says = 'destroy 2';
    expect(await destroy()).toMatchObject({ outcome: 'destroyed', changes: 10 });
    expect(person.asked[1]).toBe('Type "destroy 2" to make these 10 changes, to 2 configurations:');
  });

  it('where there is nobody to ask, each is refused and nothing is changed', async () => {
    const files = ['a', 'b'].map((name) => write(name));
    const result = await apply(files, { json: true }, aContext());
    expect(result).toMatchObject({
      outcome: 'invalid',
      configurations: [{ error: { code: 'no-approval' } }, { error: { code: 'no-approval' } }],
    });
  });
});

it('after Ctrl-C what is under way ends in order, and no further one begins', async () => {
  const files = ['a', 'b', 'c'].map((name) => write(name));
  const stop = new AbortController();
  const stdout = {
    write: (line: string) => {
      if (line.includes('"operation":"CreateRole"')) stop.abort();
    },
  };
  const said = aContext({ stdout, signal: stop.signal });
  const result = await apply(files, { ...json, verbose: true, concurrency: 1 }, said);
  expect(result).toMatchObject({
    outcome: 'cancelled',
    configurations: [
      { error: { message: expect.stringMatching(/^stopped after/) } },
      { error: { message: 'stopped before it started' } },
      { error: { message: 'stopped before it started' } },
    ],
  });
  expect(await apply(files, json, aContext())).toMatchObject({ outcome: 'applied' });
});

it('the deadline is for all of them: what is under way ends in order, and the next run goes on', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const files = ['a', 'b', 'c'].map((name) => write(name));
  // A new role is shown eight seconds late: the first waits for it.
  const result = await apply(files, { ...json, concurrency: 1, deadline: 4_000 }, aContext());
  const notBegun = { outcome: 'failed', changes: 0, error: { code: 'deadline' } };
  expect(result).toMatchObject({
    outcome: 'failed',
    configurations: [
      { outcome: 'failed', error: { message: expect.stringContaining('has passed: stopped after 6 of 9 changes') } },
      notBegun,
      notBegun,
    ],
  });
  expect(result.configurations?.[2]?.error?.message).toBe(
    'the deadline of 4 seconds has passed: stopped before it started',
  );
  expect(await apply(files, { ...json, deadline: 600_000 }, aContext())).toMatchObject({ outcome: 'applied' });
});
