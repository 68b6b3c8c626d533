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
  /** Whether waiting may help. */
  readonly endsSometime: boolean;

  constructor(
    directory: string,
    holder: { readonly pid: number; readonly servedAt?: string } | 'another user' | undefined,
  ) {
    const process = typeof holder === 'object' ? holder : undefined;
    const who = process === undefined ? 'another process' : `process ${process.pid}`;
    const how = process?.servedAt === undefined ? 'is in use' : `is served at ${process.servedAt}`;
    super(`The sandbox in ${directory} ${holder === 'another user' ? 'belongs to another user' : `${how} by ${who}`}.`);
    this.name = 'SandboxBusyError';
    this.endsSometime = holder !== 'another user';
    this.servedAt = process?.servedAt;
  }
}

/** The system does not let the sandbox keep its state: a full disk, a folder of somebody else. */
export class SandboxDiskError extends Error {
  constructor(directory: string, cause: unknown) {
    super(`The sandbox in ${directory} cannot keep its state: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
    this.name = 'SandboxDiskError';
  }
}

/** The sandbox's state file cannot be used. */
export class SandboxStateError extends Error {
  constructor(file: string, reason: string) {
    super(`The sandbox's state file ${file} ${reason}.`);
    this.name = 'SandboxStateError';
  }
}
