import { sameJson } from '../aws/json.ts';
import { defaultRuleId } from './draft.ts';
import { isMapping } from './path.ts';
import { type Config, defaultKmsKey } from './schema.ts';

type Side = Config['source'] | Config['destinations'][number];
type Rule = NonNullable<Config['destinations'][number]['rules']>[number];

/** The order in which files have them, whatever the order of the answers. */
const sideKeys = ['account', 'region', 'access', 'bucket', 'kmsKey', 'bucketKey', 'additionalKmsKeys', 'rules'];
const ruleKeys = [
  'id',
  'prefix',
  'tags',
  'priority',
  'enabled',
  'deleteMarkers',
  'replicationTimeControl',
  'metrics',
  'ownerOverride',
  'replicaModifications',
  'storageClass',
  'except',
];

/** The same configuration without what its defaults say anyway; `${VAR}` is never taken for a default. */
export function withoutDefaults(config: Config): Config {
  const { version, name, source, destinations, role, newKeys, tlsOnly, tags } = config;
  return pruned({
    version,
    name,
    source: withoutSideDefaults(source, { additionalKmsKeys: isEmpty(source.additionalKmsKeys) }),
    destinations: destinations.map((destination, index) => {
      const rules = destination.rules?.map((rule) => withoutRuleDefaults(rule, acrossAccounts(source, destination)));
      const onlyDefault = rules?.length === 1 && sameJson(rules[0], { id: defaultRuleId(index) });
      return withoutSideDefaults({ ...destination, ...(rules ? { rules } : {}) }, { rules: onlyDefault });
    }),
    role: role && pruned({ ...role, name: role.name === `s3repl-${name}` ? undefined : role.name }),
    newKeys:
      newKeys &&
      pruned({
        ...newKeys,
        administrators: isEmpty(newKeys.administrators) ? undefined : newKeys.administrators,
        users: isEmpty(newKeys.users) ? undefined : newKeys.users,
      }),
    tlsOnly,
    tags,
  }) as Config;
}

/** The same configuration with every default written out that has a value of its own. */
export function withDefaults(config: Config): Config {
  const { source, destinations, role, newKeys, tlsOnly, tags } = config;
  return {
    version: config.version,
    name: config.name,
    source: { ...withSideDefaults(source), additionalKmsKeys: source.additionalKmsKeys ?? [] },
    destinations: destinations.map((destination, index) => ({
      ...withSideDefaults(destination),
      rules: (destination.rules ?? [{ id: defaultRuleId(index) }]).map((rule) =>
        inOrder({ ...ruleDefaults(rule, acrossAccounts(source, destination)), ...rule }, ruleKeys),
      ),
    })),
    role: { name: `s3repl-${config.name}`, ...role },
    newKeys: { administrators: [], users: [], ...newKeys },
    ...(tlsOnly === undefined ? {} : { tlsOnly }),
    tags: tags ?? {},
  };
}

function withSideDefaults<T extends Side>(side: T): T {
  return inOrder({ ...side, kmsKey: side.kmsKey ?? defaultKmsKey, bucketKey: side.bucketKey ?? true }, sideKeys);
}

/** Undefined where only the environment will say: then ownerOverride has no known default. */
function acrossAccounts(source: Side, destination: Side): boolean | undefined {
  const accounts = [source.account, destination.account];
  return accounts.some((account) => account.includes('${')) ? undefined : source.account !== destination.account;
}

function ruleDefaults(rule: Rule, across: boolean | undefined): Rule {
  return {
    id: rule.id,
    prefix: '',
    tags: {},
    enabled: true,
    deleteMarkers: isEmpty(rule.tags),
    replicationTimeControl: true,
    metrics: true,
    ...(across === undefined ? {} : { ownerOverride: across }),
    replicaModifications: false,
    except: [],
  };
}

function withoutRuleDefaults(rule: Rule, across: boolean | undefined): Rule {
  const defaults: Readonly<Record<string, unknown>> = { ...ruleDefaults(rule, across), id: undefined };
  const kept = Object.entries(rule).filter(([key, value]) => !sameJson(value, defaults[key]));
  return inOrder(Object.fromEntries(kept) as Rule, ruleKeys);
}

function withoutSideDefaults<T extends Side>(side: T, drop: { readonly [K in keyof T]?: boolean | undefined }): T {
  return pruned({
    ...inOrder(side, sideKeys),
    kmsKey: side.kmsKey === defaultKmsKey ? undefined : side.kmsKey,
    bucketKey: side.bucketKey === true ? undefined : side.bucketKey,
    ...Object.fromEntries(Object.entries(drop).flatMap(([key, gone]) => (gone ? [[key, undefined]] : []))),
  }) as T;
}

function inOrder<T extends object>(value: T, keys: readonly string[]): T {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => keys.indexOf(a) - keys.indexOf(b))) as T;
}

/** Without members that are undefined or empty mappings. */
function pruned<T extends object>(value: T): T {
  const kept = Object.entries(value).filter(
    ([, member]) => member !== undefined && !(isMapping(member) && isEmpty(member)),
  );
  return Object.fromEntries(kept) as T;
}

function isEmpty(value: object | undefined): boolean {
  return value === undefined || Object.keys(value).length === 0;
}
