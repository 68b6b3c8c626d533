/** What watching a job costs the client, however many versions there are: served by another process, with pauses that take no time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runJob } from '../../build/backfill/run-job.js';
import { connect } from '../../build/connect/connect.js';
import { lookForMissing } from '../../build/observe/first-page.js';
import { jobRequests, usualStatuses } from '../../build/plan/backfill-jobs.js';

const server = fileURLToPath(new URL('many-versions.js', import.meta.url));

/** Lines for people: requests, time, memory; the bar is that a hundred times the versions cost no more. */
export async function backfillLines(spec) {
  await measure(spec, 1_000);
  const few = await measure(spec, 10_000);
  const many = await measure(spec, 1_000_000);
  const line = (versions, { requests, ms, megabytes }) =>
    `${versions.padStart(9)} versions: ${requests} requests, ${ms} ms, ${megabytes.toFixed(1)} MB more on the heap`;
  const flat = many.requests === few.requests && many.megabytes < few.megabytes + 2;
  return [
    line('10,000', few),
    line('1,000,000', many),
    `a hundred times the versions cost no more: ${flat ? 'met' : 'NOT MET'}`,
  ];
}

async function measure(spec, versions) {
  const child = spawn(process.execPath, [server, String(versions)], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(child.stdout, 'data');
    // The SDK reads the environment of the process.
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${String(port).trim()}`;
    let requests = 0;
    let now = 0;
    const surroundings = {
      env: process.env,
      report: (event) => {
        if (event.type === 'call') requests += 1;
      },
      credentialsFor:
        ({ account }) =>
        async () => ({ accessKeyId: `BENCH${account}`, secretAccessKey: 'bench' }),
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    };
    const connections = await connect(spec, surroundings);
    const work = {
      at: connections.get('source'),
      spec,
      surroundings,
      signal: new AbortController().signal,
      wait: true,
    };
    const [request] = jobRequests(spec, 'arn:aws:iam::111111111111:role/backfill', {
      rules: [],
      statuses: usualStatuses,
      priority: 10,
    });
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const started = performance.now();
    const job = await runJob(request, { ...work, roleIsNew: false });
    const missing = await lookForMissing(connections, spec);
    const ms = Math.round(performance.now() - started);
    globalThis.gc?.();
    const megabytes = (process.memoryUsage().heapUsed - before) / 2 ** 20;
    connections.close();
    if (job.succeeded !== versions || missing.length === 0) throw new Error('the job did not end');
    return { requests, ms, megabytes };
  } finally {
    delete process.env.AWS_ENDPOINT_URL;
    child.kill();
  }
}
