import type { Client, Place } from './client.ts';

/**
 * rclone sends `x-amz-acl: private` where no ACL is set, which a bucket without ACLs refuses (rclone/rclone#5730), and takes ETags for
 * MD5 where it does not know of SSE-KMS (rclone's documentation of Amazon S3, "AWS-KMS").
 */
const config = (place: Place) => `mkdir -p "$HOME/.config/rclone"
  cat > "$HOME/.config/rclone/rclone.conf" <<END
[s3]
type = s3
provider = Other
env_auth = true
endpoint = $AWS_ENDPOINT_URL
region = $AWS_REGION
location_constraint = $AWS_REGION
acl = bucket-owner-full-control
${place === 'own' ? '' : 'server_side_encryption = aws:kms'}
END`;

const once = 'rclone --retries 1 --low-level-retries 1';

export const rclone: Client = {
  name: 'rclone',
  version: 'rclone version',
  settings:
    '`provider = Other` (`AWS` puts the bucket into the host name), `env_auth = true`, `endpoint`, `region`, `location_constraint`; as with AWS, `acl = bucket-owner-full-control` and, with SSE-KMS, `server_side_encryption = aws:kms`',
  prepare: config,
  trials: [
    { does: '`mkdir`', places: ['own'], script: `${once} mkdir s3:$bucket && ${once} lsd s3: | grep -q $bucket` },
    { does: '`copy`', script: `${once} copy files s3:$bucket/$prefix/files` },
    {
      does: '20 MB in parts',
      script: `${once} --s3-chunk-size 5Mi --s3-upload-cutoff 5Mi copyto big s3:$bucket/$prefix/big
        ${once} copyto s3:$bucket/$prefix/big back && cmp big back`,
    },
    {
      does: '`sync`, which transfers nothing the second time',
      script: `${once} sync files s3:$bucket/$prefix/files
        ${once} sync -v files s3:$bucket/$prefix/files 2>&1 | grep -q 'nothing to transfer'
        ${once} sync s3:$bucket/$prefix/files synced && diff -r files synced`,
    },
    { does: '`check`', script: `${once} check files s3:$bucket/$prefix/files` },
    {
      does: '`lsf`',
      script: `${once} lsf -R --files-only s3:$bucket/$prefix/files | sort`,
      prints: 'inner/two.txt\none.txt\nsp ace & ü+.txt',
    },
    {
      does: '`hashsum`',
      places: ['own'],
      script: `${once} hashsum md5 s3:$bucket/$prefix/files > sums && (cd files && md5sum --check --quiet ../sums)`,
    },
    {
      does: 'copies within S3, also in parts',
      script: `${once} copyto s3:$bucket/$prefix/big s3:$bucket/$prefix/copy
        ${once} --s3-copy-cutoff 5Mi --s3-chunk-size 5Mi copyto s3:$bucket/$prefix/big s3:$bucket/$prefix/parts
        ${once} cat s3:$bucket/$prefix/parts | cmp - big`,
    },
    {
      does: '`rcat`, `cat`, `touch`, `moveto`',
      script: `echo piped | ${once} rcat s3:$bucket/$prefix/piped
        ${once} touch s3:$bucket/$prefix/piped
        ${once} moveto s3:$bucket/$prefix/piped s3:$bucket/$prefix/moved
        ${once} cat s3:$bucket/$prefix/moved`,
      prints: 'piped',
    },
    {
      does: '`link`',
      script: `curl -sSf "$(${once} link --expire 1h s3:$bucket/$prefix/files/one.txt)"`,
      prints: 'one',
    },
    {
      does: 'versions',
      places: ['replicated'],
      script: `echo newer | ${once} rcat s3:$bucket/$prefix/files/one.txt
        ${once} --s3-versions lsf s3:$bucket/$prefix/files | grep -c '^one-v'`,
      prints: '1',
    },
    {
      does: '`settier`',
      places: ['own'],
      script: `${once} settier STANDARD_IA s3:$bucket/$prefix/files/one.txt
        ${once} lsf --format T s3:$bucket/$prefix/files/one.txt`,
      prints: 'STANDARD_IA',
    },
    {
      does: '`delete`',
      script: `${once} delete s3:$bucket/$prefix/files && ${once} lsf s3:$bucket/$prefix/files`,
      prints: '',
    },
    { does: '`purge`', places: ['own'], script: `${once} purge s3:$bucket` },
  ],
};
