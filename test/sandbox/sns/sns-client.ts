/** SNS without its SDK client, which is not installed: forms in, what the XML says out. */
import { expect } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { parseXml, type XmlElement } from '../../../src/sandbox/wire/xml.ts';
import type { Keys } from '../clients.ts';
import { SOURCE } from '../clients.ts';
import { sendRaw } from '../raw-request.ts';

export interface Sns {
  /** The result's members; `Attributes` and the like as records. Fails where the call is refused. */
  readonly call: (operation: string, parameters?: Readonly<Record<string, string>>) => Promise<Result>;
  /** Status, code and message of a refused call; `accepted` otherwise. */
  readonly refusal: (operation: string, parameters?: Readonly<Record<string, string>>) => Promise<string>;
}

export type Result = { readonly [name: string]: string | Result | readonly (string | Result)[] };

export function snsOf(sandbox: Sandbox, identity: string | Keys = SOURCE, region = 'eu-west-1'): Sns {
  const send = (operation: string, parameters: Readonly<Record<string, string>> = {}) => {
    const body = new URLSearchParams({ Action: operation, Version: '2010-03-31', ...parameters }).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...(typeof identity === 'string' ? {} : keyHeaders(identity, region)),
    };
    const account = typeof identity === 'string' ? identity : SOURCE;
    return sendRaw(sandbox, { method: 'POST', path: '/', service: 'sns', region, account, headers, body });
  };
  return {
    call: async (operation, parameters) => {
      const { status, body } = await send(operation, parameters);
      expect(`${status} ${status === 200 ? '' : body}`.trim()).toBe('200');
      const result = parseXml(body)?.children.find(({ name }) => name === `${operation}Result`);
      const read = result === undefined ? {} : readElement(result);
      return typeof read === 'object' && !Array.isArray(read) ? (read as Result) : {};
    },
    refusal: async (operation, parameters) => {
      const { status, body } = await send(operation, parameters);
      if (status === 200) return 'accepted';
      const error = parseXml(body)?.children.find(({ name }) => name === 'Error');
      const textOf = (name: string) => error?.children.find((child) => child.name === name)?.text;
      return `${status} ${textOf('Code')}: ${textOf('Message')}`;
    },
  };
}

function keyHeaders({ AccessKeyId, SessionToken = '' }: Keys, region: string): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${AccessKeyId}/20261121/${region}/sns/aws4_request`,
    'x-amz-security-token': SessionToken,
  };
}

function readElement({ children, text }: XmlElement): Result[string] {
  if (children.length === 0) return text;
  if (children.every(({ name }) => name === 'member')) return children.map(readElement) as (string | Result)[];
  if (children.every(({ name }) => name === 'entry'))
    return Object.fromEntries(children.map(({ children: pair }) => [pair[0]?.text ?? '', pair[1]?.text ?? '']));
  return Object.fromEntries(children.map((child) => [child.name, readElement(child)]));
}

/** `Attributes.entry.1.key` and so on. */
export function attributes(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value], index) => [
      [`Attributes.entry.${index + 1}.key`, key],
      [`Attributes.entry.${index + 1}.value`, value],
    ]),
  );
}

export function tags(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value], index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
  );
}

/** Makes a topic, and gives its ARN. */
export async function makeTopic(sandbox: Sandbox, name: string, values: Readonly<Record<string, string>> = {}) {
  const { TopicArn } = await snsOf(sandbox).call('CreateTopic', { Name: name, ...attributes(values) });
  return String(TopicArn);
}

export async function attributesOf(sandbox: Sandbox, TopicArn: string): Promise<Record<string, string>> {
  const { Attributes } = await snsOf(sandbox).call('GetTopicAttributes', { TopicArn });
  return Attributes as unknown as Record<string, string>;
}

export async function setPolicy(sandbox: Sandbox, TopicArn: string, ...Statement: readonly unknown[]): Promise<void> {
  const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement });
  await snsOf(sandbox).call('SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
}

/** What was published, oldest first. */
export function messagesIn(sandbox: Sandbox) {
  return Object.values(sandbox.state.sns.messages);
}
