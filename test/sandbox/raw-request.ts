import { HttpRequest } from '@smithy/core/transport';
import { type Sandbox, sandboxCredentials } from '../../src/sandbox/sandbox.ts';

/** What SDK clients would not send. */
export interface RawRequest {
  readonly method: string;
  readonly host?: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly account?: string;
  readonly region?: string;
  readonly service?: string;
}

/** Sends a request past the SDK; gives status, headers and body. */
export async function sendRaw(sandbox: Sandbox, raw: RawRequest) {
  const { account = '111111111111', region = 'eu-west-1', service = 's3' } = raw;
  const { accessKeyId } = sandboxCredentials(account);
  const request = new HttpRequest({
    method: raw.method,
    hostname: raw.host ?? `${service}.${region}.amazonaws.com`,
    path: raw.path,
    query: raw.query ?? {},
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261121/${region}/${service}/aws4_request`,
      ...raw.headers,
    },
    body: raw.body,
  });
  const { response } = await sandbox.requestHandler.handle(request);
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

/** A refused raw request's status and S3 error code. */
export function codeOf(answer: { readonly status: number; readonly body: string }): string {
  return `${answer.status} ${/<Code>([^<]*)/.exec(answer.body)?.[1] ?? ''}`.trim();
}
