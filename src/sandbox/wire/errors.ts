/** @param members further elements of the answer (`BucketName` and the like). */
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

export class SandboxBusyError extends Error {
  /** The URL, if the other process serves the sandbox. */
  readonly servedAt: string | undefined;
  readonly pid: number | undefined;
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
    this.pid = process?.pid;
  }
}

/** Such as a full disk or somebody else's folder. */
export class SandboxDiskError extends Error {
  constructor(directory: string, cause: unknown) {
    super(`The sandbox in ${directory} cannot keep its state: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
    this.name = 'SandboxDiskError';
  }
}

export class SandboxStateError extends Error {
  constructor(file: string, reason: string) {
    super(`The sandbox's state file ${file} ${reason}.`);
    this.name = 'SandboxStateError';
  }
}

/** The process that served the sandbox has ended. */
export class SandboxGoneError extends Error {
  constructor(url: string, cause: unknown) {
    super(`The sandbox that was served at ${url} does not answer any more.`, { cause });
    this.name = 'SandboxGoneError';
  }
}
