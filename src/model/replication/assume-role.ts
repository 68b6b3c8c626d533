import { statementsOf } from '../../aws/policy.ts';
import { evaluateTrust } from '../evaluate.ts';
import { joinPhrases, textOf } from '../evaluation/phrase.ts';
import { evidenceAt } from './evidence.ts';
import { mismatchOf } from './explain.ts';
import { type Finding, stops, unread, warns } from './finding.ts';
import type { Prepared } from './prepare.ts';
import { timeKeys } from './request-keys.ts';

const reason = 'AssumeRoleNotPermitted';

/** AWS does not check the role on PutBucketReplication (recorded/replication.md 11, 38); its trust policy counts for each object, with conditions (52). */
export function assumeRole(prepared: Prepared): readonly Finding[] {
  return prepared.answerOnce('assume role', () => findings(prepared));
}

function findings(prepared: Prepared): readonly Finding[] {
  const { role, source } = prepared;
  const evidence = { arn: role.arn, path: role.path };
  if (role.account !== source.account) {
    const summary = `Role ${role.arn} is in account ${role.account}, but S3 only assumes roles of ${source.account}, which owns the source bucket.`;
    const fix = `Put a replication configuration whose Role is in account ${source.account}.`;
    return [stops(reason, { check: 'C01', summary, fix, evidence })];
  }
  if (role.value === null) {
    const summary = `Role ${role.arn || '(empty)'} of the replication configuration does not exist under this ARN, path included.`;
    const fix = 'Create the role, or put a replication configuration with the ARN that iam:GetRole shows.';
    return [stops(reason, { check: 'C01', summary, fix, evidence })];
  }
  if (role.value === 'unknown') return [unread('C01', `role ${role.arn}`, role.path)];
  const { trustPolicy } = role.value;
  const path = [...role.path, 'trustPolicy'];
  if (trustPolicy === 'unknown') return [unread('C02', `the trust policy of role ${role.arn}`, path)];
  return trustFindings(
    prepared,
    prepared.namePolicy(trustPolicy, `trust policy of role ${role.arn}`, { arn: role.arn, path }),
  );
}

function trustFindings(prepared: Prepared, trust: ReturnType<Prepared['namePolicy']>): readonly Finding[] {
  const { role, source } = prepared;
  const context = { ...timeKeys(prepared.snapshot), 'aws:SourceAccount': source.account, 'aws:SourceArn': source.arn };
  const decision = evaluateTrust(trust, 's3.amazonaws.com', context);
  const path = [...role.path, 'trustPolicy'];
  const fix = 'Allow sts:AssumeRole to the service principal s3.amazonaws.com in the trust policy, without conditions.';
  switch (decision.effect) {
    case 'denied': {
      const [place] = decision.by;
      const summary =
        decision.kind === 'explicit'
          ? `The trust policy of role ${role.arn} denies sts:AssumeRole to S3.`
          : `The trust policy of role ${role.arn} does not let S3 assume it${place?.misses?.length ? `: ${mismatchOf(place.misses)}` : ''}.`;
      const evidence = place ? evidenceAt(prepared, place) : { arn: role.arn, path };
      return [stops(reason, { check: 'C02', summary, fix, evidence })];
    }
    case 'unknown': {
      const summary = `Nobody can say whether S3 may assume role ${role.arn}: ${textOf(joinPhrases(decision.why))}.`;
      return [
        {
          effect: 'unknown',
          cause: { check: 'C02', summary, fix, evidence: { path, unknown: decision.why.map(textOf) } },
        },
      ];
    }
    case 'allowed': {
      const conditional = decision.by.filter(({ statement }) => statementsOf(trust.document)[statement]?.Condition);
      if (conditional.length < decision.by.length) return [];
      return conditional.map((place) => {
        const summary = `The trust policy of role ${role.arn} has a condition that matches by the documents, but that nobody has seen to work.`;
        const evidence = {
          ...evidenceAt(prepared, place),
          sources: [{ note: 'rules.md 0.4 (a)' }, { note: 'recorded/replication.md 52' }],
        };
        return warns({ check: 'C02', summary, fix, evidence });
      });
    }
  }
}
