import { isObject } from '../../model/evaluation/element.ts';
import { deliver, type Published } from './deliver.ts';
import { invalidParameter, requireParam, type SnsOperation, type SnsRequest, topicOf } from './sns-request.ts';
import { useTopicKey } from './topic-key.ts';

/** In bytes (API: Publish). */
const mostBytes = 262_144;

export const publishOperations: Readonly<Record<string, SnsOperation>> = {
  /** With the refusals recorded (LocalStack, `TestSNSPublishCrud`). */
  Publish: (request) => {
    const { params, state, caller } = request;
    const message = requireParam(request, 'Message');
    if (params.has('PhoneNumber')) throw invalidParameter('PhoneNumber Reason: the sandbox sends no SMS');
    if (!params.has('TopicArn') && !params.has('TargetArn'))
      throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
    const topic = topicOf(request, { name: params.has('TopicArn') ? 'TopicArn' : 'TargetArn' });
    if (message === '') throw invalidParameter('Empty message');
    if (Buffer.byteLength(message) > mostBytes) throw invalidParameter('Message too long');
    const subject = params.get('Subject');
    // ASCII, without line breaks, and it begins with no space (API: Publish).
    if (subject !== null && !/^[!-~][ -~]{0,99}$/.test(subject)) throw invalidParameter('Subject');
    if (topic.isFifo && !params.has('MessageGroupId'))
      throw invalidParameter('The MessageGroupId parameter is required for FIFO topics');
    useTopicKey(request, topic);
    const published = { ...readMessage(request, message), ...(subject === null ? {} : { subject }) };
    return { MessageId: deliver(state, topic, { ...published, from: caller.arn }) };
  },
};

/** With `MessageStructure`: a text for each protocol, and one for all others. */
function readMessage({ params }: SnsRequest, message: string): Pick<Published, 'message' | 'texts'> {
  const structure = params.get('MessageStructure');
  if (structure === null) return { message };
  if (structure !== 'json') throw invalidParameter('MessageStructure');
  const found = parseTexts(message);
  const texts = Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  const { default: text, ...others } = texts;
  if (text === undefined) throw invalidParameter('Message Structure - No default entry in JSON message body');
  return { message: text, texts: others };
}

function parseTexts(message: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(message);
    if (isObject(found)) return found;
  } catch {
    // The same answer as for JSON that is no object.
  }
  throw invalidParameter('Message Structure - JSON message body failed to parse');
}
