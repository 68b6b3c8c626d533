/** What `init --sandbox` asks who has nothing there, and takes Enter for; the last question is the review's. */
export const enterOnly = [
  'Which account has the source bucket?',
  'Source bucket',
  'Region of the new source',
  'Which account gets the replicas?',
  'Destination bucket',
  'Region of the new destination',
  'Which KMS key encrypts the replicas?',
  'What is replicated?',
  'Options',
  'E-mail addresses to alert',
  'Name of this setup',
  'What now?',
] as const;
