import { expect, test } from 'vitest';
import { decodeChunks } from '../../../src/sandbox/s3/aws-chunked.ts';
import { crc32c, crc64nvme } from '../../../src/sandbox/s3/crc.ts';

const CHECK = Buffer.from('123456789');

test('the check values of the catalogues', () => {
  expect(crc32c(CHECK).toString(16)).toBe('e3069283');
  expect(crc64nvme(CHECK).toString('hex')).toBe('ae8b14860a799888');
});

test('chunks are put together, whatever is in them', () => {
  const body = Buffer.from(
    '7;chunk-signature=abc\r\nab\r\ncd\0\r\n2\r\nxy\r\n0;chunk-signature=d\r\nX-Amz-Checksum-Crc32: q==\r\n\r\n',
  );
  expect(decodeChunks(body)).toEqual({
    content: Buffer.from('ab\r\ncd\0xy'),
    trailers: { 'x-amz-checksum-crc32': 'q==' },
  });
});

test.each(['', 'no chunks', '5\r\nabc', '-1\r\n\r\n'])('%j is not in chunks', (body) => {
  expect(decodeChunks(Buffer.from(body))).toBeUndefined();
});
