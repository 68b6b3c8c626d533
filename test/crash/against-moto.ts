/** A first apply in process against a real server that others wrote, over the network. */
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/transport';
import type { HttpHandlerOptions } from '@smithy/types';
import { accountIn } from '../../src/aws/arn.ts';
import type { Spec } from '../../src/config/spec.ts';
import { connect } from '../../src/connect/connect.ts';
import type { Surroundings } from '../../src/connect/surroundings.ts';
import { observe } from '../../src/observe/observe.ts';
import { isWrite, readCall } from '../../src/sandbox/wire/route.ts';
import { sidesOf } from '../../src/state/names.ts';
import { withoutIds } from '../apply/in-sandbox.ts';
import { startMoto } from '../moto/moto.ts';
import type { End } from './end.ts';
import { running } from './run.ts';
import { Killed, type Story, type Strike } from './trial.ts';

/** The story of one server, which is emptied for each trial. */
export function againstMoto(given: Spec): Story {
  const spec = assumingRoles(given);
  const run = running(spec);
  let moto: Awaited<ReturnType<typeof startMoto>> | undefined;
  return {
    name: 'first apply against moto',
    killsOnly: true,
    async open() {
      moto ??= await startMoto();
      await moto.reset();
      process.env.AWS_ENDPOINT_URL = moto.url;
      return {
        run: (strike) => run(overTheNetwork(strike)),
        again: () => run(overTheNetwork()),
        end: () => endOf(spec),
        close: async () => {
          delete process.env.AWS_ENDPOINT_URL;
        },
      };
    },
    close: async () => moto?.stop(),
  };
}

/** moto tells accounts apart by the role that is assumed, which need not exist. */
function assumingRoles(spec: Spec): Spec {
  const role = (account: string) => ({ assumeRole: `arn:aws:iam::${account}:role/s3repl-setup` });
  return {
    ...spec,
    source: { ...spec.source, access: role(spec.source.account) },
    destinations: spec.destinations.map((side) => ({ ...side, access: role(side.account) })),
  };
}

const network = new S3Client({}).config.requestHandler;

function overTheNetwork(strike: Strike = () => undefined): Surroundings {
  let now = Date.now();
  let requests = 0;
  let killed = false;
  const handle = async (request: HttpRequest, options?: HttpHandlerOptions) => {
    const { service, operation, region } = await readCall(request);
    if (killed) throw new Killed();
    const blow = strike({ service, operation, account: '', region, write: isWrite(operation) }, requests++);
    killed = blow === 'killed-before' || blow === 'killed-after';
    if (blow === 'killed-before') throw new Killed();
    const answer = await network.handle(request, options);
    if (killed) throw new Killed();
    return answer;
  };
  return {
    report: () => undefined,
    env: process.env,
    requestHandler: { metadata: { handlerProtocol: 'http/1.1' }, handle },
    credentialsFor: () => async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

async function endOf(spec: Spec): Promise<End> {
  const connections = await connect(spec, overTheNetwork());
  try {
    const state = await observe(connections, spec);
    const keys = await Promise.all(
      sidesOf(spec).map(async ({ id }) => (await connections.get(id).kms.send(new ListKeysCommand({}))).Keys ?? []),
    );
    const counts = keys.map((side) => `${side.length} keys in ${accountIn(side[0]?.KeyArn ?? '')}`);
    const unsound = keys.some(({ length }) => length > 1) ? counts : [];
    return { all: JSON.stringify([withoutIds(state), counts], null, 1), theirs: '', unsound };
  } finally {
    connections.close();
  }
}
