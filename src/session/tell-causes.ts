import { prepare } from '../model/replication/prepare.ts';
import { judgeObject } from '../model/replication.ts';
import { readAround } from './read-around.ts';
import type { Session } from './session.ts';

/** Why S3 has not replicated a version of the source bucket. @param told the causes of earlier objects: each is reported once. */
export async function tellCauses(
  session: Pick<Session, 'spec' | 'connections' | 'view' | 'surroundings'>,
  object: { readonly key: string; readonly versionId: string },
  told = new Set<string>(),
): Promise<void> {
  const { snapshot } = await readAround(session, { sample: 1, object });
  const prepared = prepare(snapshot);
  const objects = snapshot.objects === 'unknown' ? [] : snapshot.objects;
  for (const verdict of objects.flatMap((one) => judgeObject(prepared, one))) {
    session.view.report({ type: 'verdict', ...verdict });
    for (const { check, summary: message, fix, evidence } of verdict.causes) {
      const cause = JSON.stringify([check, message, evidence]);
      if (told.has(cause)) continue;
      told.add(cause);
      session.view.report({ type: 'problem', code: verdict.reason ?? 'not-replicated', message, fix, check, evidence });
    }
  }
}
