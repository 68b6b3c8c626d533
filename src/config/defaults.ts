import { isSameJson } from '../aws/json.ts';
import type { Around, Field, Fields, MappingField, MappingsField } from './field.ts';
import { type CompleteConfig, type Config, configFile } from './fields.ts';
import { isMapping } from './path.ts';

type Mapping = Readonly<Record<string, unknown>>;
type Group = MappingField | MappingsField;

/** Fills in every default. While accounts are `${VAR}`, `ownerOverride` stays out: its default depends on them. */
export function withDefaults(config: Config): CompleteConfig {
  return addDefaults(configFile, config, { config }) as CompleteConfig;
}

/** Never takes `${VAR}` for a default. */
export function withoutDefaults(config: Config): Config {
  return omitDefaults(configFile, config, { config }) as Config;
}

/** Undefined where the field has no default, or while that depends on a `${VAR}`. */
export function defaultOf(field: Field, around: Around): unknown {
  if (!('default' in field)) return undefined;
  // A copy: YAML writes an alias where the same list stands twice.
  return typeof field.default === 'function' ? field.default(around) : structuredClone<unknown>(field.default);
}

function addDefaults(group: Group, mapping: Mapping, around: Around): Mapping {
  const defaults = Object.entries(group.fields).map(([key, field]) => [key, defaultOf(field, around)] as const);
  const known = Object.fromEntries(defaults.filter(([, value]) => value !== undefined));
  return sortFields(group, mapGroups(group.fields, { ...known, ...mapping }, around, addDefaults));
}

function omitDefaults(group: Group, mapping: Mapping, around: Around): Mapping {
  const { fields } = group;
  const kept = Object.entries(mapGroups(fields, mapping, around, omitDefaults)).filter(([key, value]) => {
    const field = fields[key];
    const isNothing = value === undefined || (field?.kind === 'mapping' && Object.keys(Object(value)).length === 0);
    return !isNothing && (field === undefined || field.required || !isSameJson(value, defaultOf(field, around)));
  });
  return sortFields(group, Object.fromEntries(kept));
}

function mapGroups(fields: Fields, mapping: Mapping, around: Around, make: typeof addDefaults): Mapping {
  const mapWithin = (field: Field | undefined, value: unknown): unknown => {
    if (field?.kind === 'mapping' && isMapping(value)) return make(field, value, around);
    if (field?.kind !== 'mappings' || !Array.isArray(value)) return value;
    const { as } = field.entry;
    return value.map((item: Mapping, at) =>
      make(field, item, as === undefined ? around : { ...around, [as]: item, at }),
    );
  };
  return Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, mapWithin(fields[key], value)]));
}

function sortFields({ fields, sorted }: Group, mapping: Mapping): Mapping {
  if (!sorted) return mapping;
  const keys = Object.keys(fields);
  return Object.fromEntries(Object.entries(mapping).sort(([a], [b]) => keys.indexOf(a) - keys.indexOf(b)));
}
