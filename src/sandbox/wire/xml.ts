import { required } from '../../aws/required.ts';

const { XMLParser, XMLValidator } = required('fast-xml-parser');

/** No attributes, no comments. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  maxNestedTags: 100,
  htmlEntities: true,
});

/** S3 refuses a document that declares a type or entities. */
const declaration = /<!(DOCTYPE|ENTITY)/i;

/** Undefined: not well-formed, declares a type, or nested too deep to be S3's. */
export function parseXml(text: string): XmlElement | undefined {
  if (declaration.test(text) || XMLValidator.validate(text) !== true) return undefined;
  try {
    const roots = elementsOf(parser.parse(text));
    return roots.length === 1 ? roots[0] : undefined;
  } catch {
    // The parser's own limits.
    return undefined;
  }
}

function elementsOf(nodes: unknown): XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: Record<string, unknown>) =>
    Object.entries(node)
      .filter(([name]) => name !== '#text' && name !== ':@')
      .map(([name, content]) => ({ name, children: elementsOf(content), text: textOf(content) })),
  );
}

function textOf(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return nodes.map((node: Record<string, unknown>) => ('#text' in node ? String(node['#text']) : '')).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#xD;',
  '\n': '&#xA;',
};

const special = /[&<>"'\r\n]/;
const specials = new RegExp(special, 'g');

export function escapeXml(text: string): string {
  // Most texts of a list are plain, and a search costs less than a replacement.
  if (!special.test(text)) return text;
  return text.replace(specials, (character) => entities[character] ?? character);
}

/** Lists become `member` elements, maps `entry` elements; absent values disappear. */
export function toXml(value: unknown): string {
  if (value instanceof Map)
    return [...value].map(([key, one]) => `<entry>${toXml({ key, value: one })}</entry>`).join('');
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `<${name}>${toXml(member)}</${name}>`)
      .join('');
  }
  return escapeXml(String(value));
}
