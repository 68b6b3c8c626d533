/** An S3 that has learned something new: its answers have elements that the SDK does not know. */
import { Readable } from 'node:stream';
import type { ReplicationRule } from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/transport';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { DESTINATION } from '../builders.ts';

type Handler = Sandbox['requestHandler'];

/** What becomes of the documents of buckets: by the part of the request that names the document, as in `?replication`. */
export type Additions = Readonly<Record<string, (xml: string, bucket: string) => string>>;

/** A request handler whose answers have the additions that there are by then. */
export function withAdditions(handler: Handler, additions: () => Additions): Handler {
  const handle: Handler['handle'] = async (...args) => {
    const [{ method, query, hostname, path }] = args;
    const { response } = await handler.handle(...args);
    const edit = Object.entries(additions()).find(([document]) => document in query)?.[1];
    if (!edit || method !== 'GET' || response.statusCode !== 200) return { response };
    const chunks: Buffer[] = [];
    for await (const chunk of response.body as Readable) chunks.push(Buffer.from(chunk));
    const bucket = /^(.+?)\.s3\./.exec(hostname)?.[1] ?? path.split('/')[1] ?? '';
    const body = Buffer.from(edit(Buffer.concat(chunks).toString(), bucket));
    const headers = { ...response.headers, 'content-length': String(body.length) };
    return { response: new HttpResponse({ statusCode: 200, headers, body: Readable.from([body]) }) };
  };
  return { ...handler, handle };
}

/** The same for one rule of a replication configuration, right after its ID. */
export function inRule(id: string, element: string): Additions {
  return { replication: (xml) => xml.replace(`<ID>${id}</ID>`, `<ID>${id}</ID>${element}`) };
}

/** A rule of somebody else, to the bucket that setups have as their destination. */
export const theirs: ReplicationRule = {
  ID: 'theirs',
  Priority: 50,
  Status: 'Disabled',
  Filter: { Prefix: 'logs/' },
  DeleteMarkerReplication: { Status: 'Disabled' },
  Destination: { Bucket: 'arn:aws:s3:::acme-invoices-replica', Account: DESTINATION },
};
