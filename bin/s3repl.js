#!/usr/bin/env node
import module from 'node:module';

// The SDK's notice that it will need Node 22 one day is for us, not for our users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
module.enableCompileCache?.();

// What cannot be written is told, and ends in exit 1, in src/cli/stdout.ts.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

// A question that nobody can answer any more (Ctrl-D) leaves nothing to wait for: that is no success.
process.exitCode = 130;
let ended = false;
process.on('exit', () => {
  if (!ended) process.stderr.write('\n✖ stopped before the end; running the same command again goes on\n');
});

const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2));
ended = true;
// What was broken off (a program that gives credentials, a request of the SDK's own) is not waited for.
setTimeout(() => {
  if (process.stdout.writableLength === 0) process.exit();
}, 2_000).unref();
