/** `net.BlockList` would be wrong here: it takes every IPv4 address to be in ::/0 as well. */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Undefined where the address or the range is invalid. */
export function isInRange(address: string, range: string): boolean | undefined {
  const [network, length, ...more] = range.split('/');
  const given = parseAddress(address);
  const wanted = parseAddress(network ?? '');
  if (given === undefined || wanted === undefined || more.length > 0) return undefined;
  if (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= wanted.bits)) return undefined;
  if (given.bits !== wanted.bits) return false;
  const ignored = BigInt(wanted.bits - Number(length ?? wanted.bits));
  return given.value >> ignored === wanted.value >> ignored;
}

function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return { bits: 32, value: number(parts.map(Number), 8n) };
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail] = halves;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length > 2 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return {
    bits: 128,
    value: number(
      groups.map((group) => Number.parseInt(group, 16)),
      16n,
    ),
  };
}

function number(digits: readonly number[], bitsEach: bigint): bigint {
  return digits.reduce((sum, digit) => (sum << bitsEach) | BigInt(digit), 0n);
}
