import { setTimeout as delay } from 'node:timers/promises';
import { answerCloudWatch } from './cloudwatch/cloudwatch.ts';
import { wasAuthorized } from './iam/authorize-call.ts';
import { answerIam } from './iam/iam.ts';
import { accountOfKey, identify } from './iam/identity.ts';
import { answerSts } from './iam/sts.ts';
import { answerKms } from './kms/kms.ts';
import { answerOrganizations } from './organizations/organizations.ts';
import { type Lag, LateReads } from './practice/lag.ts';
import type { Replicator } from './replication/replicator.ts';
import { answerS3Control } from './s3/control.ts';
import { answerS3 } from './s3/s3.ts';
import { answerServiceQuotas } from './servicequotas/service-quotas.ts';
import { answerSns } from './sns/sns.ts';
import type { Store } from './store/store.ts';
import { type Answer, errorAnswer } from './wire/answer.ts';
import { AwsError } from './wire/errors.ts';
import { foreignAnswer } from './wire/foreign-service.ts';
import { notImplemented } from './wire/not-implemented.ts';
import type { Operation } from './wire/operation.ts';
import { type Call, isOnObjects, isWrite } from './wire/route.ts';
import { isServiceName, type ServiceName } from './wire/services.ts';
import { checkPresigned } from './wire/signature.ts';

const services: Readonly<Record<ServiceName, (operation: Operation) => Answer>> = {
  s3: answerS3,
  's3-control': answerS3Control,
  kms: answerKms,
  iam: answerIam,
  sts: answerSts,
  sns: answerSns,
  organizations: answerOrganizations,
  monitoring: answerCloudWatch,
  servicequotas: answerServiceQuotas,
};

/** AWS answers these to anyone with credentials. */
const needsNoPermission: ReadonlySet<string> = new Set(['GetCallerIdentity']);

/** What a call changes is saved before it is answered. */
export class Cloud {
  readonly #store: Store;
  readonly #lag: Lag;
  readonly #lateReads: LateReads;
  readonly #latency: number;
  readonly #replicator: Replicator;
  /** Buckets with a write under way. */
  readonly #busy = new Set<string>();

  /** @param latency real milliseconds that each request takes. */
  constructor(store: Store, lag: Lag, latency: number, replicator: Replicator) {
    this.#store = store;
    this.#lag = lag;
    this.#lateReads = new LateReads(lag);
    this.#latency = latency;
    this.#replicator = replicator;
  }

  /** AWS's errors are answers too. */
  async answer(call: Call): Promise<Answer> {
    const written = isWrite(call.operation) && call.service === 's3' && !isOnObjects(call) ? call.bucket : undefined;
    const conflict = written !== undefined && this.#busy.has(written);
    if (written !== undefined && !conflict) this.#busy.add(written);
    try {
      if (this.#latency > 0) await delay(this.#latency);
      if (conflict) return errorAnswer(call.service, operationAborted(), false);
      const { state } = this.#store;
      const account = accountOfKey(state, call.accessKeyId);
      const answer = this.#lateReads.answer(call, account, state.now, (one) => this.#answerNow(one));
      await this.#store.save();
      return answer;
    } finally {
      if (written !== undefined && !conflict) this.#busy.delete(written);
    }
  }

  /** Synchronous, so that requests do not see each other half done. */
  #answerNow(call: Call): Answer {
    const { service } = call;
    if (!isServiceName(service)) return foreignAnswer(call);
    try {
      return this.#run(services[service], call);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return errorAnswer(call.service, error, call.operation.startsWith('Head'));
    }
  }

  #run(service: (operation: Operation) => Answer, call: Call): Answer {
    const { state } = this.#store;
    // A form's signature is in its content, which the sandbox does not read: it cannot tell who sent the form.
    if (call.operation === 'PostObject') throw notImplemented(call);
    checkPresigned(call.query, Date.now());
    const answer = service({
      state,
      call,
      caller: identify(state, call.service, call),
      now: state.now,
      roleVisible: this.#lag.roleVisible,
      contents: this.#store.contents,
      watch: this.#replicator,
    });
    if (isWrite(call.operation) && !isOnObjects(call)) this.#replicator.settingsChanged();
    if (!wasAuthorized(call) && !needsNoPermission.has(call.operation)) {
      throw new Error(`${call.service}:${call.operation} was answered without a look at any policy`);
    }
    return answer;
  }
}

function operationAborted(): AwsError {
  const message =
    'A conflicting conditional operation is currently in progress against this resource. Please try again.';
  return new AwsError('OperationAborted', 409, message);
}
