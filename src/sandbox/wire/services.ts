/** How each service speaks; what it answers is in `cloud.ts`. */

export type Speech =
  /** S3's REST. S3 Control wraps its errors (its API model has no `noErrorWrapping`), S3 does not. */
  | { readonly protocol: 'rest'; readonly wrapsErrors: boolean }
  /** Forms in, XML out. The namespace ends with the API's version, which requests name. */
  | { readonly protocol: 'query'; readonly namespace: string }
  /** JSON both ways. `target` comes before the operation in `x-amz-target`. `alsoQuery`: errors also have the code of the query protocol that it spoke before. */
  | { readonly protocol: 'json'; readonly target: string; readonly version: '1.0' | '1.1'; readonly alsoQuery?: true };

/** By signing name; S3 and S3 Control share one, and their paths tell them apart. */
const services = {
  s3: { protocol: 'rest', wrapsErrors: false },
  's3-control': { protocol: 'rest', wrapsErrors: true },
  kms: { protocol: 'json', target: 'TrentService', version: '1.1' },
  iam: { protocol: 'query', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
  sts: { protocol: 'query', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  sns: { protocol: 'query', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
  organizations: { protocol: 'json', target: 'AWSOrganizationsV20161128', version: '1.1' },
  /** CloudWatch. */
  monitoring: { protocol: 'json', target: 'GraniteServiceVersion20100801', version: '1.0', alsoQuery: true },
  servicequotas: { protocol: 'json', target: 'ServiceQuotasV20190624', version: '1.1' },
} satisfies Readonly<Record<string, Speech>>;

export type ServiceName = keyof typeof services;

export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(services, name);
}

export function speechOf(service: string): Speech | undefined {
  return isServiceName(service) ? services[service] : undefined;
}

export function serviceNamedBy(target: string, version: string | null): ServiceName | undefined {
  return Object.keys(services)
    .filter(isServiceName)
    .find((name) => {
      const speech: Speech = services[name];
      if (speech.protocol === 'json') return target.startsWith(`${speech.target}.`);
      return speech.protocol === 'query' && version !== null && speech.namespace.endsWith(`/${version}/`);
    });
}
