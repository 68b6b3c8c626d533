import { prepare } from '../model/replication/prepare.ts';
import { judgeObject } from '../model/replication.ts';
import { takeSnapshot } from '../observe/snapshot.ts';
import type { Session } from './session.ts';

/** Why S3 has not replicated a version of the source bucket. @param told the causes of earlier objects: each is told once. */
export async function tellCauses(
  { spec, connections, view, surroundings }: Pick<Session, 'spec' | 'connections' | 'view' | 'surroundings'>,
  object: { readonly key: string; readonly versionId: string },
  told = new Set<string>(),
): Promise<void> {
  const snapshot = await takeSnapshot(
    { source: connections.get('source'), destinations: spec.destinations.map(({ id }) => connections.get(id)) },
    spec.source.bucket,
    { takenAt: new Date(), noOrganization: surroundings.sandbox === true, sample: { sample: 1, object } },
  );
  const prepared = prepare(snapshot);
  const objects = snapshot.objects === 'unknown' ? [] : snapshot.objects;
  for (const verdict of objects.flatMap((one) => judgeObject(prepared, one))) {
    view.report({ type: 'verdict', ...verdict });
    for (const { check, summary: message, fix, evidence } of verdict.causes) {
      const cause = JSON.stringify([check, message, evidence]);
      if (told.has(cause)) continue;
      told.add(cause);
      view.report({ type: 'problem', code: verdict.reason ?? 'not-replicated', message, fix, check, evidence });
    }
  }
}
