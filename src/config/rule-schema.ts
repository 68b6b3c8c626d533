import { z } from 'zod';
import { exceptions } from './exception-schema.ts';
import { matching, patterns, prefixProblem, tagKeyProblem } from './field-rules.ts';
import { booleanField, descriptionOf, explain, tagsField, textField, wordField } from './fields.ts';
import { storageClasses } from './spec.ts';

const ruleId = textField({
  name: 'id',
  write: 'id: everything',
  pattern: patterns.ruleId,
  rule: matching(
    patterns.ruleId,
    'id {value} is not a rule ID (write 1 to 64 letters, digits, dots, underscores and hyphens)',
  ),
});

const priorityMessage = explain('priority', 'a whole number from 0 to 2147483647', 'priority: 1');
const priority = z
  .int({ error: priorityMessage })
  .min(0, { error: priorityMessage })
  .max(2_147_483_647, { error: priorityMessage });

const prefix = textField({
  name: 'prefix',
  write: 'prefix: "Tax/"',
  pattern: patterns.keyText,
  rule: prefixProblem,
  mayBeEmpty: true,
});

const storageClass = wordField('storageClass', storageClasses);

const ruleField = (key: string) => descriptionOf(`destinations[0].rules[0].${key}`);

/** One replication rule as written. */
export const ruleSchema = z
  .strictObject(
    {
      id: ruleId.describe(ruleField('id')),
      prefix: prefix.describe(ruleField('prefix')).default(''),
      tags: tagsField(10, tagKeyProblem).describe(ruleField('tags')).default({}),
      priority: priority.describe(ruleField('priority')).exactOptional(),
      enabled: booleanField('enabled').describe(ruleField('enabled')).default(true),
      deleteMarkers: booleanField('deleteMarkers').describe(ruleField('deleteMarkers')).exactOptional(),
      replicationTimeControl: booleanField('replicationTimeControl')
        .describe(ruleField('replicationTimeControl'))
        .default(true),
      metrics: booleanField('metrics').describe(ruleField('metrics')).default(true),
      ownerOverride: booleanField('ownerOverride').describe(ruleField('ownerOverride')).exactOptional(),
      replicaModifications: booleanField('replicaModifications')
        .describe(ruleField('replicaModifications'))
        .default(false),
      storageClass: storageClass.describe(ruleField('storageClass')).exactOptional(),
      except: exceptions.default([]),
    },
    { error: explain('a rule', 'a mapping', '- id: everything') },
  )
  .describe('A replication rule');
