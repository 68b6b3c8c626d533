/** s3repl beside Terraform with the real AWS provider: each sets its replication up on an endpoint of its own, and finds nothing to do. */
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { ended, place, usedBy } from './commands.js';

/** The folder in which the provider is installed; undefined where it is not. */
function pluginFolder() {
  const named = process.env.S3REPL_TERRAFORM_PLUGINS;
  if (named) return named;
  const where = ['/opt', '/usr', '/root', '/home', '-xdev', '-name', 'terraform-provider-aws_v5*', '-print', '-quit'];
  try {
    const found = execFileSync('find', where, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return found === '' ? undefined : [1, 2, 3, 4, 5, 6].reduce((path) => dirname(path), found);
  } catch {
    return undefined;
  }
}

/** Seconds of the first apply and of a plan with nothing to do, by each; undefined where there is no Terraform. */
export async function terraformRows() {
  const plugins = pluginFolder();
  if (!plugins) return undefined;
  return [await ofTerraform(plugins), await ofS3repl()];
}

async function ofTerraform(plugins) {
  const at = await place(0);
  try {
    const url = at.proxy.url;
    const credentials = { accessKeyId: 'SANDBOX111111111111', secretAccessKey: 'any' };
    const client = new S3Client({ endpoint: url, region: 'eu-west-1', credentials, forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' };
    await client.send(new CreateBucketCommand({ Bucket: 'whole-source', CreateBucketConfiguration }));
    copyFileSync(fileURLToPath(new URL('../terraform/whole.tf', import.meta.url)), join(at.folder, 'whole.tf'));
    const env = {
      PATH: process.env.PATH,
      HOME: at.folder,
      TF_VAR_url: url,
      TF_CLI_CONFIG_FILE: '/dev/null',
      CHECKPOINT_DISABLE: '1',
      TF_INPUT: '0',
    };
    const terraform = async (...args) => (await ended('terraform', args, { cwd: at.folder, env })).seconds;
    await terraform('init', '-no-color', `-plugin-dir=${plugins}`);
    const first = await terraform('apply', '-no-color', '-auto-approve');
    return { what: 'terraform', first, nothing: await terraform('plan', '-no-color') };
  } finally {
    await at.close();
  }
}

async function ofS3repl() {
  const at = await place(0);
  try {
    const run = async (...args) => (await usedBy(args, at.folder, at.options.env)).seconds;
    const first = await run('apply', '--yes');
    return { what: 's3repl', first, nothing: await run('plan') };
  } finally {
    await at.close();
  }
}
