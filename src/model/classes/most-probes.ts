/** Beyond this many nobody waits for an answer, and some statements are left unasked. */
export const mostProbes = 4096;
