import { required } from '../aws/required.ts';
import type { Env } from '../config/substitute-env.ts';

/** How a profile gets credentials; `none`: it does not say. */
export type WayIn = 'sso' | 'login' | 'process' | 'keys' | 'web-identity' | 'role' | 'none';

/** The profile itself, or the last one that its `source_profile` leads to. */
export type BaseProfile =
  | { readonly name: string; readonly way: WayIn }
  /** `namedBy`: the profile with this `source_profile`; absent where the profile was asked for. */
  | { readonly missing: string; readonly namedBy?: string };

export interface Profiles {
  readonly names: readonly string[];
  baseOf(name: string): BaseProfile;
}

type Section = Readonly<Record<string, string | undefined>>;

/** Undefined: none was asked for, so `default` counts where there is one. */
export function chooseProfile(access: { readonly profile?: string }, env: Env): string | undefined {
  return access.profile ?? (env.AWS_PROFILE || undefined);
}

export function profileFiles(env: Env): readonly [string, string] {
  return [env.AWS_CONFIG_FILE || '~/.aws/config', env.AWS_SHARED_CREDENTIALS_FILE || '~/.aws/credentials'];
}

/** Reads both files again. As for the SDK, an absent or unreadable file has no profiles. */
export async function readProfiles(): Promise<Profiles> {
  const { loadSharedConfigFiles } = required('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const sections = new Map<string, Section>();
  for (const [name, section] of [...Object.entries(configFile), ...Object.entries(credentialsFile)])
    if (!/^(sso-session|services)\./.test(name)) sections.set(name, { ...sections.get(name), ...section });
  return { names: [...sections.keys()], baseOf: (name) => baseOf(name, sections) };
}

/** In the order that the SDK looks (@aws-sdk/credential-provider-ini, resolveProfileData). */
function baseOf(
  name: string,
  sections: ReadonlyMap<string, Section>,
  namedBy?: string,
  visited: readonly string[] = [],
): BaseProfile {
  const section = sections.get(name);
  if (section === undefined) return { missing: name, ...(namedBy === undefined ? {} : { namedBy }) };
  const source = section.role_arn === undefined ? undefined : section.source_profile;
  const hasKeys = section.aws_access_key_id !== undefined;
  if (source === undefined || (hasKeys && visited.length > 0) || source === name || visited.includes(name))
    return { name, way: wayOf(section) };
  return baseOf(source, sections, name, [...visited, name]);
}

function wayOf(section: Section): WayIn {
  if (section.aws_access_key_id !== undefined) return 'keys';
  if (section.web_identity_token_file !== undefined) return 'web-identity';
  if (section.credential_process !== undefined) return 'process';
  if (Object.keys(section).some((key) => key.startsWith('sso_'))) return 'sso';
  if (section.login_session !== undefined) return 'login';
  return section.role_arn === undefined ? 'none' : 'role';
}
