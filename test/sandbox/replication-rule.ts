import type { Destination, ReplicationRule } from '@aws-sdk/client-s3';
import { SOURCE } from './clients.ts';

export const ROLE = `arn:aws:iam::${SOURCE}:role/repl`;

/** The rule of the recordings, with changes. */
export function base(changes: Partial<ReplicationRule> = {}, destination: Partial<Destination> = {}): ReplicationRule {
  return {
    ID: 'base',
    Priority: 1,
    Filter: { Prefix: '' },
    Status: 'Enabled',
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: 'arn:aws:s3:::dst', ...destination },
    ...changes,
  };
}

/** A rule of the first version of the schema. */
export const oldRule: ReplicationRule = {
  ID: 'old',
  Prefix: '',
  Status: 'Enabled',
  Destination: { Bucket: 'arn:aws:s3:::dst' },
};

export const RULE_XML =
  '<Rule><ID>base</ID><Priority>1</Priority><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>' +
  '<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>' +
  '<Destination><Bucket>arn:aws:s3:::dst</Bucket></Destination></Rule>';
export const ROLE_XML = `<Role>${ROLE}</Role>`;
export const configuration = (content: string) => `<ReplicationConfiguration>${content}</ReplicationConfiguration>`;
