import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.ts';
import { notImplemented } from './not-implemented.ts';
import type { Call } from './route.ts';
import { toXml } from './xml.ts';

/** In the format of the request. */
export function foreignAnswer(call: Call): Answer {
  const error = notImplemented(call);
  const { status, code, message } = error;
  if (call.service === 'ec2') {
    const detail = toXml({ Errors: { Error: { Code: code, Message: message } }, RequestID: randomUUID() });
    return { status, headers: { 'content-type': 'text/xml' }, body: `<Response>${detail}</Response>` };
  }
  if (call.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const detail = toXml({ Error: { Type: 'Sender', Code: code, Message: message }, RequestId: randomUUID() });
    return { status, headers: { 'content-type': 'text/xml' }, body: `<ErrorResponse>${detail}</ErrorResponse>` };
  }
  const body = JSON.stringify({ __type: code, message });
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code }, body };
}
