import { describe, expect, test } from 'vitest';
import type { Moto } from './moto.ts';
import { aConfig, callsOf, DESTINATION, folderWith, resultOf, SOURCE } from './s3repl.ts';

/** Where moto signs in who assumes no role. */
const MOTOS_OWN = '123456789012';

export const wrongAccount = (moto: Moto) =>
  describe('signed in to another account than repl.yaml says', () => {
    const source = { account: SOURCE, region: 'eu-west-1', bucket: 'acme-orders' };
    const destination = { account: DESTINATION, region: 'eu-central-1', bucket: 'acme-orders-replica' };

    test.each([
      ['source', aConfig({ source }), SOURCE],
      ['destination', aConfig({ destinations: [destination] }), DESTINATION],
    ])('at the %s: nothing is asked of AWS but who we are', async (side, config, account) => {
      const folder = await folderWith(config, moto);
      const run = await folder.s3repl('apply', '--yes', '--json', '--verbose');

      expect(run.exit, run.stderr + run.stdout).toBe(4);
      const { outcome, error } = resultOf(run) as unknown as {
        outcome: string;
        error: { code: string; message: string };
      };
      expect({ outcome, code: error.code }).toEqual({ outcome: 'unauthorized', code: 'wrong-account' });
      for (const part of [MOTOS_OWN, account, side]) expect(error.message).toContain(part);
      expect(callsOf(run).length).toBeGreaterThan(0);
      expect(new Set(callsOf(run).map(({ service }) => service))).toEqual(new Set(['STS']));
    });
  });
