import type { Output } from '../show/view.ts';

/** The first Ctrl-C asks to stop, and calls under way end; the second leaves at once. */
export function interruptible(
  releaseScreen: () => void,
  stderr: Output,
): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    releaseScreen();
    if (controller.signal.aborted) process.exit(130);
    stderr.write('\nstopping: calls that are under way end first (Ctrl-C again leaves at once)\n');
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
