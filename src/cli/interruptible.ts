import type { Output } from '../show/view.ts';

/** Tells of Ctrl-C and SIGTERM, as a process does. */
export interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** The first Ctrl-C asks to stop, and calls under way end; the second leaves at once. */
export function interruptible(
  releaseScreen: () => void,
  { stderr, signals }: { readonly stderr: Output; readonly signals: Signals },
): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    releaseScreen();
    if (controller.signal.aborted) process.exit(130);
    stderr.write('\nstopping: calls that are under way end first (Ctrl-C again leaves at once)\n');
    controller.abort();
  };
  signals.on('SIGINT', onSignal);
  signals.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release() {
      signals.off('SIGINT', onSignal);
      signals.off('SIGTERM', onSignal);
    },
  };
}
