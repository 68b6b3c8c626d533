import { expect, test } from 'vitest';
import { describeWithMoto } from './moto.ts';
import { aConfig, folderWith, resultOf } from './s3repl.ts';

describeWithMoto(
  'against moto as people have it',
  (moto) => {
    test('apply ends with one line: what moto does not give back is unknown', async () => {
      const folder = await folderWith(aConfig(), moto);
      const first = await folder.s3repl('apply', '--yes', '--json');
      expect(first.exit, first.stderr + first.stdout).toBe(6);
      expect(resultOf(first)).toMatchObject({
        outcome: 'unknown',
        error: {
          code: 'not-kept',
          message: `everything is sent, but ${moto.url} does not give it back as s3repl sent it (replication configuration of bucket acme-orders): s3repl cannot tell what is in place`,
        },
      });

      const again = await folder.s3repl('plan', '--json');
      const warned = again.lines.filter(({ type }) => type === 'warning').map(({ code }) => code);
      expect(warned).toContain('requester-pays-unknown');

      const removed = await folder.s3repl('destroy', '--yes', '--json');
      expect(removed.exit, removed.stderr + removed.stdout).toBe(0);
    }, 120_000);
  },
  'plain',
);
