import { bucketArn } from '../aws/arn.ts';
import type { Spec } from '../config/spec.ts';
import type { Rule } from '../model/replication/rule.ts';
import { nameInRuleId, ruleIdPrefix } from '../state/names.ts';
import type { Scope } from './scope.ts';

/** The configuration of s3repl that made the rules, whether or not its file is here. */
export interface OwnSetUp {
  readonly name: string;
  /** Disabled ones among them: `apply` grants what they need as well. */
  readonly rules: readonly Rule[];
  /** ARNs. */
  readonly destinations: readonly string[];
  /** Whether their order is that of the file, by which the statements of the role's policy are numbered. */
  readonly isOrdered: boolean;
}

/** By the IDs of the rules. Absent where s3repl made none, or for several configurations and none was given. */
export function findOwnSetUp({ prepared }: Scope, spec: Spec | undefined): OwnSetUp | undefined {
  const { rules: book, source } = prepared;
  if (book === null || book === 'unknown') return undefined;
  const all = [...book.byDestination.flat(), ...book.disabled];
  const names = new Set(all.flatMap(({ id }) => nameInRuleId(id) ?? []));
  const isGiven = spec !== undefined && bucketArn(spec.source) === source.arn;
  const [name, ...more] = isGiven ? [spec.name] : [...names];
  if (name === undefined || more.length > 0) return undefined;
  const rules = all.filter(({ id }) => id.startsWith(ruleIdPrefix({ name })));
  const found = [...new Set(rules.map(({ destination }) => destination))];
  const destinations: readonly string[] = isGiven ? spec.destinations.map(bucketArn) : found;
  return { name, rules, destinations, isOrdered: isGiven || found.length === 1 };
}
