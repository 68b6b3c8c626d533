/** With the policies of `permissions --boundary`, and of `--from-live`, every command still does its work. */
import { describe, expect, it } from 'vitest';
import { DESTINATION, SOURCE } from '../builders.ts';
import {
  aCloud,
  aKey,
  anObject,
  applied,
  boundaryArn,
  drifted,
  keyId,
  otherwiseEncrypted,
  withBoundary,
  withoutAliases,
} from './clouds.ts';
import { printed, printing } from './printed.ts';
import { type Act, act, runs } from './scenarios.ts';
import { configFile, ran, sandboxFrom } from './set-up-roles.ts';

const role = { permissionsBoundary: boundaryArn };
const plain = configFile('plain');
const named = configFile('named', { role });
const changed = configFile('changed', {
  role,
  tags: { team: 'platform' },
  destinations: [{ rules: [{ id: 'tax', prefix: 'tax/' }] }],
});

const boundary = aCloud(undefined, withBoundary(plain));
const setUp = aCloud(boundary, applied(named));

const life: readonly Act[] = [
  ['plan', 'planned'],
  ['apply', 'applied'],
  ['plan', 'unchanged'],
  ['verify', 'verified'],
  ['doctor', 'healthy'],
  ['destroy', 'destroyed'],
];

describe('the policies of permissions --boundary', () => {
  it('set up, prove and take out, with a role that never has more than the boundary', async () => {
    const sandbox = await sandboxFrom(await boundary(), await printed(named, undefined, { boundary: true }));
    await act(sandbox, named, life.slice(0, 5));
    expect(sandbox.state.accounts[SOURCE]?.roles['s3repl-invoices-dr']?.boundary).toBe(boundaryArn);
    await act(sandbox, named, life.slice(5));
  });

  it('are those of a configuration that names the boundary, and refuse to make the role for one that does not', async () => {
    expect(await printed(named)).toEqual(await printed(plain, undefined, { boundary: true }));
    const sandbox = await sandboxFrom(await boundary(), await printed(plain, undefined, { boundary: true }));
    const { outcome, said } = await ran(sandbox, plain, runs.apply);
    expect(outcome).toBe('failed');
    expect(said).toContain('iam:CreateRole');
  });

  it('put a role that was made before under the boundary, and change its policy after that only', async () => {
    const earlier = aCloud(boundary, applied(plain), anObject);
    const sandbox = await sandboxFrom(await earlier(), await printed(changed, undefined, { boundary: true }));
    await act(sandbox, changed, [
      ['apply', 'applied'],
      ['verify', 'verified'],
    ]);
    expect(sandbox.state.accounts[SOURCE]?.roles['s3repl-invoices-dr']?.boundary).toBe(boundaryArn);
  });

  it('leave a trust policy that somebody changed to an administrator, by name', async () => {
    const earlier = aCloud(setUp, drifted);
    const sandbox = await sandboxFrom(await earlier(), await printed(named, undefined, { boundary: true }));
    const { outcome, said } = await ran(sandbox, named, runs.apply);
    expect(outcome).toBe('failed');
    expect(said).toContain('iam:UpdateAssumeRolePolicy');
  });

  it('find that a boundary is too old for a new destination before the first write', async () => {
    const wider = configFile('wider', {
      role,
      destinations: [{}, { region: 'us-east-1', bucket: 'acme-invoices-us' }],
    });
    const state = await setUp();
    const sandbox = await sandboxFrom(state, await printed(wider, undefined, { boundary: true }));
    const { outcome, said } = await ran(sandbox, wider, runs.apply);
    expect(outcome).toBe('blocked');
    expect(said).toMatch(
      /permissions boundary of role .* does not allow s3:ReplicateObject on arn:aws:s3:::acme-invoices-us/,
    );
    expect(sandbox.state.buckets['acme-invoices-us']).toBeUndefined();
  });

  it('are of no use before the boundary exists: plan says so, and who creates it', async () => {
    const sandbox = await sandboxFrom(undefined, await printed(named, undefined, { boundary: true }));
    const { outcome, said } = await ran(sandbox, named, runs.apply);
    expect(outcome).toBe('blocked');
    expect(said).toContain('boundary-missing');
    expect(said).toContain('s3repl permissions --boundary');
    expect(sandbox.state.buckets).toEqual({});
  });
});

describe('the policies of permissions --boundary --from-live', () => {
  const all = ['plan', 'apply', 'verify', 'doctor', 'destroy', 'delete-keys'] as const;
  const flags = { boundary: true, fromLive: true };

  it('do all that is left to do once an administrator has applied', async () => {
    const state = await aCloud(setUp, anObject)();
    const sandbox = await sandboxFrom(state, await printed(changed, undefined, flags, state));
    await act(sandbox, named, [
      ['plan', 'unchanged'],
      ['apply', 'unchanged'],
      ['doctor', 'healthy'],
      ['apply', 'applied', changed],
      ['verify', 'verified', changed],
      ['destroy', 'destroyed', changed],
    ]);
  });

  it('find a key again that has lost its alias and its rotation, and give them back', async () => {
    const state = await aCloud(setUp, withoutAliases)();
    const policies = await printed(named, undefined, flags, state);
    const sandbox = await sandboxFrom(state, policies);
    await act(sandbox, named, [
      ['apply', 'applied'],
      ['plan', 'unchanged'],
    ]);
  });

  it('schedule the deletion of the keys where that is asked for', async () => {
    const state = await aCloud(setUp, otherwiseEncrypted)();
    const sandbox = await sandboxFrom(state, await printed(named, all, flags, state));
    await act(sandbox, named, [
      ['delete-keys', 'destroyed'],
      ['delete-keys', 'unchanged'],
    ]);
  });

  it('do everything from nothing with keys that were made before', async () => {
    const keyArn = (account: string, region: string, digit: string) =>
      `arn:aws:kms:${region}:${account}:key/${keyId(digit)}`;
    const given = configFile('given', {
      role,
      source: { kmsKey: keyArn(SOURCE, 'eu-west-1', '1') },
      destinations: [{ kmsKey: 'alias/given-3' }],
    });
    const state = await aCloud(boundary, aKey(SOURCE, 'eu-west-1', '1'), aKey(DESTINATION, 'eu-central-1', '3'))();
    const policies = await printed(given, undefined, flags, state);
    expect(JSON.stringify(policies)).not.toMatch(/:key\/\*|CreateKey|kms:TagResource|ResourceAliases/);
    await act(await sandboxFrom(state, policies), given, life);
  });

  it('are refused as long as a key is missing, with the ways out', async () => {
    const { outcome, said, stdout } = await printing(named, flags, await boundary());
    expect(outcome).toBe('blocked');
    expect(stdout).not.toContain('"permissions"');
    expect(said).toMatch(/no KMS key exists yet for source \(account 111111111111, eu-west-1\), destinations\[0\]/);
    expect(said).toMatch(/let an administrator run s3repl apply once.*kmsKey/s);
  });

  it('name several destinations, and fit into an inline policy', async () => {
    const several = configFile('several', {
      role,
      destinations: [
        {},
        { bucket: 'acme-invoices-second' },
        { region: 'us-east-1', bucket: 'acme-invoices-us' },
        { region: 'eu-west-1', bucket: 'acme-invoices-near', kmsKey: 'source' },
      ],
    });
    const state = await aCloud(undefined, withBoundary(several), applied(several))();
    const sandbox = await sandboxFrom(state, await printed(several, undefined, flags, state));
    await act(sandbox, several, [
      ['verify', 'verified'],
      ['destroy', 'destroyed'],
    ]);
  });
});

describe('what permissions prints and says', () => {
  const people = { json: false } as const;

  it('is an object of the boundary and the policies, one document, or a line for each', async () => {
    const both = JSON.parse((await printing(plain, { ...people, boundary: true })).stdout);
    expect(Object.keys(both)).toEqual(['boundary', SOURCE, DESTINATION]);
    expect(both.boundary.arn).toBe(boundaryArn);
    const only = JSON.parse((await printing(plain, { ...people, boundaryPolicy: true })).stdout);
    expect(only).toEqual(both.boundary.policy);
    const one = JSON.parse((await printing(plain, { ...people, boundary: true, account: SOURCE })).stdout);
    expect(one).toEqual(both[SOURCE]);
    const lines = (await printing(plain, { boundary: true })).stdout.trim().split('\n');
    const [first] = lines.map((line) => JSON.parse(line));
    expect(first).toEqual({ type: 'boundary', arn: boundaryArn, policy: only, sandbox: true });
  });

  it('warns of who holds the usual policies, account by account, and of nobody who only looks', async () => {
    const warnings = async (flags: Parameters<typeof printing>[1]) =>
      [...(await printing(plain, flags)).stdout.matchAll(/"type":"warning","code":"([a-z-]+)"/g)].map(
        ([, code]) => code,
      );
    expect(await warnings({})).toEqual(['role-unbounded', 'keys-open']);
    expect(await warnings({ account: DESTINATION })).toEqual(['keys-open']);
    expect(await warnings({ for: ['plan'] })).toEqual([]);
    expect(await warnings({ for: ['doctor'] })).toEqual([]);
    expect(await warnings({ boundary: true })).toEqual(['boundary-first', 'boundary-not-named', 'keys-open']);
    expect(await warnings({ boundary: true, account: DESTINATION })).toEqual(['keys-open']);
  });

  it('has the whole command for the administrator, and what repl.yaml is to say', async () => {
    const { said } = await printing(plain, { ...people, boundary: true });
    expect(said).toMatch(
      /aws iam create-policy --policy-name s3repl-boundary-invoices-dr --policy-document '\{"Version"/,
    );
    expect(said).toContain(`role: { permissionsBoundary: "${boundaryArn}" }`);
    const team = configFile('team', { role: { permissionsBoundary: `arn:aws:iam::${SOURCE}:policy/team/limit` } });
    const other = (await printing(team, { ...people, boundary: true })).said;
    expect(other).toContain('aws iam create-policy --path /team/ --policy-name limit');
    expect(other).not.toContain('boundary-not-named');
  });

  it('with --from-live says nothing of a boundary that is there, and how to replace one that says something else', async () => {
    const flags = { boundary: true, fromLive: true, account: SOURCE, ...people };
    const state = await setUp();
    expect((await printing(named, flags, state)).said).not.toMatch(/boundary-(first|differs)/);
    const { policies = {} } = state.accounts[SOURCE] ?? {};
    const policy = policies[boundaryArn];
    if (!policy) throw new Error('no policy');
    policies[boundaryArn] = { ...policy, document: policy.document.replace('s3:ReplicateTags', 's3:*') };
    const { said } = await printing(named, flags, state);
    expect(said).toContain('boundary-differs');
    expect(said).toContain(`aws iam create-policy-version --policy-arn ${boundaryArn} --set-as-default`);
  });

  it('says that a policy of AWS is no boundary that somebody could create', async () => {
    const aws = configFile('aws', { role: { permissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess' } });
    const { outcome, said } = await printing(aws, { ...people, boundary: true });
    expect([outcome, said]).toEqual(['invalid', expect.stringContaining('a policy managed by AWS')]);
  });
});
