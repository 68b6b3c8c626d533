/** What the model says, as JSON lines have it (design.md 5): without what only s3repl itself tells causes by. */
import type { Cause, Verdict } from '../model/verdict.ts';

export function causeJson<T extends Cause<string>>({
  code: _code,
  same: _same,
  ...cause
}: T): Omit<T, 'code' | 'same'> {
  return cause;
}

export function verdictJson<T extends Pick<Verdict, 'causes' | 'warnings'>>(verdict: T): object {
  return { ...verdict, causes: verdict.causes.map(causeJson), warnings: verdict.warnings.map(causeJson) };
}
