import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, errorAnswer } from './answer.ts';
import { wasAuthorized } from './authorize.ts';
import { AwsError } from './errors.ts';
import { answerIam } from './iam.ts';
import { identify } from './identity.ts';
import { answerKms } from './kms.ts';
import { notImplemented } from './not-implemented.ts';
import type { Operation } from './operation.ts';
import type { Replicator } from './replicator.ts';
import { type Call, isOnObjects, isWrite, type ServiceName } from './route.ts';
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

/** AWS answers these to everybody who has credentials. */
const NEEDS_NO_PERMISSION: ReadonlySet<string> = new Set(['GetCallerIdentity']);

/** Answers calls from the state in a store. What a call changes is kept before it is answered. */
export class Cloud {
  readonly #store: Store;
  readonly #pace: CloudPace;
  readonly #replicator: Replicator;
  /** The buckets that a write is under way for. */
  readonly #busy = new Set<string>();

  constructor(store: Store, pace: CloudPace, replicator: Replicator) {
    this.#store = store;
    this.#pace = pace;
    this.#replicator = replicator;
  }

  /** Answers one call; AWS's errors are answers too. */
  async answer(call: Call): Promise<Answer> {
    const written = isWrite(call.operation) && call.service === 's3' && !isOnObjects(call) ? call.bucket : undefined;
    const conflict = written !== undefined && this.#busy.has(written);
    if (written !== undefined && !conflict) this.#busy.add(written);
    try {
      if (this.#pace.latency > 0) await delay(this.#pace.latency);
      if (conflict) throw operationAborted();
      return await this.#run(call);
    } catch (fault) {
      if (!(fault instanceof AwsError)) throw fault;
      return errorAnswer(call.service, fault, call.operation.startsWith('Head'));
    } finally {
      if (written !== undefined && !conflict) this.#busy.delete(written);
    }
  }

  async #run(call: Call): Promise<Answer> {
    const { state } = this.#store;
    const service = isServiceName(call.service) ? SERVICES[call.service] : undefined;
    if (service === undefined) throw notImplemented(call);
    let changed = isWrite(call.operation);
    const answer = service({
      state,
      call,
      caller: identify(state, call.service, call),
      now: state.now,
      roleVisible: this.#pace.roleVisible,
      changed: () => {
        changed = true;
        this.#replicator.settingsChanged();
      },
      watch: this.#replicator,
    });
    if (isWrite(call.operation) && !isOnObjects(call)) this.#replicator.settingsChanged();
    if (!wasAuthorized(call) && !NEEDS_NO_PERMISSION.has(call.operation)) {
      throw new Error(`${call.service}:${call.operation} was answered without a look at any policy`);
    }
    if (changed) await this.#store.save();
    return answer;
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
