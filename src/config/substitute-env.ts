import { quote } from '../text/quote.ts';
import { namesCredential } from './credential-names.ts';
import { formatPath, isMapping, type Path } from './path.ts';
import { type Finding, problem } from './problem.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface SubstitutedTree {
  readonly tree: unknown;
  readonly findings: readonly Finding[];
}

// No field is nested as deeply: deeper things are in unknown keys, and stay as they are.
const deepest = 32;

/**
 * `$${` stands for `${`. Keys of mappings stay. A missing or empty variable is a finding, and so is the name of a credential: fields go to AWS, plans and logs.
 * Only an external ID may be one, since it goes nowhere but to STS.
 */
export function substituteEnv(tree: unknown, env: Env): SubstitutedTree {
  const findings: Finding[] = [];
  const substitute = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') {
      return substituteText(value, env, isExternalId(path), (message) => findings.push(problem(path, message)));
    }
    if (path.length > deepest) {
      return value;
    }
    if (Array.isArray(value)) {
      return value.map((entry, index) => substitute(entry, [...path, index]));
    }
    if (isMapping(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, substitute(entry, [...path, key])]));
    }
    return value;
  };
  return { tree: substitute(tree, []), findings };
}

function isExternalId(path: Path): boolean {
  return /^(source|destinations\[\d+\])\.access\.externalId$/.test(formatPath(path));
}

function substituteText(text: string, env: Env, mayBeSecret: boolean, report: (message: string) => void): string {
  return text.replace(/\$\$\{|\$\{([^}]*)\}?/g, (match, name: string | undefined) => {
    if (name === undefined) {
      return '$' + '{';
    }
    if (!match.endsWith('}') || !/^[A-Za-z_]\w*$/.test(name)) {
      report(`${quote(match)} is no environment variable (write \${NAME}, or $\${ for a plain \${)`);
      return match;
    }
    if (!mayBeSecret && namesCredential(name)) {
      report(
        `the name of the environment variable ${name} says that it holds a credential, and this value is written to AWS, plans ` +
          'and logs (if it is no credential, rename the variable; a credential may stand in access.externalId only)',
      );
      return match;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined || value === '') {
      report(`the environment variable ${name} is not set (set it, or write the value here)`);
      return match;
    }
    return value;
  });
}
