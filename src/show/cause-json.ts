/** For JSON lines (design.md 5): paths as text, without members that only s3repl uses. */
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { pathText } from '../model/replication/path.ts';
import { type Cause, type Evidence, sourceText, type Verdict } from '../model/verdict.ts';

type EvidenceJson = Omit<Evidence, 'path' | 'sources'> & {
  readonly path?: string;
  readonly sources?: readonly string[];
};
type CauseJson<T> = Omit<T, 'code' | 'same' | 'evidence'> & { readonly evidence: EvidenceJson };

/** Keeps the order of members. */
export function evidenceJson(evidence: Evidence): EvidenceJson {
  const { path, sources, ...others } = evidence;
  const texts = {
    ...(path && { path: pathText(path) }),
    ...(sources && { sources: sources.map(sourceText) }),
  };
  return Object.assign<object, typeof others, typeof texts>({ ...evidence }, others, texts);
}

export function causeJson<T extends Cause<string>>(cause: T): CauseJson<T> {
  const { code: _code, same: _same, ...members } = cause;
  return { ...members, evidence: evidenceJson(cause.evidence) } as CauseJson<T>;
}

export function verdictJson<T extends Pick<Verdict, 'causes' | 'warnings'>>(verdict: T) {
  return { ...verdict, causes: verdict.causes.map(causeJson), warnings: verdict.warnings.map(causeJson) };
}

/** Sources are AWS's pages alone. */
export function showDiagnosis({ causes, ...diagnosis }: Diagnosis) {
  return {
    ...diagnosis,
    causes: causes.map((cause) => causeJson({ ...cause, evidence: withoutNotes(cause.evidence) })),
  };
}

export type ShownDiagnosis = ReturnType<typeof showDiagnosis>;

function withoutNotes({ sources = [], ...evidence }: Evidence): Evidence {
  return { ...evidence, sources: sources.filter((one) => typeof one === 'string') };
}
