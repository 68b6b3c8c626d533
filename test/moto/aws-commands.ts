import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeKeyCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { awsCommands as commandsOf } from '../../src/show/aws-commands.ts';
import type { Call, Change } from '../../src/state/change.ts';
import { aSpec } from '../builders.ts';
import { awsCliIsThere, type ForkedAws, forkedAws } from '../clients/forked-aws.ts';
import { Account } from './account.ts';
import type { Moto } from './moto.ts';
import { aConfig, DESTINATION, folderWith, resultOf, SOURCE } from './s3repl.ts';

/** Signs each command in to the account that the note above it names; who that is, is asked once for each. */
const prelude = `set -eu -o pipefail
aws() {
  local variable="CREDENTIALS_$account"
  local id secret token
  read -r id secret token <<<"\${!variable}"
  if [ "$1 $2" = 'sts get-caller-identity' ] && [ -s "caller-$account" ]; then cat "caller-$account"; return; fi
  AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret AWS_SESSION_TOKEN=$token command aws "$@" | if [ "$1" = sts ]; then tee "caller-$account"; else cat; fi
}
`;

export const awsCommands = (moto: Moto) =>
  describe('s3repl plan --show commands', () => {
    let aws: ForkedAws;
    beforeAll(async () => {
      aws = await forkedAws();
    });
    afterAll(() => aws.stop());
    beforeEach(() => moto.reset());

    test('prints a shell script that comes to the same end as apply, run with bash and the AWS CLI', async ({
      skip,
    }) => {
      if (!awsCliIsThere) {
        const message = 'THE AWS CLI IS MISSING: what plan --show commands prints was NOT RUN (pip install awscli)';
        console.warn(`!!! ${message}`);
        skip(message);
      }
      const config = aConfig({
        name: 'it-s',
        newKeys: { description: `Zoë's "orders" $HOME` },
        tags: { team: 'a + b', path: 'file:///etc/passwd', flag: '--debug' },
      });
      const folder = await folderWith(config, moto);
      const applied = await folder.s3repl('apply', '--yes', '--json');
      expect(applied.exit, applied.stderr + applied.stdout).toBe(0);
      const end = await look();

      await moto.reset();
      const { stdout } = await folder.s3repl('plan', '--show', 'commands');
      const lines = stdout.split('\n');
      const isShell = (line: string) =>
        /^(note '.*'|sleep 15|\)|in_account \d{12} --region \S+ && (KEY_\d=\$\()?aws (s3api|kms|iam) .*)?$/.test(line);
      expect
        .soft(
          lines.slice(lines.indexOf('}') + 1).filter((line) => !isShell(line)),
          'stdout is a script and nothing else',
        )
        .toEqual([]);
      const script = lines.map((line) => line.replace(/^(note '.*, in account (\d{12})')$/, '$1\naccount=$2'));
      await writeFile(join(folder.path, 'setup.sh'), `${prelude}\nsleep() { :; }\n${script.join('\n')}`);
      const accounts = [SOURCE, DESTINATION].map(async (account) => {
        const { accessKeyId, secretAccessKey, sessionToken } = (await Account.signIn(moto, account)).credentials;
        return [`CREDENTIALS_${account}`, `${accessKeyId} ${secretAccessKey} ${sessionToken}`] as const;
      });
      const credentials = Object.fromEntries(await Promise.all(accounts));
      const run = await folder.run('bash', ['setup.sh'], { PATH: aws.PATH, ...credentials });
      expect(run.exit, run.stderr).toBe(0);

      expect(await look()).toEqual(end);
      expect(resultOf(await folder.s3repl('plan', '--json'))).toMatchObject({ outcome: 'unchanged', changes: 0 });
    });

    test('gives any text to the AWS CLI as it is, and runs nothing of it', async ({ skip }) => {
      if (!awsCliIsThere) return skip('the AWS CLI is missing');
      const descriptions = [
        'file:///etc/hostname',
        '--debug',
        `it's "$HOME" $(touch x) \`touch x\` %s \\n \\u0041 \\\\\nand a\ttab, Grüße 日本語 👍 a\u202eb\u200bc\u{e0041}`,
      ];
      const changes = descriptions.map((Description): Change => {
        const call: Call = { side: 'source', service: 'KMS', operation: 'CreateKey', input: { Description }, turn: 1 };
        const of = { step: 'kms-key', phase: 1, side: 'source', account: SOURCE, region: 'eu-west-1' } as const;
        const target = `arn:aws:kms:eu-west-1:${SOURCE}:key/(new key ${descriptions.indexOf(Description)})`;
        return { ...of, action: 'create', resource: Description, before: null, after: {}, calls: [call], target };
      });
      const folder = await folderWith(aConfig(), moto);
      const source = await Account.signIn(moto, SOURCE);
      const { accessKeyId, secretAccessKey, sessionToken } = source.credentials;
      // Who it is, is asked in the test above.
      const known = `aws() { if [ "$1" = sts ]; then echo ${SOURCE}; else command aws "$@"; fi; }`;
      await writeFile(join(folder.path, 'setup.sh'), `${known}\n${commandsOf(changes, aSpec())}`);
      const run = await folder.run('sh', ['setup.sh'], {
        PATH: aws.PATH,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      });
      expect(run.exit, run.stderr).toBe(0);
      const kms = source.kms('eu-west-1');
      const { Keys = [] } = await kms.send(new ListKeysCommand({}));
      const described = await Promise.all(Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
      expect(described.map(({ KeyMetadata }) => KeyMetadata?.Description).sort()).toEqual(descriptions.toSorted());
      expect((await readdir(folder.path)).sort()).toEqual(['repl.yaml', 'setup.sh']);
    });

    /** Both accounts, with the keys by their alias: their ids are new each time. */
    async function look(): Promise<unknown> {
      const contents = await Promise.all(
        [SOURCE, DESTINATION].map(async (account) =>
          (await Account.signIn(moto, account)).contents('eu-west-1', 'eu-central-1'),
        ),
      );
      const names = contents.flatMap(({ keys }) =>
        Object.entries(keys).map(([arn, { aliases }]) => [arn, String(aliases)] as const),
      );
      const text = names.reduce((all, [arn, name]) => all.replaceAll(arn, name), JSON.stringify(contents));
      return JSON.parse(text);
    }
  });
