/** In milliseconds: how far `status` looks back. */
export const usualSince = 24 * 3_600_000;
