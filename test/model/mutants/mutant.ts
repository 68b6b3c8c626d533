/** A setup with one thing changed, and what the rules say of it. */
import { type PolicyDocument, type Statement, statementsOf } from '../../../src/aws/policy.ts';
import { afterLoss, type Expected, type Form, type Loss, type Target, unharmed } from './needs.ts';
import type { Asked, DocumentName, Documents, Parts, SetUp } from './set-ups.ts';

export interface Mutant {
  /** What was changed, and where. */
  readonly title: string;
  readonly parts: Parts;
  readonly expected: (asked: Asked) => Expected;
  /** ARNs of which a cause has to name one. */
  readonly arns: readonly string[];
  /** The statement that a cause has to name, and what of it. */
  readonly names?: { readonly sid?: string; readonly text: string };
  /** The replica may be another one. */
  readonly otherReplica?: true;
  /** Checks of the warnings about the configuration as a whole. */
  readonly configuration?: readonly string[];
}

/** One statement of a setup. */
export interface Spot {
  readonly setUp: SetUp;
  readonly document: DocumentName;
  readonly index: number;
  readonly statement: Statement;
  /** As the table of needs calls it: `role/SourceKey`. */
  readonly name: string;
}

export function spotsOf(setUp: SetUp): readonly Spot[] {
  return documentNames.flatMap((document) =>
    statementsOf(setUp.documents[document]).map((statement, index) => ({
      ...{ setUp, document, index, statement },
      name: `${document}/${(statement.Sid ?? '').replace(/^S3repl[0-9a-f]+/, '')}`,
    })),
  );
}

export const documentNames: readonly DocumentName[] = [
  'trust',
  'role',
  'source bucket policy',
  'destination bucket policy',
  'source key policy',
  'replica key policy',
];

/** The setup with another document. */
export function withDocument(setUp: SetUp, name: DocumentName, document: PolicyDocument | null): Parts {
  const documents: Documents = { ...setUp.documents, [name]: document };
  return { ...setUp, documents };
}

/** The setup with other statements in a place of one. */
export function withStatements({ setUp, document, index }: Spot, ...statements: readonly Statement[]): Parts {
  const before = setUp.documents[document];
  const Statement = statementsOf(before).flatMap((one, at) => (at === index ? statements : [one]));
  return withDocument(setUp, document, { ...before, Statement });
}

/** What a document hangs on. */
export function ownerOf(name: DocumentName): Target {
  const owners: Readonly<Record<DocumentName, Target>> = {
    trust: 'role',
    role: 'role',
    'source bucket policy': 'source',
    'destination bucket policy': 'destination',
    'source key policy': 'sourceKey',
    'replica key policy': 'replicaKey',
  };
  return owners[name];
}

/** Members of a statement as they are to be; `undefined` for one that goes. */
export type Change = Readonly<Record<string, unknown>>;

/** A statement with other members; `undefined` takes one out. */
export function changed(statement: Statement, change: Change): Statement {
  const members = Object.entries({ ...statement, ...change }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as unknown as Statement;
}

export function harmless(spot: Spot, what: string, parts: Parts, more: Partial<Mutant> = {}): Mutant {
  return { title: `${spot.name}: ${what}`, parts, expected: () => unharmed, arns: [], ...more };
}

/** A change of a statement by which it does not grant something any more. */
export function lossy(
  spot: Spot,
  what: string,
  change: Change | null,
  loss: { readonly covers?: Loss['covers']; readonly forms?: readonly Form[]; readonly names?: string } = {},
): Mutant {
  const { setUp, statement, name, document } = spot;
  const { names, covers = () => true } = loss;
  const statements = change === null ? [] : [changed(statement, change)];
  const sid = statement.Sid === undefined ? {} : { sid: statement.Sid };
  return {
    title: `${name}: ${what}`,
    parts: withStatements(spot, ...statements),
    expected: (asked) => afterLoss(setUp, { of: name, covers, ...(loss.forms && { forms: loss.forms }) }, asked),
    arns: [setUp.arns[ownerOf(document)]],
    // With one key, either of two statements about it may be the nearest.
    ...(names !== undefined && { names: { text: names, ...(!(setUp.sharedKey && document === 'role') && sid) } }),
  };
}
