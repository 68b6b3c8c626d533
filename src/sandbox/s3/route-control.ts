/** Requests to S3 Control are signed for `s3`, like those to S3. */
export function isControlPath(path: string): boolean {
  return path.startsWith('/v20180820/');
}

export interface ControlTarget {
  readonly operation: string;
  /** The ID of a job. */
  readonly job?: string;
}

/** By method and what follows the version in the path; `ID` stands for a job's. */
const operations: Readonly<Record<string, string>> = {
  'GET configuration/publicAccessBlock': 'GetPublicAccessBlock',
  'PUT configuration/publicAccessBlock': 'PutPublicAccessBlock',
  'DELETE configuration/publicAccessBlock': 'DeletePublicAccessBlock',
  'GET jobs': 'ListJobs',
  'POST jobs': 'CreateJob',
  'GET jobs/ID': 'DescribeJob',
  'POST jobs/ID/status': 'UpdateJobStatus',
  'POST jobs/ID/priority': 'UpdateJobPriority',
  'GET jobs/ID/tagging': 'GetJobTagging',
  'PUT jobs/ID/tagging': 'PutJobTagging',
  'DELETE jobs/ID/tagging': 'DeleteJobTagging',
};

/** An unknown operation is called by its method and path. */
export function routeS3Control(method: string, path: string): ControlTarget {
  const [, , ...rest] = path.split('/');
  const asked = rest.join('/');
  const [, id] = /^jobs\/([^/]+)/.exec(asked) ?? [];
  const job = id === undefined ? undefined : decodeURIComponent(id);
  const name = `${method} ${id === undefined ? asked : asked.replace(id, 'ID')}`;
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  return { operation: operation ?? `${method} ${asked}`, ...(job === undefined ? {} : { job }) };
}
