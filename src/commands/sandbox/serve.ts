import { once } from 'node:events';
import type { Result } from '../../events/event.ts';
import { Failure } from '../../events/failure.ts';
import { statusOf } from '../../sandbox/practice/sandbox-status.ts';
import { openSandbox } from '../../sandbox/sandbox.ts';
import { listen } from '../../sandbox/wire/http.ts';
import type { CommonOptions } from '../../session/common-options.ts';
import type { Context } from '../../session/context.ts';
import { readPractice, sandboxFailure } from '../../session/sandbox-options.ts';
import { viewFor } from '../../session/view-for.ts';
import { readPort } from './port.ts';

interface ServeOptions extends CommonOptions {
  readonly port: string;
}

/** Serves until it is interrupted; prints one line once it answers. */
export async function run(options: ServeOptions, context: Context): Promise<Result> {
  const view = await viewFor(options, context);
  const practice = await readPractice(options);
  const port = readPort(options.port);
  const onError = (error: unknown) =>
    view.report({ type: 'warning', code: 'sandbox', message: error instanceof Error ? error.message : String(error) });
  const server = await listen(port, onError).catch((error: NodeJS.ErrnoException) => {
    const why = { EADDRINUSE: 'is in use', EACCES: 'may not be used by you' }[error.code ?? ''];
    if (why === undefined) throw error;
    throw new Failure(
      'failed',
      'port',
      `port ${port} of 127.0.0.1 ${why}`,
      'choose another, or --port 0 for any that is free',
    );
  });
  try {
    const sandbox = await openSandbox({
      directory: options.state,
      servedAt: server.url,
      ticking: true,
      fault: practice.fault,
      lag: practice.lag,
      onMissing: ({ service, operation, account, region }) =>
        view.report({
          type: 'note',
          message: `501 ${service} ${operation} ${account || 'nobody'} ${region}: the sandbox does not have this operation`,
        }),
      ...(options.verbose
        ? {
            onRequest: ({ service, operation, account, region }) =>
              view.report({ type: 'note', message: `${service} ${operation} ${account || 'nobody'} ${region}` }),
          }
        : {}),
    }).catch(sandboxFailure(options.state));
    try {
      server.answerWith({ ...sandbox, status: () => statusOf(sandbox.state) });
      const { url } = server;
      view.report({
        type: 'item',
        kind: 'ready',
        members: { url, state: options.state, pid: process.pid },
        text: `[sandbox] ready: ${url} (state in ${options.state}; Ctrl-C ends it)`,
      });
      if (!context.signal.aborted) await once(context.signal, 'abort');
      await server.close();
    } finally {
      await sandbox.close();
      practice.tellUnused(view);
    }
  } finally {
    await server.close();
  }
  return { outcome: 'done', changes: 0, summary: 'no longer served' };
}
