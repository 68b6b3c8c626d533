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
  constructor(directory: string, pid: number | undefined) {
    const holder = pid === undefined ? 'another process' : `process ${pid}`;
    super(
      `The sandbox in ${directory} is in use by ${holder}. Wait until it has finished, or use another folder (--state DIR).`,
    );
    this.name = 'SandboxBusyError';
  }
}

/** The sandbox's state file cannot be used. */
export class SandboxStateError extends Error {
  constructor(file: string, reason: string) {
    super(`The sandbox's state file ${file} ${reason}. Start afresh with: s3repl sandbox reset`);
    this.name = 'SandboxStateError';
  }
}
