/** Data that loads nothing. */
import type { Fields, Limit } from './field.ts';

const accessFields = (side: string) =>
  ({
    profile: {
      kind: 'text',
      write: 'the name of a profile',
      description: `Profile to sign in to the ${side} account with`,
    },
    assumeRole: {
      kind: 'text',
      write: 'assumeRole: arn:aws:iam::111111111111:role/NAME',
      limit: 'roleToAssume',
      description: `ARN of the role to assume in the ${side} account`,
    },
    externalId: {
      kind: 'text',
      write: 'externalId: "…"',
      limit: {
        pattern: '^[\\w+=,.@:/-]{2,1224}$',
        otherwise: 'externalId is not an external ID (write 2 to 1224 letters, digits and any of _ + = , . @ : / -)',
      },
      description: `External ID that the role to assume in the ${side} account asks for`,
    },
    mfaSerial: {
      kind: 'text',
      write: 'mfaSerial: arn:aws:iam::111111111111:mfa/NAME',
      limit: 'mfaDevice',
      description: `MFA device that the role to assume in the ${side} account asks for`,
    },
  }) as const satisfies Fields;

interface Keys {
  readonly limit: Limit;
  readonly described: string;
  readonly comment: string;
}

/** Only the source's lines have comments, not those of destinations again. */
export const sideFields = (side: 'source' | 'destination', keys: Keys) => {
  const commentOnce = (comment: string) => (side === 'source' ? comment : undefined);
  return {
    account: {
      kind: 'text',
      required: true,
      write: 'it in quotes: "012345678901"',
      digits: true,
      limit: {
        pattern: '^\\d{12}$',
        otherwise: 'account must be 12 digits, not {value} (write it in quotes: "012345678901")',
      },
      description: `Account ID of the ${side} bucket (12 digits); nothing is written in any other account`,
      comment: commentOnce('a guard: nothing is written when signed in elsewhere'),
    },
    region: {
      kind: 'text',
      required: true,
      write: 'region: eu-west-1',
      limit: {
        pattern: '^[a-z]{2,}(-[a-z]+)+-\\d+$',
        otherwise: 'region {value} is not a Region (write its code, such as eu-west-1)',
      },
      description: `Region of the ${side} bucket`,
    },
    access: {
      kind: 'mapping',
      write: 'access: { profile: NAME }',
      fields: accessFields(side),
      description: "How to sign in; the AWS SDK's default credentials otherwise",
      comment: commentOnce("how to sign in; the AWS SDK's default credentials when left out"),
    },
    bucket: {
      kind: 'text',
      required: true,
      write: 'bucket: NAME',
      limit: 'bucket',
      description: `Name of the ${side} bucket; created when missing`,
      comment: 'created when missing',
    },
    kmsKey: {
      kind: 'text',
      write: 'kmsKey: create',
      limit: keys.limit,
      default: 'create',
      description: `KMS key of the ${side} bucket: ${keys.described}`,
      comment: keys.comment,
    },
    bucketKey: {
      kind: 'boolean',
      default: true,
      description: `Whether the ${side} bucket uses an S3 Bucket Key (fewer calls to KMS)`,
      comment: commentOnce('an S3 Bucket Key: fewer calls to KMS'),
      ask: 'advanced',
    },
  } as const satisfies Fields;
};
