import type { Client } from './client.ts';

const restic = 'RESTIC_PASSWORD=any restic --no-cache -q -r s3:$AWS_ENDPOINT_URL/$bucket/$prefix';

export const resticClient: Client = {
  name: 'restic',
  version: 'restic version',
  settings: '`-r s3:$AWS_ENDPOINT_URL/BUCKET/PREFIX`',
  trials: [
    { does: '`init` (makes the bucket, too)', script: `${restic} init` },
    { does: '`backup` of 20 MB', script: `${restic} backup big files` },
    {
      does: '`snapshots`',
      script: `${restic} backup files && ${restic} snapshots --json | grep -o '"short_id"' | wc -l`,
      prints: '2',
    },
    {
      does: '`restore`',
      script: `${restic} restore latest --target restored --path "$PWD/big" --path "$PWD/files"
        cmp big restored/big && diff -r files restored/files`,
    },
    { does: '`forget --prune`', script: `${restic} forget --group-by host --keep-last 1 --prune` },
    { does: '`check --read-data`', script: `${restic} check --read-data` },
  ],
};
