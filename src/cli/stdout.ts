/** Whether what a command has to say was written: with a full disk it is no success. */
import type { Writable } from 'node:stream';
import { Failure } from '../events/failure.ts';

/** Listens to a stream from now on. */
export function watchStdout(stdout: Writable) {
  let lost: Error | undefined;
  const onError = (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) stops nothing: what has begun is carried on to its end.
    if (error.code !== 'EPIPE') lost ??= error;
  };
  stdout.on('error', onError);
  return {
    /** Waits until all that was written so far is out, and says what went wrong with it. */
    async failure(): Promise<Failure | undefined> {
      await new Promise<void>((resolve) => {
        const resolveSoon = () => setImmediate(resolve);
        // Where nothing was written, nothing is lost: a full device refuses an empty write as well.
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
