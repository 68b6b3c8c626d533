export interface Unchunked {
  readonly content: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

/** Chunks of `size;chunk-signature=…` (not checked), an empty one, trailers (S3 API Reference, "Transferring Payload in Multiple Chunks"), else undefined. */
export function decodeChunks(body: Buffer): Unchunked | undefined {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (end === -1 || !(size >= 0) || end + 2 + size > body.length) return undefined;
    at = end + 2;
    if (size === 0) return { content: Buffer.concat(chunks), trailers: trailersOf(body.toString('latin1', at)) };
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
}

function trailersOf(text: string): Record<string, string> {
  const lines = text.split('\r\n').map((line) => /^([^:]+):(.*)$/.exec(line.trim()));
  return Object.fromEntries(
    lines.flatMap((line) => (line ? [[(line[1] ?? '').toLowerCase(), (line[2] ?? '').trim()]] : [])),
  );
}
