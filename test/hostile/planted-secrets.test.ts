import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aFolder, type Ended, invoices } from '../stories/cli.ts';
import { serving } from '../stories/served.ts';
import { patience } from './runs.ts';

/** Nothing else has these texts in it. */
const planted = {
  externalId: 'planted-external-id',
  secretKey: 'planted-secret-key',
  sessionToken: 'planted-session-token',
  urlPassword: 'planted-url-password',
  pipelineToken: 'planted-pipeline-token',
};
const anyPlanted = /planted-[a-z-]+/;

const role = (account: string) => `arn:aws:iam::${account}:role/s3repl-setup`;
const access = (account: string) => `access: { assumeRole: "${role(account)}", externalId: "\${EXTERNAL_ID}" }`;
const config = invoices
  .replace('eu-west-1\n', `eu-west-1\n  ${access('111111111111')}\n`)
  .replace('eu-central-1\n', `eu-central-1\n    ${access('222222222222')}\n`);

/** Every file that was written, but for the sandbox's own. */
function filesOf(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^sandbox\.journal/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path, 'latin1')] as const;
    });
}

it('no secret of the environment is in anything that any command writes', { timeout: patience }, async () => {
  const folder = aFolder();
  folder.write('repl.yaml', config);
  const secrets = {
    EXTERNAL_ID: planted.externalId,
    AWS_ACCESS_KEY_ID: 'SANDBOX111111111111',
    AWS_SECRET_ACCESS_KEY: planted.secretKey,
    GITHUB_TOKEN: planted.pipelineToken,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: planted.pipelineToken,
    HTTPS_PROXY: `http://me:${planted.urlPassword}@127.0.0.1:9`,
  };
  // The sandbox makes the roles, and lets their own account's administrator assume them.
  expect((await folder.s3repl(['plan', '--sandbox'], secrets)).code).toBe(0);
  const server = await serving(folder, ['--sandbox-lag', 'role-visible=0 ms']);
  const env = { ...secrets, AWS_ENDPOINT_URL: server.url.replace('//', `//me:${planted.urlPassword}@`) };
  const said: string[] = [];
  const run = async (line: string, code: number, more: object = {}): Promise<Ended> => {
    const ended = await folder.s3repl(line.split(' '), { ...env, ...more });
    expect(ended.code, `${line}: ${ended.stderr}${ended.stdout}`).toBe(code);
    for (const [stream, text] of [
      ['stdout', ended.stdout],
      ['stderr', ended.stderr],
    ] as const)
      if (anyPlanted.test(text)) said.push(`${line}, ${stream}: ${anyPlanted.exec(text)?.[0]}`);
    return ended;
  };

  await run('plan --verbose --summary summary.md', 0);
  await run('plan --json --verbose --out a.plan', 0);
  await run('plan --show commands', 0);
  await run('permissions', 0);
  await run('permissions --json', 0);
  await run('apply a.plan --yes --verbose', 0);
  await run('apply --yes --json --verbose --summary summary.md', 0);
  await run('verify --json --verbose --timeout 1m', 0);
  await run('doctor --verbose --save-snapshot snapshot.json', 0);
  await run('doctor --json --verbose --summary summary.md', 0);
  await run('doctor --snapshot snapshot.json --json', 0);
  await run(
    'init --config other.yaml --name other --yes --source-bucket b-other --destination-bucket b-copy --source-account 111111111111 --destination-account 222222222222 --source-region eu-west-1 --destination-region eu-west-1 --source-access-external-id ${EXTERNAL_ID} --source-access-assume-role arn:aws:iam::111111111111:role/s3repl-setup --destination-access-assume-role arn:aws:iam::222222222222:role/s3repl-setup --destination-access-external-id ${EXTERNAL_ID}',
    0,
  );
  await run('destroy --config other.yaml --yes', 0);
  await run('destroy --yes --json --verbose --summary summary.md', 0);

  // What goes wrong is told with what was wrong; the secrets are no part of it.
  await run('plan --verbose', 0, { AWS_SESSION_TOKEN: planted.sessionToken });
  await run('plan --json --verbose', 4, { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' });
  await run('plan --json --verbose', 1, { AWS_ENDPOINT_URL: `http://me:${planted.urlPassword}@127.0.0.1:9` });
  await run('plan', 3, { AWS_ENDPOINT_URL: `://me:${planted.urlPassword}@` });
  await run('plan --source-bucket x-${GITHUB_TOKEN}', 3);
  await run('plan --source-access-profile ${EXTERNAL_ID}', 3);
  await run('plan --source-access-external-id ${ODD}', 3, { ODD: `${planted.externalId} with spaces` });
  await run('plan --destination-region ${ODD}', 3, { ODD: planted.pipelineToken });
  await server.stop();

  expect(said).toEqual([]);
  const written = filesOf(folder.path);
  expect(written.map(([path]) => path)).toEqual(
    expect.arrayContaining(
      ['summary.md', 'a.plan', 'snapshot.json', 'other.yaml'].map((name) => join(folder.path, name)),
    ),
  );
  expect(written.filter(([, text]) => anyPlanted.test(text)).map(([path]) => path)).toEqual([]);
});
