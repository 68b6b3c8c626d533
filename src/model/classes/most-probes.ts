/** Nobody waits longer for an answer: beyond this, some statements are not checked. Tests ask with fewer. */
export const most = { probes: 4096 };
