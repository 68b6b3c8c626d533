import { jobOperations } from '../jobs/jobs.ts';
import { accountIn } from '../store/state.ts';
import { type Answer, s3Empty } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import type { Call } from '../wire/route.ts';
import { authorizeS3Account, authorizeS3On } from './authorize-s3.ts';
import { withAllSettings } from './public-policy.ts';
import { accessDenied, document } from './request.ts';
import { answerDocument } from './settings.ts';
import { publicAccessBlockShape } from './shapes.ts';

const operations: Readonly<Record<string, { readonly action: string; readonly run: (call: Operation) => Answer }>> = {
  GetPublicAccessBlock: { action: 's3:GetAccountPublicAccessBlock', run: getPublicAccessBlock },
  PutPublicAccessBlock: {
    action: 's3:PutAccountPublicAccessBlock',
    run: (operation) => {
      const put = document(operation, 'PublicAccessBlockConfiguration', publicAccessBlockShape);
      accountIn(operation.state, operation.caller.account).publicAccessBlock = withAllSettings(put);
      return s3Empty(200);
    },
  },
  DeletePublicAccessBlock: {
    action: 's3:PutAccountPublicAccessBlock',
    run: ({ state, caller }) => {
      delete accountIn(state, caller.account).publicAccessBlock;
      return s3Empty(204);
    },
  },
};

export function answerS3Control(operation: Operation): Answer {
  const { call, caller } = operation;
  const onJobs = Object.hasOwn(jobOperations, call.operation) ? jobOperations[call.operation] : undefined;
  if (onJobs !== undefined) {
    if (accountAsked(call) !== caller.account) {
      authorizeS3On(operation, [`s3:${call.operation}`], '*');
      throw accessDenied();
    }
    return onJobs(operation);
  }
  const found = Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
  if (found === undefined) throw notImplemented(call);
  authorizeS3Account(operation, [found.action]);
  if (accountAsked(call) !== caller.account) throw accessDenied();
  return found.run(operation);
}

/** The header, or what the SDKs put before the host name. */
function accountAsked({ headers }: Call): string | undefined {
  return headers['x-amz-account-id'] ?? /^(\d{12})\./.exec(headers.host ?? '')?.[1];
}

function getPublicAccessBlock({ state, caller: { account } }: Operation): Answer {
  const block = state.accounts[account]?.publicAccessBlock;
  if (block === undefined) {
    const message = 'The public access block configuration was not found';
    throw new AwsError('NoSuchPublicAccessBlockConfiguration', 404, message, { AccountId: account });
  }
  return answerDocument('PublicAccessBlockConfiguration', publicAccessBlockShape, block);
}
