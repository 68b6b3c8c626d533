import type { Spec } from '../config/spec.ts';
import type { Finding } from '../state/change.ts';
import { backfillPolicyName, backfillRole, inlinePolicyName, type NamedRole, replicationRole } from '../state/names.ts';
import type { State } from '../state/state.ts';
import { batchOperationsService, s3Service } from './role-policy.ts';

/** One of the two roles of a setup, and the words for it. */
export interface RoleSubject extends NamedRole {
  readonly step: 'replication-role' | 'backfill-role';
  readonly name: string;
  readonly field: 'role.name' | 'backfill.role';
  readonly policyName: string;
  readonly service: string;
  readonly assumer: string;
  readonly called: string;
  /** Completes "it may deny what". */
  readonly needs: string;
}

export function replicationSubject(state: State, spec: Spec): RoleSubject {
  return {
    ...replicationRole(state, spec),
    step: 'replication-role',
    name: spec.role.name,
    field: 'role.name',
    policyName: inlinePolicyName(spec),
    service: s3Service,
    assumer: 'S3',
    called: 'the replication role',
    needs: 'replication needs',
  };
}

export function backfillSubject(state: State, spec: Spec): RoleSubject {
  return {
    ...backfillRole(state, spec),
    step: 'backfill-role',
    name: spec.backfill.role,
    field: 'backfill.role',
    policyName: backfillPolicyName(spec),
    service: batchOperationsService,
    assumer: 'S3 Batch Operations',
    called: 'the role of S3 Batch Operations',
    needs: 'jobs need',
  };
}

export function roleProblem(
  { step }: Pick<RoleSubject, 'step'>,
  code: string,
  message: string,
  fix: string,
  paste?: string,
): Finding {
  return { level: 'problem', step, code, side: 'source', message, fix, ...(paste !== undefined && { paste }) };
}
