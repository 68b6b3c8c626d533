import { arnParts } from '../aws/arn.ts';
import { checkArnPartition } from './check-sides.ts';
import { type Draft, type DraftSide, draftDestinations, draftSource } from './draft.ts';
import type { Config } from './fields.ts';
import type { Path } from './path.ts';
import { type Finding, problem, warning } from './problem.ts';

/** A key works only in its own Region, and we must be able to reach it. */
export function checkKeys(draft: Draft<Config>): readonly Finding[] {
  const source = draftSource(draft);
  const additional = (draft.source?.additionalKmsKeys ?? []).flatMap((key, index) =>
    checkKeyArn(key, ['source', 'additionalKmsKeys', index], source, [source]),
  );
  return [
    ...checkKeyArn(source.kmsKey, ['source', 'kmsKey'], source, [source]),
    ...additional,
    ...draftDestinations(draft).flatMap((side) => checkDestinationKey(side, source)),
  ];
}

function checkDestinationKey(side: DraftSide, source: DraftSide): readonly Finding[] {
  const path = [...side.path, 'kmsKey'];
  const findings = [...checkKeyArn(side.kmsKey, path, side, [side, source])];
  if (
    side.kmsKey === 'source' &&
    side.region !== undefined &&
    source.region !== undefined &&
    side.region !== source.region
  ) {
    const message = `the source's key is in ${source.region} and works only there, but the bucket is in ${side.region}`;
    findings.push(problem(path, `${message} (write kmsKey: create)`));
  }
  const owner = side.kmsKey === 'source' ? source.account : arnParts(side.kmsKey ?? '')?.account;
  if (owner !== undefined && owner === source.account && side.account !== undefined && side.account !== owner) {
    const message =
      `the replicas' key belongs to the source account ${owner}, which can make them unreadable ` +
      `for account ${side.account} (write kmsKey: create for a key of its own)`;
    findings.push(warning(path, message));
  }
  return findings;
}

function checkKeyArn(
  text: string | undefined,
  path: Path,
  side: DraftSide,
  owners: readonly DraftSide[],
): readonly Finding[] {
  const arn = arnParts(text ?? '');
  if (arn === undefined) {
    return [];
  }
  const wrongPartition = checkArnPartition(text, path, side);
  const findings = [...wrongPartition];
  const insteadOf = path.includes('kmsKey') ? ', or kmsKey: create' : '';
  if (wrongPartition.length === 0 && side.region !== undefined && arn.region !== side.region) {
    const message = `the key is in ${arn.region}, but the bucket is in ${side.region}`;
    findings.push(problem(path, `${message} (write a key of ${side.region}${insteadOf})`));
  }
  const accounts = owners.map(({ account }) => account);
  if (!accounts.includes(undefined) && !accounts.includes(arn.account)) {
    const message = `the key belongs to account ${arn.account}, not to ${accounts.join(' or ')}`;
    findings.push(problem(path, `${message} (write a key of account ${accounts[0]}${insteadOf})`));
  }
  return findings;
}
