export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc32cTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Eight bytes, computed as two halves: bit operations have 32 bits. */
export function crc64nvme(bytes: Uint8Array): Buffer {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (crc64Tables.low[index] ?? 0);
    high = (high >>> 8) ^ (crc64Tables.high[index] ?? 0);
  }
  const result = Buffer.alloc(8);
  result.writeUInt32BE(~high >>> 0, 0);
  result.writeUInt32BE(~low >>> 0, 4);
  return result;
}

const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => Number(remainder(byte, 0x82f63b78n)));
const remainders = Array.from({ length: 256 }, (_, byte) => remainder(byte, 0x9a6c9329ac4bc9b5n));
const crc64Tables = {
  high: Uint32Array.from(remainders, (value) => Number(value >> 32n)),
  low: Uint32Array.from(remainders, (value) => Number(value & 0xffffffffn)),
};

function remainder(byte: number, polynomial: bigint): bigint {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1n) === 1n ? (value >> 1n) ^ polynomial : value >> 1n;
  return value;
}
