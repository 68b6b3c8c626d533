/** Which statements of a bucket policy S3 takes for public (S3 User Guide, access-control-block-public-access, "The meaning of 'public'", Bucket policies). */
import { arnFields, arnParts, isAccountId } from './arn.ts';
import { listOf, type OneOrMany, type PolicyDocument, type Statement, statementsOf } from './policy.ts';

type Publicity = 'public' | 'unclear' | 'not-public';

/** The keys that the page names; "an AWS principal, user, role" is what the first three of them hold. */
const confining = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:sourceip',
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceowner',
  'aws:sourceaccount',
  'aws:userid',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
]);

/** The page does not name these keys, which confine as well: AWS may or may not count them. */
const unnamed = new Set([
  'aws:principalorgpaths',
  'aws:principalservicename',
  'aws:principalisawsservice',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
]);

/** @returns the indexes of the statements that are public for certain; one is enough to make the whole policy public. */
export function publicStatements(document: PolicyDocument | null): readonly number[] {
  return indexesOf(document, 'public');
}

/** Statements that grant to everybody under a condition that the page leaves open: AWS may or may not take them for public. */
export function unclearStatements(document: PolicyDocument | null): readonly number[] {
  return indexesOf(document, 'unclear');
}

function indexesOf(document: PolicyDocument | null, wanted: Publicity): readonly number[] {
  const statements = statementsOf(document);
  return [...statements.keys()].filter((index) => {
    const statement = statements[index];
    return statement !== undefined && publicityOf(statement, statements) === wanted;
  });
}

function publicityOf(statement: Statement, all: readonly Statement[]): Publicity {
  if (statement.Effect !== 'Allow' || !isForEverybody(statement)) return 'not-public';
  const conditions = conditionsOf(statement).map(confinement);
  if (conditions.includes('not-public')) return 'not-public';
  // The page does not say what a Deny of everybody else does to a public Allow.
  return conditions.includes('unclear') || all.some((other) => confines(other, statement)) ? 'unclear' : 'public';
}

/** People who sign in at a web site (the page's first example) count as everybody. */
function isForEverybody({ Principal: principal, NotPrincipal: except }: Statement): boolean {
  if (principal === undefined) return except !== undefined;
  if (typeof principal === 'string') return principal === '*';
  return Object.entries(principal ?? {}).some(([kind, names]) =>
    listOf(names).some((name) => name === '*' || (kind === 'Federated' && !isOfIam(name))),
  );
}

function isOfIam(name: string): boolean {
  const { service, account = '' } = arnParts(name) ?? {};
  return service === 'iam' && isAccountId(account);
}

interface ConditionOf {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

function conditionsOf({ Condition: condition }: Statement): readonly ConditionOf[] {
  return Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys ?? {}).map(([key, values]) => ({
      operator: operator.toLowerCase().replace(/^foranyvalue:/, ''),
      key: key.toLowerCase(),
      values: textsOf(values),
    })),
  );
}

function textsOf(values: OneOrMany): readonly string[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : [values];
  return list.map(String);
}

/** `…IfExists` and `ForAllValues:` hold where the key is missing, so they confine nothing. */
function confinement({ operator, key, values }: ConditionOf): Publicity {
  const each = values.map((value) => judgeValue(operator, key, value));
  if (each.includes('public')) return 'public';
  return each.includes('unclear') ? 'unclear' : 'not-public';
}

function judgeValue(operator: string, key: string, value: string): Publicity {
  if (key === 'aws:sourceip') return operator === 'ipaddress' && isNarrow(value) ? 'not-public' : 'public';
  if (key === 'aws:principalisawsservice') return operator === 'bool' && /^true$/i.test(value) ? 'unclear' : 'public';
  if (!/^(string(equals|like|equalsignorecase)|arn(equals|like))$/.test(operator)) return 'public';
  if (key === 'aws:userid' && /^AROA[A-Z0-9]+:/.test(value)) return 'unclear';
  return /[*?]|\$\{/.test(value) ? judgePattern(key, value) : judgeExactValue(key);
}

function judgeExactValue(key: string): Publicity {
  if (confining.has(key)) return 'not-public';
  return unnamed.has(key) ? 'unclear' : 'public';
}

function judgePattern(key: string, value: string): Publicity {
  if (key === 's3:dataaccesspointarn') return isOfOneAccount(value) ? 'not-public' : 'public';
  const isUnclear =
    key === 'aws:principalarn' ? isOfOneAccount(value) : unnamed.has(key) && /^o-[a-z0-9]+\//.test(value);
  return isUnclear ? 'unclear' : 'public';
}

function isOfOneAccount(arn: string): boolean {
  const [, , , , account = '', resource] = arnFields(arn);
  return isAccountId(account) && resource !== undefined;
}

/** The page allows ranges as broad as /8 for IPv4 and /32 for IPv6, and no broader. */
function isNarrow(range: string): boolean {
  const [network = '', length] = range.split('/');
  if (!/^[0-9a-f.:]+$/i.test(network)) return false;
  return length === undefined || (/^\d+$/.test(length) && Number(length) >= (network.includes(':') ? 32 : 8));
}

function confines(deny: Statement, allow: Statement): boolean {
  const covers = (wide: OneOrMany | undefined, narrow: OneOrMany | undefined) => {
    const names = listOf(wide);
    return names.some((name) => /^(s3:)?\*$/i.test(name)) || listOf(narrow).every((name) => names.includes(name));
  };
  return (
    deny.Effect === 'Deny' &&
    isForEverybody(deny) &&
    covers(deny.Action, allow.Action) &&
    covers(deny.Resource, allow.Resource) &&
    conditionsOf(deny).some(({ operator, key, values }) => {
      const opposite = operator.replace(/ifexists$/, '').replace(/^(string|arn)not|^not(?=ipaddress)/, '$1');
      return opposite !== operator && confinement({ operator: opposite, key, values }) !== 'public';
    })
  );
}
