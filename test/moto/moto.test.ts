/** One server for all stories: a new one would take longer to load itself than most of them take to run. */
import { expect, test } from 'vitest';
import { alarmsOfOthers } from './alarms-of-others.ts';
import { alerts } from './alerts.ts';
import { awsCommands } from './aws-commands.ts';
import { destinations } from './destinations.ts';
import { freshSetUp } from './fresh-set-up.ts';
import { launcher } from './launcher.ts';
import { describeWithMoto, python } from './moto.ts';
import { others } from './others.ts';
import { savedPlan } from './saved-plan.ts';
import { status } from './status.ts';
import { wrongAccount } from './wrong-account.ts';

test('moto is there, or its absence is told', ({ skip }) => {
  if (python !== undefined) return;
  const message = "MOTO IS MISSING: the tests in test/moto were SKIPPED (pip install 'moto[server]==5.2.1')";
  if (process.env.S3REPL_REQUIRE_MOTO === '1') expect.fail(`${message}, and S3REPL_REQUIRE_MOTO=1 asks for them`);
  console.warn(`!!! ${message}`);
  skip(message);
});

describeWithMoto('against moto', (moto) => {
  launcher(moto);
  wrongAccount(moto);
  freshSetUp(moto);
  others(moto);
  destinations(moto);
  savedPlan(moto);
  alerts(moto);
  awsCommands(moto);
  alarmsOfOthers(moto);
  status(moto);
});
