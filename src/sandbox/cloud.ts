import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, errorAnswer } from './answer.ts';
import { AwsError } from './errors.ts';
import { answerIam } from './iam.ts';
import { identify } from './identity.ts';
import { answerKms } from './kms.ts';
import { notImplemented } from './not-implemented.ts';
import type { Operation } from './operation.ts';
import { type Call, isWrite, type ServiceName } from './route.ts';
import { answerS3 } from './s3.ts';
import type { Store } from './store.ts';
import { answerSts } from './sts.ts';

/** How slow the cloud is. */
export interface CloudPace {
  /** Virtual milliseconds until S3 and KMS know a new role. */
  readonly roleVisible: number;
  /** Real milliseconds that each request takes. */
  readonly latency: number;
}

const SERVICES: Readonly<Record<ServiceName, (operation: Operation) => Answer>> = {
  s3: answerS3,
  kms: answerKms,
  iam: answerIam,
  sts: answerSts,
};

/** Answers calls from the state in a store. What a call changes is kept before it is answered. */
export class Cloud {
  readonly #store: Store;
  readonly #pace: CloudPace;
  /** The buckets that a write is under way for. */
  readonly #busy = new Set<string>();

  constructor(store: Store, pace: CloudPace) {
    this.#store = store;
    this.#pace = pace;
  }

  /** Answers one call; AWS's errors are answers too. */
  async answer(call: Call): Promise<Answer> {
    const written = isWrite(call.operation) && call.service === 's3' ? call.bucket : undefined;
    const conflict = written !== undefined && this.#busy.has(written);
    if (written !== undefined && !conflict) this.#busy.add(written);
    try {
      if (this.#pace.latency > 0) await delay(this.#pace.latency);
      if (conflict) return errorAnswer(call.service, operationAborted(), false);
      const answer = this.#answerNow(call);
      await this.#store.save();
      return answer;
    } finally {
      if (written !== undefined && !conflict) this.#busy.delete(written);
    }
  }

  /** In one go, so that requests do not see each other half done. */
  #answerNow(call: Call): Answer {
    try {
      return this.#run(call);
    } catch (fault) {
      if (!(fault instanceof AwsError)) throw fault;
      return errorAnswer(call.service, fault, call.operation.startsWith('Head'));
    }
  }

  #run(call: Call): Answer {
    const { state } = this.#store;
    const service = isServiceName(call.service) ? SERVICES[call.service] : undefined;
    if (service === undefined) throw notImplemented(call);
    return service({
      state,
      call,
      caller: identify(state, call.service, call),
      now: state.now,
      roleVisible: this.#pace.roleVisible,
      changed: () => {},
    });
  }
}

function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(SERVICES, name);
}

function operationAborted(): AwsError {
  const message =
    'A conflicting conditional operation is currently in progress against this resource. Please try again.';
  return new AwsError('OperationAborted', 409, message);
}
