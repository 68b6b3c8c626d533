import { required } from '../../aws/required.ts';

const { XMLParser, XMLValidator } = required('fast-xml-parser');

/** An element as it stands in a document: no attributes, no comments. */
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

/** What a document type declares (entities, above all) S3 does not read: it refuses the document. */
const declaration = /<!(DOCTYPE|ENTITY)/i;

/** The root element of a document, or nothing when it is not well-formed XML, declares a type, or is nested too deep to be any of S3's. */
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

/** Text made safe to stand inside an element. */
export function escapeXml(text: string): string {
  // Most texts of a list are plain, and a search costs less than a replacement.
  if (!special.test(text)) return text;
  return text.replace(specials, (character) => entities[character] ?? character);
}

/** Data as the elements of a query-protocol answer: lists become `member` elements, absent values disappear. */
export function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `<${name}>${toXml(member)}</${name}>`)
      .join('');
  }
  return escapeXml(String(value));
}
