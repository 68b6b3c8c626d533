/** That ARNs are taken apart and put together in src/aws/arn.ts alone, and that brands (src/aws/brand.ts) are made where texts are read. */
import { files, textOf } from './imports.js';

const home = 'aws/arn.ts';

/** By these signs a line handles an ARN's text itself; sentences and examples that only quote an ARN have none of them. */
const signs = [
  ['puts an ARN together', /`arn:[^`]*\$\{/],
  ['matches an ARN', /['"`]arn:['"`]|[/^('"`]arn:(?:\[|\\|\(|\.|aws\[)/],
  ['looks into an ARN', /['"/`]:(?:key|alias|role|user|policy|mfa|root|s3:::)\b|['"/`]:::|['"`]key\/['"`]/],
  ['takes a text apart', /\b(?:split|indexOf|lastIndexOf)\(\s*['"]:+['"]|lastIndexOf\(\s*['"]\/['"]/],
];

/** What has colons and is no ARN. */
const others = {
  'model/evaluation/ip-address.ts': 'IPv6 addresses',
  'sandbox/iam/principals.ts': 'unique ids of sessions, `AROA…:NAME`',
};

const findings = files.flatMap((file) =>
  textOf(file)
    .split('\n')
    .flatMap((line, index) => {
      const code = line.replace(/^\s*(?:\/\/|\*|\/\*\*).*$/, '');
      const [what] = signs.find(([, sign]) => sign.test(code)) ?? [];
      return what === undefined || file === home || file in others
        ? []
        : [`src/${file}:${index + 1}: ${what}: ask src/${home}`];
    }),
);

/** Who makes brands: what reads texts of files, flags, answers, requests and the environment, or the tables of a state. */
const readers = [
  ...[
    'aws/arn.ts',
    'config/report-place.ts',
    'config/to-spec.ts',
    'connect/connect.ts',
    'session/sides-of-flags.ts',
    'observe/read-status.ts',
  ],
  ...['observe/discover.ts', 'observe/head-bucket.ts', 'observe/snapshot.ts', 'state/former.ts', 'state/state.ts'],
  ...['wizard/ask-key.ts', 'wizard/ask-sign-in.ts', 'wizard/asking.ts', 'wizard/cloud.ts'],
];
for (const file of files) {
  const makes = /\bbrand\b[^;]*\} from '[^']*brand\.ts'/.test(textOf(file));
  if (makes && !readers.includes(file) && !file.startsWith('sandbox/')) findings.push(`src/${file}: makes brands`);
  if (file !== 'aws/brand.ts' && /\bas (?:AccountId|Region|BucketName|Arn)\b/.test(textOf(file)))
    findings.push(`src/${file}: a cast makes a brand`);
}

for (const finding of findings) process.stderr.write(`${finding}\n`);
process.stdout.write(`arns: ${files.length} files, ${findings.length} findings\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
