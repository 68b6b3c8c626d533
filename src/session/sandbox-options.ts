import { Failure } from '../events/failure.ts';
import type { Faults, SandboxFault, SandboxRequest } from '../sandbox/practice/faults.ts';
import type { Lag } from '../sandbox/practice/lag.ts';
import type { SandboxBusyError } from '../sandbox/wire/errors.ts';
import type { View } from '../show/view.ts';
import { shellWord } from '../text/shell-word.ts';
import type { SandboxChoices } from './common-options.ts';

export interface Practice {
  readonly fault: (request: SandboxRequest) => SandboxFault | undefined;
  readonly lag: Partial<Lag>;
  readonly isAsked: boolean;
  /** A mistyped call name makes a fault that never happens. */
  tellUnused(view: View): void;
}

/** @throws Failure `invalid` where one is malformed, or where AWS would be asked. */
export async function readPractice(options: SandboxChoices & { readonly sandbox?: boolean }): Promise<Practice> {
  const { sandboxFault = [], sandboxLag = [] } = options;
  const given = [...sandboxFault, ...sandboxLag];
  if (!options.sandbox && given.length > 0)
    throw new Failure('invalid', 'not-the-sandbox', 'faults and lags work only in the sandbox', 'add --sandbox');
  const [{ parseFaults }, { parseLags }] = await Promise.all([
    import('../sandbox/practice/faults.ts'),
    import('../sandbox/practice/lag.ts'),
  ]);
  const faults: Faults = parseOption('sandbox-fault', () => parseFaults(sandboxFault));
  return {
    fault: (request) => faults.findFault(request),
    isAsked: given.length > 0,
    lag: parseOption('sandbox-lag', () => parseLags(sandboxLag)),
    tellUnused: (view) => {
      for (const fault of faults.listUnused())
        view.report({
          type: 'warning',
          code: 'fault-unused',
          message: `the fault ${fault} did not happen: there was no such call`,
        });
    },
  };
}

function parseOption<T>(option: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'SandboxSyntaxError') throw error;
    throw new Failure('invalid', option, `--${option}: ${error.message}`);
  }
}

/** A state that cannot be read or written is not our mistake. @param directory its folder: the advice must not touch another one. */
export function sandboxFailure(directory: string): (error: unknown) => never {
  return (error) => {
    const { name, message, code, servedAt, pid, endsSometime } = error as NodeJS.ErrnoException &
      Partial<SandboxBusyError>;
    if (name === 'SandboxBusyError') {
      const wait = servedAt === undefined ? 'wait for it to end, or ' : `stop it (Ctrl-C there, or kill ${pid}), or `;
      const fix = `${endsSometime ? wait : ''}use another folder: --state DIR`;
      throw new Failure('failed', 'sandbox-busy', message, fix);
    }
    if (name === 'SandboxDiskError') throw error;
    if (name === 'SandboxStateError')
      throw new Failure('failed', 'sandbox-state', message, `${resetCommand(directory)} starts afresh`);
    if (code === undefined) throw error;
    throw new Failure(
      'failed',
      'sandbox-state',
      `the sandbox cannot keep its state: ${message}`,
      'use another folder: --state DIR',
    );
  };
}

function resetCommand(directory: string): string {
  return `s3repl sandbox reset${directory === '.s3repl' ? '' : ` --state ${shellWord(directory)}`}`;
}
