import { Failure } from '../../events/failure.ts';

export const defaultPort = '4599';

/** @throws Failure `invalid`. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure('invalid', 'port', `${text} is no port`, 'give a number from 0 to 65535');
}
