/** Requests to S3 Control are signed for `s3`, like those to S3. */
export function isControlPath(path: string): boolean {
  return path.startsWith('/v20180820/');
}

/** An unknown operation is called by its method and path. */
export function routeS3Control(method: string, path: string): string {
  const [, , ...rest] = path.split('/');
  const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[method];
  const asked = rest.join('/');
  return verb && asked === 'configuration/publicAccessBlock' ? `${verb}PublicAccessBlock` : `${method} ${asked}`;
}
