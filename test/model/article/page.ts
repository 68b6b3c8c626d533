/** docs/article.md, from what the model says. */
import { prepare } from '../../../src/model/replication/prepare.ts';
import type { Cause, Verdict } from '../../../src/model/verdict.ts';
import { configurationWarnings } from '../../../src/model/warnings.ts';
import { verdictsOf } from '../verdicts-of.ts';
import { type Case, cases } from './cases.ts';
import { asWritten, snapshotOf } from './set-up.ts';

export function verdictOf({ change, object }: Case): Verdict {
  const article = asWritten();
  change(article);
  const [verdict, ...others] = verdictsOf(snapshotOf(article), object);
  if (!verdict || others.length > 0) throw new Error('there is not one verdict');
  return verdict;
}

export function warningsOfAll(): readonly Cause[] {
  return configurationWarnings(prepare(snapshotOf(asWritten())));
}

export function page(): string {
  const said = new Set<string>();
  return `${[introduction, ...cases.map((one) => section(one, said)), warnings(), conclusion].join('\n\n')}\n`;
}

const introduction = `# What the article's policies lead to

s3repl began with an article, [Replicate encrypted S3 objects to another AWS account][article]: one key in account 1 for both
buckets, a role, a bucket policy in account 2, a rule made in the console. This page asks s3repl's
replication model what S3 does with such a setup, case by case, and quotes its answers word for word. A test keeps
the two the same.

AWS refuses the policies as the article prints them: the page turned their quotes into “ ” and the hyphens of their
dates into –, so they are not JSON. Here both are fixed, and the placeholders have names: account 1 is 111111111111,
account 2 is 222222222222, the buckets are \`article-source\` and \`article-destination\` in us-east-1, the role is
\`article-role\`. Both buckets have the console's current defaults: a Bucket Key, and Bucket owner enforced. Each
warning is shown once.

[article]: https://levelup.gitconnected.com/replicate-encrypted-s3-objects-to-another-aws-account-8a3065d83cf6`;

const conclusion = `One thing concerns no object: statement 3 of the bucket policy lets a role of another account suspend versioning of the
destination (\`s3:PutBucketVersioning\`), which replication does not need.`;

/** @param said warnings of the sections before. */
function section(one: Case, said: Set<string>): string {
  const { outcome, reason, causes, warnings: all, replica } = verdictOf(one);
  const verdict = [`\`${outcome}\``, ...(reason === null ? [] : [`\`${reason}\``])].join(', ');
  const arrives =
    replica &&
    `The replica: ${replica.encryption}, owned by ${replica.owner}${replica.tags === false ? ', without its tags' : ''}.`;
  const fresh = all.map((cause) => `Warning: ${told(cause)}`).filter((text) => !said.has(text));
  for (const text of fresh) said.add(text);
  const lines = [
    `## ${one.title}`,
    one.text,
    `**Verdict: ${verdict}.**${arrives ? ` ${arrives}` : ''}`,
    ...[...causes.map(told), ...fresh].map((text) => `> ${text}`),
  ];
  return lines.join('\n\n');
}

function warnings(): string {
  return ['## All of them', ...warningsOfAll().map((cause) => `> Warning: ${told(cause)}`)].join('\n\n');
}

function told({ check, summary, fix }: Cause): string {
  return `${summary} ${fix} (${check})`;
}
