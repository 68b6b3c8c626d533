import { readSnapshot, type SnapshotOptions } from '../observe/snapshot.ts';
import type { Session } from './session.ts';

/** The source bucket and all that it leads to, as far as the sides of the configuration can look. @throws as `readSnapshot`. */
export function readAround(
  { spec, connections, surroundings }: Pick<Session, 'spec' | 'connections' | 'surroundings'>,
  sample?: SnapshotOptions['sample'],
): ReturnType<typeof readSnapshot> {
  const destinations = spec.destinations.map(({ id }) => connections.get(id));
  return readSnapshot({ source: connections.get('source'), destinations }, spec.source.bucket, {
    takenAt: new Date(),
    noOrganization: surroundings.sandbox === true,
    ...(sample && { sample }),
  });
}
