import { quote } from '../text/quote.ts';
import { type Draft, draftDestinations, draftSource } from './draft.ts';
import type { Config } from './fields.ts';
import { type Finding, problem } from './problem.ts';
import type { DestinationSide, SideId, SourceSide, Spec } from './spec.ts';

/** Of `--profile` and `--destination-profile`: how somebody signs in now, which is no part of the configuration. */
export interface GivenProfiles {
  readonly profile?: string;
  readonly destinationProfile?: string;
}

/** They never win over what the configuration says. */
export function checkProfiles(draft: Draft<Config>, given: GivenProfiles): readonly Finding[] {
  const { profile, destinationProfile } = given;
  return [
    ...[draftSource(draft)].map((side) => ({ side, flag: '--profile', wanted: profile })),
    ...draftDestinations(draft).map((side) => ({ side, flag: '--destination-profile', wanted: destinationProfile })),
  ].flatMap(({ side: { path, access }, flag, wanted }) => {
    const written = access?.profile;
    if (wanted === undefined || written === undefined || wanted === written) return [];
    const message = `the profile here is ${quote(written)}, but ${flag} says ${quote(wanted)} (leave one of them out)`;
    return [problem([...path, 'access', 'profile'], message)];
  });
}

export function withProfiles(spec: Spec, given: GivenProfiles): Spec {
  return {
    ...spec,
    source: withProfile(spec.source, given),
    destinations: spec.destinations.map((side) => withProfile(side, given)),
  };
}

/** As `AWS_PROFILE` would, `--profile` counts for every side that names no profile; `--destination-profile` counts first for destinations. */
export function profileFor(id: SideId, { profile, destinationProfile = profile }: GivenProfiles): string | undefined {
  return id === 'source' ? profile : destinationProfile;
}

function withProfile<S extends SourceSide | DestinationSide>(side: S, given: GivenProfiles): S {
  const profile = profileFor(side.id, given);
  return profile === undefined ? side : { ...side, access: { profile, ...side.access } };
}
