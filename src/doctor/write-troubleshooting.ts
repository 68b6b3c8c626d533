import { writeFileSync } from 'node:fs';
import { troubleshootingPage } from './troubleshooting.ts';

writeFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), troubleshootingPage());
