/** An HTTP proxy on this machine that adds a latency to each request, and remembers when each began and ended. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** @param {number} latency milliseconds before a request is passed on. */
export async function slowProxy(target, latency) {
  const requests = [];
  const { hostname, port } = new URL(target);
  const server = createServer((asked, answer) => {
    const timed = { start: performance.now(), end: Number.POSITIVE_INFINITY };
    requests.push(timed);
    const { method, url: path, headers } = asked;
    const passOn = () => {
      const onward = request({ hostname, port, method, path, headers }, (answered) => {
        answer.writeHead(answered.statusCode, answered.headers);
        answered.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      asked.pipe(onward);
    };
    answer.on('close', () => {
      timed.end = performance.now();
    });
    if (latency > 0) setTimeout(passOn, latency);
    else passOn();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** The requests since the last time. */
    take: () => requests.splice(0),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The most requests of which each began after the one before it had ended. */
export function depth(requests) {
  const byEnd = [...requests].sort((a, b) => a.end - b.end);
  const chains = byEnd.map(() => 1);
  byEnd.forEach((one, index) => {
    for (let before = 0; before < index; before += 1) {
      if (byEnd[before].end <= one.start) chains[index] = Math.max(chains[index], chains[before] + 1);
    }
  });
  return Math.max(0, ...chains);
}
