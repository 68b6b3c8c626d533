import { quoteValue } from '../text/quote.ts';
import { applyFlags } from './apply-flags.ts';
import { checkAlerts } from './check-alerts.ts';
import { checkExceptions } from './check-exceptions.ts';
import { checkKeys } from './check-keys.ts';
import { checkPrincipals } from './check-principals.ts';
import { checkRegions } from './check-regions.ts';
import { checkRules } from './check-rules.ts';
import { checkSchema } from './check-schema.ts';
import { checkSides } from './check-sides.ts';
import { draftOf } from './draft.ts';
import type { Config } from './fields.ts';
import type { FlagValues } from './flags.ts';
import { checkProfiles, type GivenProfiles, withProfiles } from './given-profiles.ts';
import { locateAll, type Places } from './locate.ts';
import { formatPath, isMapping } from './path.ts';
import { type ConfigProblem, type Finding, problem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import type { Spec } from './spec.ts';
import { type Env, substituteEnv } from './substitute-env.ts';
import { toSpec } from './to-spec.ts';

export interface ParseOptions {
  readonly file: string;
  /** They win over the file; with an empty text they may be all there is. */
  readonly flags?: FlagValues;
  /** For `${VAR}`; absent: none are set. */
  readonly env?: Env;
  readonly profiles?: GivenProfiles;
  /** Whether it is for the sandbox. */
  readonly sandbox?: boolean;
}

type Rules = Required<Pick<ParseOptions, 'flags' | 'env' | 'profiles' | 'sandbox'>>;

export type ParsedConfig =
  | {
      readonly ok: true;
      readonly spec: Spec;
      /** With flags merged, without profiles that were given, and `${VAR}` not replaced: safe to save, and to give to `parseConfigTree`. */
      readonly config: Config;
      readonly warnings: readonly ConfigProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Gives every problem at once, in the order of the file and then of the flags. Reads no file and never throws. */
export function parseConfig(text: string, options: ParseOptions): ParsedConfig {
  const { file } = options;
  const rules = rulesOf(options);
  const hasFlags = Object.values(rules.flags).some((value) => value !== undefined);
  if (hasFlags && text.trim() === '') {
    // With empty sides, each missing field is a problem of its own, which can name its flag.
    const tree = { version: 1, source: {}, destinations: [{}] };
    return parseFlagged(tree, rules, { file, positions: new Map() }, []);
  }
  const { tree, findings, positions, placeOf } = readYaml(text);
  const places = { file, positions, placeOf };
  if (tree === undefined) {
    return { ok: false, problems: locateAll(findings, { ...places, origins: new Map() }) };
  }
  return parseFlagged(tree, rules, places, findings);
}

/** For a saved `config` of `parseConfig`; places are `FILE:path`. */
export function parseConfigTree(tree: unknown, options: ParseOptions): ParsedConfig {
  return parseFlagged(tree, rulesOf(options), { file: options.file }, []);
}

function rulesOf({ flags = {}, env = {}, profiles = {}, sandbox = false }: ParseOptions): Rules {
  return { flags, env, profiles, sandbox };
}

function parseFlagged(
  fileTree: unknown,
  { flags, env, profiles, sandbox }: Rules,
  where: Omit<Places, 'origins'>,
  earlier: readonly Finding[],
): ParsedConfig {
  if (!isMapping(fileTree)) {
    const message = `the file holds ${quoteValue(fileTree)} (write a mapping that begins with "version: 1")`;
    return { ok: false, problems: locateAll([...earlier, problem([], message)], { ...where, origins: new Map() }) };
  }
  const flagged = applyFlags(fileTree, flags);
  const substituted = substituteEnv(flagged.tree, env);
  const known = [...earlier, ...flagged.findings, ...substituted.findings];
  const schema = checkSchema(substituted.tree, flagged.tree);
  const fields = [...known, ...newFindings(schema.findings, known)];
  const draft = draftOf(substituted.tree, fields);
  const across = [
    ...[checkSides, checkKeys, checkRules, checkExceptions, checkPrincipals, checkAlerts].flatMap((check) =>
      check(draft),
    ),
    ...checkRegions(draft, sandbox),
    ...checkProfiles(draft, profiles),
  ];
  const places = { ...where, origins: flagged.origins };
  const problems = [...fields, ...across.filter((finding) => finding.severity === 'problem')];
  if (problems.length > 0 || schema.config === undefined) {
    return { ok: false, problems: locateAll(problems, places) };
  }
  // The tree fits the schema with texts replaced by texts, so its shape fits as it is.
  const config = flagged.tree as Config;
  const spec = withProfiles(toSpec(schema.config), profiles);
  return { ok: true, spec, config, warnings: locateAll(across, places) };
}

/** Drops findings about values that are known to be wrong, or within something wrong. */
function newFindings(findings: readonly Finding[], known: readonly Finding[]): readonly Finding[] {
  const wrong = new Set(known.filter(({ on }) => on === undefined).map(({ path }) => formatPath(path)));
  return findings.filter(({ path, on }) => {
    const around = on === 'key' ? path.slice(0, -1) : path;
    return !around.some((_, index) => wrong.has(formatPath(path.slice(0, index + 1))));
  });
}
