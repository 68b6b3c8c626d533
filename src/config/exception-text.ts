import { quote } from '../text/quote.ts';
import { keyPatternProblem, tagKeyProblem, tagValueProblem } from './field-rules.ts';
import { encryptions } from './rule-fields.ts';
import type { Exception } from './spec.ts';

export type ExceptedObjects = Omit<Exception, 'why'>;

/**
 * The line for a rule in `repl.yaml`: `except: [{ key: "hr/*", why: "…" }]`. Texts of others' policies may hold anything, so they stay on one line and read
 * back the same. Only `?` replaces control characters, which `repl.yaml` may not hold.
 */
export function exceptionLine(exceptions: readonly ExceptedObjects[]): string {
  return `except: [${exceptions.map(mappingOf).join(', ')}]`;
}

/** `${` is no variable, and `?` stands for characters that `repl.yaml` may not hold. */
export function escapeException({ key, tags, encryption, why }: Exception): Exception {
  const values = Object.entries(tags ?? {}).map(([name, value]) => [name, escapeVariables(value)] as const);
  return {
    ...(key !== undefined && { key: escapeVariables(replaceUnwritable(key)) }),
    ...(tags && { tags: Object.fromEntries(values) }),
    ...(encryption && { encryption }),
    why: escapeVariables(why),
  };
}

function replaceUnwritable(key: string): string {
  return key.replace(/(?![\t\n\r])\p{Cc}|\p{Cs}/gu, '?');
}

function escapeVariables(text: string): string {
  return text.replaceAll('${', () => '$${');
}

function mappingOf({ key, tags, encryption }: ExceptedObjects): string {
  const pairs = Object.entries(tags ?? {}).map(([name, value]) => `${tagName(name)}: ${yamlText(value)}`);
  const members = [
    ...(key === undefined ? [] : [`key: ${yamlText(replaceUnwritable(key))}`]),
    ...(tags === undefined ? [] : [`tags: { ${pairs.join(', ')} }`]),
    ...(encryption === undefined ? [] : [`encryption: ${encryption}`]),
    'why: "…"',
  ];
  return `{ ${members.join(', ')} }`;
}

/** Quotes plain words too that YAML 1.1 takes for something else. */
function tagName(name: string): string {
  return /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][\w-]*$/i.test(name) ? name : JSON.stringify(name);
}

/** Quotes `${` so that it is no variable, and escapes what a terminal or YAML might act on. */
function yamlText(text: string): string {
  const quoted = JSON.stringify(escapeVariables(text));
  return quoted.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** Takes `hr/*` or `key=hr/*` (a pattern of keys), `tag=NAME=VALUE`, `encryption=SSE-S3`. @throws Error whose message says what to write instead. */
export function parseException(text: string): ExceptedObjects {
  if (/^(?:tags[=:]|tag:|encryption:)/.test(text)) {
    throw new Error(
      `${quote(text)} is not an exception (write tag=NAME=VALUE or encryption=SSE-S3; for such keys key=…)`,
    );
  }
  const [, kind = 'key', value = text] = /^(key|tag|encryption)=(.*)$/s.exec(text) ?? [];
  switch (kind) {
    case 'tag':
      return { tags: tagOf(value) };
    case 'encryption':
      return { encryption: encryptionOf(value) };
    default:
      return { key: keyOf(value) };
  }
}

/** What `parseException` reads back. */
export function exceptionArgument({ key, tags = {}, encryption }: ExceptedObjects): string {
  const [tag] = Object.entries(tags).map(([name, value]) => `tag=${name}=${value}`);
  if (encryption !== undefined) return `encryption=${encryption}`;
  return tag ?? `key=${key}`;
}

function keyOf(value: string): string {
  if (value === '') throw new Error('it names no keys (write a pattern, such as hr/*)');
  return requireValid(value, keyPatternProblem(value));
}

function tagOf(pair: string): Readonly<Record<string, string>> {
  const at = pair.indexOf('=');
  if (at < 0) throw new Error(`${quote(pair)} is a tag without a value (write tag=NAME=VALUE)`);
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  return { [requireValid(name, tagKeyProblem(name))]: requireValid(value, tagValueProblem(value)) };
}

function encryptionOf(value: string): NonNullable<Exception['encryption']> {
  const found = encryptions.find((one) => one === value);
  if (found === undefined) {
    throw new Error(`encryption ${quote(value)} is unknown (write one of ${encryptions.join(', ')})`);
  }
  return found;
}

function requireValid(text: string, problem: string | undefined): string {
  if (problem !== undefined) throw new Error(problem.replace('{value}', () => quote(text)));
  return text;
}
