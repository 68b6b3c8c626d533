/** The versions that a run knows of the documents that others write too: what is neither was written by someone else. */

import { accountIn } from '../aws/arn.ts';
import { sameJson } from '../aws/json.ts';
import { type PolicyDocument, samePolicy } from '../aws/policy.ts';
import type { Call, SeenDocument } from '../state/change.ts';
import { bucketOf, type State } from '../state/state.ts';

type Document = Pick<SeenDocument, 'document' | 'of'>;

interface Known extends Document {
  /** As planned with: AWS may show them for a while after they were replaced. */
  readonly seen: unknown[];
  readonly written: unknown[];
}

export class Versions {
  readonly #known = new Map<string, Known>();

  /** Notes what a call replaces, before it is sent. */
  saw({ document, of, is }: SeenDocument): void {
    this.#of({ document, of }).seen.push(is);
  }

  wrote(call: Call): void {
    if (call.onlyIf) this.#of(call.onlyIf).written.push(documentIn(call));
  }

  /** Whether this run wrote the document so, or planned with it so; undefined where neither. */
  knows(document: Document, present: unknown): 'written' | 'seen' | undefined {
    const { seen, written } = this.#of(document);
    if (written.some((version) => sameDocument(document, version, present))) return 'written';
    return seen.some((version) => sameDocument(document, version, present)) ? 'seen' : undefined;
  }

  /** Whether this run wrote a document, which by now is as someone else wrote it. */
  isTheirs(document: Document, state: State): boolean {
    const present = documentOf(state, document);
    return (
      present !== undefined && this.#of(document).written.length > 0 && this.knows(document, present) === undefined
    );
  }

  #of({ document, of }: Document): Known {
    const name = `${document} ${of}`;
    const known = this.#known.get(name) ?? { document, of, seen: [], written: [] };
    this.#known.set(name, known);
    return known;
  }
}

/** Whether two versions of a document mean the same. */
export function sameDocument({ document }: Pick<Document, 'document'>, a: unknown, b: unknown): boolean {
  return document === 'bucket-policy' || document === 'key-policy'
    ? samePolicy(a as PolicyDocument | null, b as PolicyDocument | null)
    : sameJson(a, b);
}

/** The document that a call writes, as a read shows it; null where it deletes it. */
export function documentIn({ operation, input }: Call): unknown {
  switch (operation) {
    case 'PutBucketPolicy':
    case 'PutKeyPolicy':
      return JSON.parse(String(input.Policy)) as unknown;
    case 'PutBucketReplication':
      return input.ReplicationConfiguration;
    case 'PutBucketEncryption':
      return input.ServerSideEncryptionConfiguration;
    case 'PutBucketTagging': {
      const { TagSet } = input.Tagging as {
        readonly TagSet: readonly { readonly Key: string; readonly Value: string }[];
      };
      return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
    }
    default:
      return null;
  }
}

/** The document as it was observed; undefined where it was not looked at. */
function documentOf(state: State, { document, of }: Document): unknown {
  if (document === 'key-policy') return state.accounts[accountIn(of)]?.keys[of]?.policy;
  const bucket = Object.keys(state.accounts).flatMap((account) => bucketOf(state, account, of) ?? [])[0];
  if (!bucket) return undefined;
  const { policy, encryption, tags, replication } = bucket;
  return { 'bucket-policy': policy, 'bucket-encryption': encryption, 'bucket-tags': tags, replication }[document];
}
