/** The defaults of `repl.yaml` (fields.ts), filled in and left out. */
import { sameJson } from '../aws/json.ts';
import type { Around, Field, Fields, MappingField, MappingsField } from './field.ts';
import { type CompleteConfig, type Config, configFile } from './fields.ts';
import { isMapping } from './path.ts';

type Mapping = Readonly<Record<string, unknown>>;
type Group = MappingField | MappingsField;

/**
 * The same configuration with every default that has a value of its own. Only as long as accounts are `${VAR}` something is missing:
 * `ownerOverride`, whose default nobody knows then.
 */
export function withDefaults(config: Config): CompleteConfig {
  return completed(configFile, config, { config }) as CompleteConfig;
}

/** The same configuration without what its defaults say anyway; `${VAR}` is never taken for a default. */
export function withoutDefaults(config: Config): Config {
  return reduced(configFile, config, { config }) as Config;
}

/** What a field is where the file leaves it out; undefined where it has no default, or where that is not known yet. */
export function defaultOf(field: Field, around: Around): unknown {
  if (!('default' in field)) return undefined;
  // A copy, because YAML writes an alias where the same list stands twice.
  return typeof field.default === 'function' ? field.default(around) : structuredClone<unknown>(field.default);
}

function completed(group: Group, mapping: Mapping, around: Around): Mapping {
  const defaults = Object.entries(group.fields).map(([key, field]) => [key, defaultOf(field, around)] as const);
  const known = Object.fromEntries(defaults.filter(([, value]) => value !== undefined));
  return inOrder(group, each(group.fields, { ...known, ...mapping }, around, completed));
}

function reduced(group: Group, mapping: Mapping, around: Around): Mapping {
  const { fields } = group;
  const kept = Object.entries(each(fields, mapping, around, reduced)).filter(([key, value]) => {
    const field = fields[key];
    const isNothing = value === undefined || (field?.kind === 'mapping' && Object.keys(Object(value)).length === 0);
    return !isNothing && (field === undefined || field.required || !sameJson(value, defaultOf(field, around)));
  });
  return inOrder(group, Object.fromEntries(kept));
}

/** A mapping with something done to the mappings within. */
function each(fields: Fields, mapping: Mapping, around: Around, make: typeof completed): Mapping {
  const within = (field: Field | undefined, value: unknown): unknown => {
    if (field?.kind === 'mapping' && isMapping(value)) return make(field, value, around);
    if (field?.kind !== 'mappings' || !Array.isArray(value)) return value;
    const { as } = field.entry;
    return value.map((item: Mapping, at) =>
      make(field, item, as === undefined ? around : { ...around, [as]: item, at }),
    );
  };
  return Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, within(fields[key], value)]));
}

function inOrder({ fields, sorted }: Group, mapping: Mapping): Mapping {
  if (!sorted) return mapping;
  const keys = Object.keys(fields);
  return Object.fromEntries(Object.entries(mapping).sort(([a], [b]) => keys.indexOf(a) - keys.indexOf(b)));
}
