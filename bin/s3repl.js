#!/usr/bin/env node
import module from 'node:module';

// The SDK's notice that it will need Node 22 one day is for us, not for our users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
module.enableCompileCache?.();
// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { main } = await import('../dist/cli/main.js');
process.exitCode = await main(process.argv.slice(2));
