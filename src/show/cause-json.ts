/** What the model says, as JSON lines have it (design.md 5): paths as text, and without what only s3repl itself tells causes by. */
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { pathText } from '../model/replication/path.ts';
import type { Cause, Evidence, Verdict } from '../model/verdict.ts';

type EvidenceJson = Omit<Evidence, 'path'> & { readonly path?: string };
type CauseJson<T> = Omit<T, 'code' | 'same' | 'evidence'> & { readonly evidence: EvidenceJson };

export function evidenceJson(evidence: Evidence): EvidenceJson {
  const { path, ...others } = evidence;
  // The member stays where it stands among the others.
  return path === undefined ? others : { ...evidence, path: pathText(path) };
}

export function causeJson<T extends Cause<string>>(cause: T): CauseJson<T> {
  const { code: _code, same: _same, ...members } = cause;
  return { ...members, evidence: evidenceJson(cause.evidence) } as CauseJson<T>;
}

export function verdictJson<T extends Pick<Verdict, 'causes' | 'warnings'>>(verdict: T) {
  return { ...verdict, causes: verdict.causes.map(causeJson), warnings: verdict.warnings.map(causeJson) };
}

/** A diagnosis with its causes as people are shown them, too. */
export function shownDiagnosis({ causes, ...diagnosis }: Diagnosis) {
  return { ...diagnosis, causes: causes.map(causeJson) };
}

export type ShownDiagnosis = ReturnType<typeof shownDiagnosis>;
