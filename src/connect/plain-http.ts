/** Endpoints without TLS: anyone on the way can read the requests, and answer in AWS's place. */

import { required } from '../aws/required.ts';
import type { Env } from '../config/substitute-env.ts';
import type { Event } from '../events/event.ts';
import { endpointVariables } from './own-endpoint.ts';
import { isLoopback } from './proxies.ts';
import { services as ours } from './services.ts';

type Section = Readonly<Record<string, string | undefined>>;

const services = [...Object.values(ours).map(({ id }) => id), 'SSO', 'SSO OIDC'];
/** Their answers are credentials. */
const signIns = ['STS', 'SSO', 'SSO OIDC'];

/**
 * Looks in the SDK's order: variable of the service, of all services, `services` section, profile. The SDK uses AWS_PROFILE here, not `access.profile`
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
 */
export async function plainHttpWarnings(env: Env): Promise<readonly Extract<Event, { type: 'warning' | 'problem' }>[]> {
  const { profile, sections } = await loadSharedConfig();
  if ((env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? profile.ignore_configured_endpoint_urls) === 'true') return [];
  const found = new Map<string, { readonly host: string; readonly services: string[] }>();
  for (const service of services) {
    const { from, url } = endpointOf(service, env, profile, sections) ?? {};
    const host = url === undefined ? undefined : plainHost(url);
    if (from === undefined || host === undefined) continue;
    const of = found.get(from) ?? { host, services: [] };
    of.services.push(service);
    found.set(from, of);
  }
  return [...found].map(([from, { host, services: those }]) => ({
    type: 'warning',
    code: 'plain-http-endpoint',
    message:
      `${from} sends the requests for ${those.join(', ')} to http://${host}, without encryption: everybody on the network path can read ` +
      `policies and session tokens${those.some((one) => signIns.includes(one)) ? ', and the temporary credentials in answers' : ''}, and change them`,
    fix: 'use an https:// endpoint; http:// is for an endpoint on this machine, such as http://localhost:4599',
  }));
}

function endpointOf(
  service: string,
  env: Env,
  profile: Section,
  sections: Readonly<Record<string, Section>>,
): { readonly from: string; readonly url: string } | undefined {
  const line = `${service.replaceAll(' ', '_').toLowerCase()}.endpoint_url`;
  const settings = [
    ...endpointVariables(service).map((from) => ({ from, url: env[from] })),
    { from: `${line} in services ${profile.services}`, url: sections[`services.${profile.services}`]?.[line] },
    { from: 'endpoint_url of the profile', url: profile.endpoint_url },
  ];
  for (const { from, url } of settings) if (url) return { from, url };
  return undefined;
}

async function loadSharedConfig(): Promise<{
  readonly profile: Section;
  readonly sections: Readonly<Record<string, Section>>;
}> {
  const { getProfileName, loadSharedConfigFiles } = required('@smithy/core/config');
  const name = getProfileName({});
  const files = await loadSharedConfigFiles({}).catch(() => undefined);
  if (files === undefined) return { profile: {}, sections: {} };
  return { profile: { ...files.credentialsFile[name], ...files.configFile[name] }, sections: files.configFile };
}

/** Leaves out a password before the host; undefined for this machine, and for https. */
function plainHost(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' && !isLoopback(url.hostname) ? url.host : undefined;
}
