/** A command whose output was not written, as with a full disk, is no success. */
import type { Writable } from 'node:stream';
import { Failure } from '../events/failure.ts';

export function watchStdout(stdout: Writable) {
  let lost: Error | undefined;
  const onError = (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) stops nothing: the command runs until it is done.
    if (error.code !== 'EPIPE') lost ??= error;
  };
  stdout.on('error', onError);
  return {
    /** Waits until everything is out, and says what went wrong. */
    async failure(): Promise<Failure | undefined> {
      await new Promise<void>((resolve) => {
        const resolveSoon = () => setImmediate(resolve);
        // An unwritten stdout loses nothing: a full device refuses even an empty write.
        if (stdout.writableLength === 0) resolveSoon();
        else stdout.write('', resolveSoon);
      });
      if (lost === undefined) return undefined;
      return new Failure(
        'failed',
        'stdout',
        `cannot write to stdout: ${lost.message}`,
        'what was done stays done; make room or write to another place, and run the same command again',
      );
    },
    release() {
      stdout.off('error', onError);
    },
  };
}
