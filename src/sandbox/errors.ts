/** An error as AWS would answer it; `members` are further elements of the answer (`BucketName` and the like). */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly members: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    status: number,
    message: string,
    members: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.members = members;
    this.headers = headers;
  }
}

/** Another process is using the sandbox's folder. */
export class SandboxBusyError extends Error {
  /** Where that process serves the sandbox, if it does. */
  readonly servedAt: string | undefined;

  constructor(directory: string, holder: { readonly pid: number; readonly servedAt?: string } | undefined) {
    const who = holder === undefined ? 'another process' : `process ${holder.pid}`;
    const how = holder?.servedAt === undefined ? 'is in use' : `is served at ${holder.servedAt}`;
    super(`The sandbox in ${directory} ${how} by ${who}.`);
    this.name = 'SandboxBusyError';
    this.servedAt = holder?.servedAt;
  }
}

/** The sandbox's state file cannot be used. */
export class SandboxStateError extends Error {
  constructor(file: string, reason: string) {
    super(`The sandbox's state file ${file} ${reason}. Start afresh with: s3repl sandbox reset`);
    this.name = 'SandboxStateError';
  }
}
