/** Nobody waits longer for an answer: beyond this, some statements are not checked. */
export const mostProbes = 4096;
