import type { Client } from './client.ts';

const config = () => `cat > "$HOME/.s3cfg" <<END
[default]
host_base = \${AWS_ENDPOINT_URL#http://}
host_bucket = \${AWS_ENDPOINT_URL#http://}
bucket_location = $AWS_REGION
use_https = False
END`;

const s3cmd = 's3cmd --no-progress --quiet';

/** Its second sync, which says what it uploads. */
const again = 's3cmd --no-progress sync files/ s3://$bucket/$prefix/files/';

export const s3cmdClient: Client = {
  name: 's3cmd',
  version: 's3cmd --version',
  settings: '`host_base` and `host_bucket` = `127.0.0.1:4599`, `use_https = False`, `bucket_location`',
  prepare: config,
  trials: [
    { does: '`mb`', places: ['own'], script: `${s3cmd} mb s3://$bucket` },
    {
      does: '`put`, `get`',
      script: `${s3cmd} put files/one.txt s3://$bucket/$prefix/one.txt
        ${s3cmd} get --force s3://$bucket/$prefix/one.txt back && cmp files/one.txt back`,
    },
    {
      does: '20 MB in parts',
      script: `${s3cmd} put --multipart-chunk-size-mb=5 big s3://$bucket/$prefix/big
        ${s3cmd} get --force s3://$bucket/$prefix/big back && cmp big back`,
    },
    {
      does: '`ls`',
      script: `s3cmd ls s3://$bucket/$prefix/ | grep -o '[^/]*$'`,
      prints: 'big\none.txt',
    },
    {
      does: '`sync`',
      script: `${s3cmd} sync files/ s3://$bucket/$prefix/files/
        mkdir synced && ${s3cmd} sync s3://$bucket/$prefix/files/ synced/ && diff -r files synced`,
    },
    { does: 'a second `sync` transfers nothing with SSE-S3', places: ['own'], script: again, prints: '' },
    {
      // s3tools/s3cmd#611; the ETag of an object with SSE-KMS is not its MD5 (Amazon S3 API Reference, Object).
      does: 'a second `sync` that transfers nothing with SSE-KMS',
      places: ['replicated'],
      script: `${again} && test -z "$(${again})"`,
      fails: {
        saying: 'upload:',
        because: 's3cmd takes the ETag for an MD5 and uploads small files again, as with AWS',
      },
    },
    {
      // s3tools/s3cmd#1304: it puts the ACL of the source otherwise, which buckets without ACLs refuse.
      does: '`cp`, `mv` (with `--acl-private`, as with AWS)',
      script: `${s3cmd} --acl-private cp s3://$bucket/$prefix/big s3://$bucket/$prefix/copy
        ${s3cmd} --acl-private mv s3://$bucket/$prefix/copy s3://$bucket/$prefix/moved
        ${s3cmd} get --force s3://$bucket/$prefix/moved back && cmp big back`,
    },
    {
      does: '`signurl` (Signature Version 2)',
      script: `url=$(s3cmd signurl s3://$bucket/$prefix/one.txt +600) && [[ $url == *Signature=* ]] && curl -sSf "$url"`,
      prints: 'one',
    },
    { does: '`info`', script: `s3cmd info s3://$bucket/$prefix/one.txt | grep -c 'File size: 4'`, prints: '1' },
    {
      does: '`modify`',
      script: `${s3cmd} --acl-private modify --add-header=x-amz-meta-team:billing s3://$bucket/$prefix/one.txt
        s3cmd info s3://$bucket/$prefix/one.txt | grep -o 'x-amz-meta-team: billing'`,
      prints: 'x-amz-meta-team: billing',
    },
    {
      does: '`del`',
      script: `${s3cmd} del -r --force s3://$bucket/$prefix/files/ && s3cmd ls s3://$bucket/$prefix/files/`,
      prints: '',
    },
    { does: '`rb`', places: ['own'], script: `${s3cmd} rb -r --force s3://$bucket` },
  ],
};
