/** Whether a path is of S3 Control: its requests are signed for `s3`, as those of S3 are. */
export function isControlPath(path: string): boolean {
  return path.startsWith('/v20180820/');
}

/** The operation that a request to S3 Control is for; one that the sandbox does not have goes by its method and path. */
export function routeS3Control(method: string, path: string): string {
  const [, , ...rest] = path.split('/');
  const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[method];
  const asked = rest.join('/');
  return verb && asked === 'configuration/publicAccessBlock' ? `${verb}PublicAccessBlock` : `${method} ${asked}`;
}
