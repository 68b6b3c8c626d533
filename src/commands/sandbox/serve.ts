import { once } from 'node:events';
import { Command } from 'commander';
import { Failure } from '../../events/failure.ts';
import {
  type CommonOptions,
  withOutputOptions,
  withPracticeOptions,
  withStateOption,
} from '../../session/common-options.ts';
import type { Context, Result, Runner } from '../../session/context.ts';

/** Where the sandbox is served unless `--port` says otherwise. */
export const defaultPort = '4599';

interface ServeOptions extends CommonOptions {
  readonly port: string;
}

/** `s3repl sandbox serve`: the sandbox over HTTP. */
export function serveCommand(run: Runner): Command {
  const command = withPracticeOptions(
    withStateOption(
      withOutputOptions(
        new Command('serve')
          .description('answer the AWS CLI, boto3 and other tools on this machine, until Ctrl-C')
          .option('--port <port>', 'where, on 127.0.0.1; 0: any that is free', defaultPort),
      ),
    ),
  );
  return command.action(() =>
    run('sandbox serve', (context) =>
      runServe({ ...command.opts<ServeOptions>(), sandbox: true, flagValues: {} }, context),
    ),
  );
}

/** Serves until it is interrupted; prints one line once it answers. */
async function runServe(options: ServeOptions, context: Context): Promise<Result> {
  const [{ viewFor }, { readPractice, sandboxFailure }, { listen }, { openSandbox }, { statusOf }] = await Promise.all([
    import('../../session/view-for.ts'),
    import('../../session/sandbox-options.ts'),
    import('../../sandbox/wire/http.ts'),
    import('../../sandbox/sandbox.ts'),
    import('../../sandbox/practice/status.ts'),
  ]);
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

/** @throws Failure `invalid`. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure('invalid', 'port', `${text} is no port`, 'give a number from 0 to 65535');
}
