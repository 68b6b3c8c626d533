import type { Path } from './path.ts';

/** One thing that is wrong, or one thing to know, about the configuration, and where. */
export interface ConfigProblem {
  /** `repl.yaml:12:5`, `repl.yaml`, or the flag: `--source-bucket`. */
  readonly where: string;
  /** From 1; absent where there is no such place in the file. */
  readonly line?: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column?: number;
  /** `destinations[0].rules[1].id`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong (what to write instead). */
  readonly message: string;
}

/** A problem or a warning before it is known where in which file it is. */
export interface Finding {
  readonly severity: 'problem' | 'warning';
  readonly path: Path;
  readonly message: string;
  /** Points at the key rather than at its value. */
  readonly on?: 'key';
  /** An offset into the text that is more exact than the path. */
  readonly offset?: number;
}

/** Something that must be changed. */
export function problem(path: Path, message: string): Finding {
  return { severity: 'problem', path, message };
}

/** A problem of the key itself, such as one that is unknown. */
export function keyProblem(path: Path, message: string): Finding {
  return { severity: 'problem', path, message, on: 'key' };
}

/** Something that works, and that a person should know. */
export function warning(path: Path, message: string): Finding {
  return { severity: 'warning', path, message };
}
