import { expect } from 'vitest';
import type { FlagValues } from '../../src/config/flags.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { ConfigProblem } from '../../src/config/problem.ts';
import type { Spec } from '../../src/config/spec.ts';

/** A configuration without problems, for tests to break. */
export const plainFile = `version: 1
name: invoices-dr
source:
  account: "111111111111"
  region: eu-west-1
  bucket: acme-invoices
destinations:
  - account: "222222222222"
    region: eu-central-1
    bucket: acme-replica
    rules:
      - id: everything
`;

export const fromSource = plainFile.slice(plainFile.indexOf('source:'), plainFile.indexOf('destinations:'));
export const fromDestinations = plainFile.slice(plainFile.indexOf('destinations:'));
export const rulesLines = '    rules:\n      - id: everything\n';

/** The ARN of a key of a Region and account. */
export function keyArn(region: string, account: string, partition = 'aws'): string {
  return `arn:${partition}:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
}

/** A change to the plain file: this for that. */
export type Change = readonly [from: string, to: string];

/** A line more at the source (line 7), at the destination (line 11) or at the top (line 7). */
export const atSource = (line: string): Change => ['acme-invoices\n', `acme-invoices\n  ${line}\n`];
export const atDestination = (line: string): Change => ['acme-replica\n', `acme-replica\n    ${line}\n`];
export const atTop = (line: string): Change => ['destinations:\n', `${line}\ndestinations:\n`];

/** Lines more in the rule, from line 13 on. */
export const inRule = (...lines: readonly string[]): Change => [
  'everything\n',
  `everything\n${lines.map((line) => `        ${line}\n`).join('')}`,
];

/** The plain file with changes. */
export function changed(...changes: readonly Change[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) {
      throw new Error(`the plain file has no ${JSON.stringify(from)}`);
    }
    return text.replace(from, () => to);
  }, plainFile);
}

interface Given {
  readonly flags?: FlagValues;
  readonly env?: Readonly<Record<string, string>>;
}

/** The problems of a text as `12:5  message`, or none. */
export function problemsOf(text: string, given: Given = {}): readonly string[] {
  const parsed = parseConfig(text, { file: 'repl.yaml', ...given });
  return parsed.ok ? [] : parsed.problems.map(line);
}

/** The warnings of a text that has no problems. */
export function warningsOf(text: string, given: Given = {}): readonly string[] {
  const parsed = parseConfig(text, { file: 'repl.yaml', ...given });
  if (!parsed.ok) {
    throw new Error(parsed.problems.map(line).join('\n'));
  }
  return parsed.warnings.map(line);
}

/** The spec of a text that has no problems. */
export function specOf(text: string, given: Given = {}): Spec {
  const parsed = parseConfig(text, { file: 'repl.yaml', ...given });
  if (!parsed.ok) {
    throw new Error(parsed.problems.map(line).join('\n'));
  }
  return parsed.spec;
}

function line({ where, message }: ConfigProblem): string {
  return `${where.replace('repl.yaml:', '')}  ${message}`;
}

/** What problems are to be: one that is written without its hint in parentheses may have any, as each hint is asserted once. */
export function withAnyHint(problems: readonly string[]): readonly unknown[] {
  return problems.map((problem) => {
    const text = problem.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return problem.endsWith(')') ? problem : expect.stringMatching(new RegExp(`^${text}`));
  });
}
