import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { awsCliIsThere, forkedAws } from '../clients/forked-aws.ts';
import { aFolder, invoices } from '../stories/cli.ts';
import { runAsProcess } from '../stories/run-s3repl.ts';
import { serving } from '../stories/served.ts';

test('the AWS CLI is there, or its absence is told', ({ skip }) => {
  if (awsCliIsThere) return;
  const message = 'THE AWS CLI IS MISSING: the test of the served sandbox with it was SKIPPED (pip install awscli)';
  if (process.env.S3REPL_REQUIRE_MOTO === '1') expect.fail(`${message}, and S3REPL_REQUIRE_MOTO=1 asks for it`);
  console.warn(`!!! ${message}`);
  skip(message);
});

test.skipIf(!awsCliIsThere)(
  'the AWS CLI, with the credentials that the sandbox prints, writes an object and sees it arrive',
  async () => {
    const aws = await forkedAws();
    onTestFinished(() => aws.stop());
    const folder = aFolder();
    folder.write('repl.yaml', invoices);
    expect((await folder.s3repl(['apply', '--sandbox', '--yes'])).code).toBe(0);
    const server = await serving(folder, ['--sandbox-lag', 'object-replicated=0 ms']);
    const { port } = new URL(server.url);
    // What prints a secret on purpose is a process (test/secrets.ts).
    const credentials = async (account: string) =>
      (await runAsProcess(folder.path, ['sandbox', 'credentials', account, '--port', port], { HOME: folder.path }))
        .stdout;
    const Dimensions = [
      { Name: 'BucketName', Value: 'acme-invoices' },
      { Name: 'StorageType', Value: 'AllStorageTypes' },
    ];
    const Metric = { Namespace: 'AWS/S3', MetricName: 'NumberOfObjects', Dimensions };
    const queries = [{ Id: 'q', MetricStat: { Metric, Period: 86_400, Stat: 'Average' } }];
    writeFileSync(join(folder.path, 'queries.json'), JSON.stringify(queries));
    writeFileSync(join(folder.path, 'big.bin'), Buffer.alloc(9 * 1024 * 1024, 'invoice'));
    const script = `
      set -e
      eval "$SOURCE"
      aws s3 cp --only-show-errors big.bin s3://acme-invoices/big.bin
      aws s3api head-object --bucket acme-invoices --key big.bin --query ReplicationStatus --output text
      eval "$DESTINATION"
      export AWS_DEFAULT_REGION=eu-central-1 AWS_REGION=eu-central-1
      aws s3api head-object --bucket acme-invoices-replica --key big.bin --query ReplicationStatus --output text
      aws s3 cp --only-show-errors s3://acme-invoices-replica/big.bin copy.bin
      cmp big.bin copy.bin && echo same
      aws s3 ls s3://acme-invoices 2>&1 | grep -o AccessDenied
      key=$(aws kms describe-key --key-id alias/s3repl-invoices-dr-replica --query KeyMetadata.Arn --output text)
      role=arn:aws:iam::111111111111:role/s3repl-invoices-dr
      grant=$(aws kms create-grant --key-id "$key" --grantee-principal "$role" --operations Encrypt --query GrantId --output text)
      aws kms list-grants --key-id "$key" --query 'Grants[0].GranteePrincipal' --output text
      aws kms revoke-grant --key-id "$key" --grant-id "$grant"
      aws kms list-grants --key-id "$key" --query 'length(Grants)'
      eval "$SOURCE"
      aws iam get-role --role-name s3repl-invoices-dr --query 'Role.[RoleId,Tags[0].Value]' --output text | cut -c 1-4
      curl -s '${server.url}/_s3repl/clock' -d '{"sleep": 86400000}' > /dev/null
      aws cloudwatch get-metric-data --region eu-west-1 --metric-data-queries file://queries.json \\
        --start-time $(date -u -d '-1 day' +%FT%TZ) --end-time $(date -u -d '3 days' +%FT%TZ) \\
        --query 'MetricDataResults[0].[Label,Values[0],StatusCode]' --output text`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], {
      cwd: folder.path,
      env: {
        PATH: aws.PATH,
        HOME: folder.path,
        SOURCE: await credentials('111111111111'),
        DESTINATION: await credentials('222222222222'),
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/dev/null',
      },
    });
    expect(stdout.trim().split('\n')).toEqual([
      'COMPLETED',
      'REPLICA',
      'same',
      'AccessDenied',
      'arn:aws:iam::111111111111:role/s3repl-invoices-dr',
      '0',
      'AROA',
      'NumberOfObjects\t1\tComplete',
    ]);
    expect(await server.stop()).toBe(0);
  },
);
