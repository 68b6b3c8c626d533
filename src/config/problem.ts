import type { Path } from './path.ts';

export interface ConfigProblem {
  /** `repl.yaml:12:5`, `repl.yaml`, or the flag: `--source-bucket`. */
  readonly where: string;
  /** From 1; absent where there is no such place in the file. */
  readonly line?: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column?: number;
  /** `destinations[0].rules[1].id`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Its file and place are not yet known. */
export interface Finding {
  readonly severity: 'problem' | 'warning';
  readonly path: Path;
  readonly message: string;
  /** Points at the key rather than at its value. */
  readonly on?: 'key';
  /** An offset into the text, more exact than the path. */
  readonly offset?: number;
}

export function problem(path: Path, message: string): Finding {
  return { severity: 'problem', path, message };
}

export function keyProblem(path: Path, message: string): Finding {
  return { severity: 'problem', path, message, on: 'key' };
}

export function warning(path: Path, message: string): Finding {
  return { severity: 'warning', path, message };
}
