import { failureCodes, silentReasons } from '../model/verdict.ts';
import type { Check } from './catalogue/check.ts';
import { s3Page } from './catalogue/pages.ts';
import { reasons } from './catalogue/reasons.ts';
import { isFailureCode, taskCode, taskCodeNames } from './catalogue/task-codes.ts';
import { type CheckId, catalogue, checks } from './catalogue.ts';

const codesPage = `${s3Page('replication-metrics-events')}#replication-failure-codes`;
const silentPage = s3Page('replication-what-is-isnot-replicated');

const head = `# Why does it not replicate?

<!-- Made by \`npm run troubleshooting\` from src/doctor/catalogue/. -->

\`s3repl doctor\` looks at both accounts and says which of these it is, where, and what to do; \`s3repl doctor --object KEY\` explains one
object, and \`s3repl doctor --snapshot FILE\` does so offline. It changes nothing.

S3 gives a failure code in the event \`s3:Replication:OperationFailedReplication\` and in the report of an S3 Batch Replication job, nowhere
else; an object shows only PENDING, COMPLETED or FAILED (\`aws s3api head-object\`). **S3 never tries a FAILED object again:** fix the cause,
then write the object again or use S3 Batch Replication ([\`s3repl backfill\`](backfill.md)). Where an object has no status at all, look under [Silence](#silence).
`;

const inConfiguration = 'in the configuration';
const seen: Readonly<Record<Check['seen'], string>> = {
  documents: inConfiguration,
  source: inConfiguration,
  destination: inConfiguration,
  objects: 'in the objects that doctor looked at',
  jobs: 'in the latest jobs, if an object that doctor looked at needs one',
  account: 'in settings of the accounts that `s3repl doctor` does not read',
  runtime: 'only while S3 is replicating; `s3repl doctor` does not see it',
  batch: 'only with S3 Batch Replication; `s3repl doctor` does not see it',
};
const only = {
  runtime: 'It occurs only while S3 is replicating: the configuration does not show it.',
  batch: 'It occurs only with S3 Batch Replication.',
} as const;

/** docs/troubleshooting.md: every failure code, silent reason and check, so that a search for one finds it. */
export function troubleshootingPage(): string {
  const sections = [
    head,
    '## Failure codes',
    ...failureCodes.map((code) => reasonSection(code, codesPage)),
    '## Silence',
    'S3 does not try to replicate the object, sends no event and sets no status. `s3repl doctor` names the reason with these words.',
    ...silentReasons.map((reason) => reasonSection(reason, silentPage)),
    '## Task codes of a job',
    taskCodesIntroduction,
    taskCodesTable(),
    '## Checks',
    ...catalogue.map(checkSection),
  ];
  return `${sections.map((section) => section.trim()).join('\n\n')}\n`;
}

const taskCodesIntroduction = `The report of an S3 Batch Replication job has a row for each task, which is an object version: bucket, key, version ID, \`succeeded\` or \`failed\`, and then an HTTP
status, a code and a message. AWS's pages do not agree on their order, and do not say where the failure code of replication stands. Look for it in all that follows \`failed\`. A
job that is Complete may have failed for every object, and a task that failed is not tried again: fix the cause, then run
[\`s3repl backfill --status failed\`](backfill.md). If the whole job failed, see [backfill](backfill.md#if-the-job-fails).`;

function taskCodesTable(): string {
  const rows = taskCodeNames.map((code) => {
    const { means = '', fix = '', checks: ids = [] } = taskCode(code) ?? {};
    const name = isFailureCode(code) ? `[${code}](#${anchorOf(code)})` : code;
    return `| ${name} | ${means} | ${fix} | ${linkChecks(ids)} |`;
  });
  return ['| code | means | fix | checks |', '|---|---|---|---|', ...rows].join('\n');
}

function reasonSection(reason: keyof typeof reasons, page: string): string {
  const { means, causes, fix, checks: ids, only: when } = reasons[reason];
  return [
    `### ${reason}`,
    '',
    `${means}${when === undefined ? '' : ` ${only[when]}`}`,
    '',
    `- **Causes:** ${causes}`,
    `- **Fix:** ${fix}`,
    `- **Checks:** ${linkChecks(ids)}`,
    `- **AWS:** <${page}>`,
  ].join('\n');
}

const reasonNames = [...failureCodes, ...silentReasons];

function checkSection({ id, ...check }: (typeof catalogue)[number]): string {
  const { means, causes, fix, page } = check;
  const pointing = reasonNames
    .filter((reason) => reasons[reason].checks.includes(id))
    .map((reason) => `[${reason}](#${anchorOf(reason)})`);
  return [
    `### ${titleOf(id, check)}`,
    '',
    means,
    '',
    `- **Causes:** ${causes}`,
    `- **Fix:** ${fix}`,
    `- **Where it shows:** ${seen[check.seen]}`,
    ...(pointing.length > 0 ? [`- **Codes and reasons:** ${pointing.join(', ')}`] : []),
    `- **AWS:** <${page}>`,
  ].join('\n');
}

function linkChecks(ids: readonly CheckId[]): string {
  return ids.map((id) => `[${id}](#${anchorOf(titleOf(id, checks[id]))})`).join(', ');
}

function titleOf(id: CheckId, { title }: Check): string {
  return `${id} ${title}`;
}

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
