/** The versions that a run knows of the documents that others write too: someone else wrote any other version. */

import type { Call, DocumentName, Documents, PlannedOperation, SeenDocument } from '../state/change.ts';
import type { State } from '../state/state.ts';
import { documents, writes } from '../steps/steps.ts';

type Document = Pick<SeenDocument, 'document' | 'of'>;
type Version = Documents[DocumentName] | null;

interface Known {
  /** As planned with: AWS may show them for a while after they were replaced. */
  readonly seen: Version[];
  readonly written: Version[];
}

export class Versions {
  readonly #known = new Map<string, Known>();

  noteSeen(seen: SeenDocument): void {
    this.#find(seen).seen.push(seen.is);
  }

  noteWritten(call: Call): void {
    if (call.onlyIf) this.#find(call.onlyIf).written.push(documentIn(call));
  }

  /** Undefined where this run neither wrote the document so, nor planned with it so. */
  knows(document: Document, present: Version): 'written' | 'seen' | undefined {
    const { seen, written } = this.#find(document);
    if (written.some((version) => isSameDocument(document, version, present))) return 'written';
    return seen.some((version) => isSameDocument(document, version, present)) ? 'seen' : undefined;
  }

  isTheirs(document: Document, state: State): boolean {
    const present = documents[document.document].lookUp(state, document.of);
    return (
      present !== undefined && this.#find(document).written.length > 0 && this.knows(document, present) === undefined
    );
  }

  #find({ document, of }: Document): Known {
    const name = `${document} ${of}`;
    const known = this.#known.get(name) ?? { seen: [], written: [] };
    this.#known.set(name, known);
    return known;
  }
}

export function isSameDocument<D extends DocumentName>(
  { document }: Pick<SeenDocument<D>, 'document'>,
  a: Documents[D] | null,
  b: Documents[D] | null,
): boolean {
  return documents[document].isSame(a, b);
}

export function documentIn<O extends PlannedOperation>({ operation, input }: Call<O>): Version {
  return writes[operation].leaves?.(input) ?? null;
}
