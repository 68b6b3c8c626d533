/** The SDK leaves out what it does not know, and writing such a document back would lose it (docs/decisions/0010-elements-that-we-do-not-know.md). */
import type { NormalizedSchema } from '@smithy/core/schema';
import type { DeserializeHandler, HandlerExecutionContext, StaticOperationSchema } from '@smithy/types';
import { required } from '../aws/required.ts';
import { unknownMember } from '../aws/unknown-elements.ts';
import { callIn, type Output, type Plugin, type SdkClient } from './sdk-client.ts';
import { operationOf } from './services.ts';

const { NormalizedSchema: Schema } = required('@smithy/core/schema');
const { getSmithyContext } = required('@smithy/core/transport');

/** Read by this schema, any answer is as the SDK's parser gives it. */
const anyDocument = 15;

/** A middleware that keeps unknown elements of documents that are written back, as members that no request can carry: see {@link unknownMember}. */
export function keepWholeDocuments({ config }: Pick<SdkClient, 'config'>): Plugin {
  const keep =
    <I extends object, O extends Output>(
      next: DeserializeHandler<I, O>,
      context: HandlerExecutionContext,
    ): DeserializeHandler<I, O> =>
    async (args) => {
      const { service, operation } = callIn(context);
      if (!operationOf(service, operation).writtenBack) return next(args);
      let bytes: Uint8Array | undefined;
      // The SDK collects the answer by itself; collecting it here gives the same, and errors surface where they always do.
      const streamCollector = async (stream: never) => (bytes = await config.streamCollector(stream));
      Object.assign(context, { streamCollector });
      const result = await next(args);
      const { output } = result;
      const body = bytes ?? bodyOf(result.response) ?? new Uint8Array();
      if (!(body instanceof Uint8Array))
        throw new Error(`${context.commandName}: the SDK has read its answer in another way`);
      if (output === undefined || body.byteLength === 0) return result;
      const read = config.protocol.getPayloadCodec().createDeserializer().read(anyDocument, body);
      return { ...result, output: { ...output, ...restoreOutput(context, await read, output) } };
    };
  return {
    applyToStack: (stack) => stack.add(keep, { step: 'deserialize', priority: 'high', name: 's3replWholeDocuments' }),
  };
}

function restoreOutput(context: object, tree: unknown, output: object): object {
  const [, , , , , outputSchema] = getSmithyContext(context as never).operationSchema as StaticOperationSchema;
  const schema = Schema.of(outputSchema);
  const payload = [...schema.structIterator()].find(([, member]) => member.getMergedTraits().httpPayload);
  if (!payload) return withUnknown(schema, tree, output) as object;
  const [name, member] = payload;
  return { [name]: withUnknown(member, tree, (output as Readonly<Record<string, unknown>>)[name]) };
}

function withUnknown(schema: NormalizedSchema, element: unknown, read: unknown): unknown {
  if (!schema.isStructSchema() || !isObject(read)) return read;
  // Of an element with text in it the SDK's parser keeps only the text.
  if (!isObject(element)) return element === '' ? read : { ...read, [unknownMember('#text')]: element };
  const kept: Record<string, unknown> = { ...read };
  const known = new Set<string>();
  for (const [member, of] of schema.structIterator()) {
    const name = String(of.getMergedTraits().xmlName ?? member);
    const content = element[name];
    known.add(name);
    if (content !== undefined) Object.assign(kept, restoreMember([member, of], content, read[member]));
  }
  for (const [name, content] of Object.entries(element)) {
    if (!known.has(name) && !isNamespace(name)) kept[unknownMember(name)] = content;
  }
  return kept;
}

function restoreMember([member, schema]: [string, NormalizedSchema], content: unknown, read: unknown): object {
  const { xmlName, xmlFlattened } = schema.getMergedTraits();
  const left = unknownMember(String(xmlName ?? member));
  if (schema.isListSchema()) {
    const items = schema.getValueSchema();
    const item = String(items.getMergedTraits().xmlName ?? 'member');
    const { list, rest } = xmlFlattened ? { list: [content].flat(), rest: undefined } : listIn(content, item);
    const whole = (read as readonly unknown[]).map((value, at) => withUnknown(items, list[at], value));
    return { [member]: whole, ...(rest !== undefined && { [left]: rest }) };
  }
  // The SDK takes an element that is there several times for an empty one.
  return Array.isArray(content) ? { [left]: content } : { [member]: withUnknown(schema, content, read) };
}

function listIn(content: unknown, item: string): { readonly list: readonly unknown[]; readonly rest: unknown } {
  // Of several such elements the SDK takes the first.
  const [first] = [content].flat();
  if (!isObject(first)) return { list: [], rest: content === '' ? undefined : content };
  const { [item]: list = [], ...others } = first;
  const isAll = !Array.isArray(content) && Object.keys(others).every(isNamespace);
  return { list: [list].flat(), rest: isAll ? undefined : content };
}

function isNamespace(attribute: string): boolean {
  return /^xmlns(:|$)/.test(attribute);
}

function bodyOf(response: unknown): unknown {
  return isObject(response) ? response.body : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
