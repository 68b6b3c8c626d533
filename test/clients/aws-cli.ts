import type { Client } from './client.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' },
});
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' },
});

export const awsCli: Client = {
  name: 'AWS CLI',
  version: 'aws --version',
  settings: 'none',
  trials: [
    { does: '`s3 mb`', places: ['own'], script: 'aws s3 mb s3://$bucket' },
    {
      does: '`s3 cp` of 20 MB in parts',
      script: `aws s3 cp --only-show-errors big s3://$bucket/$prefix/big
        aws s3 cp --only-show-errors s3://$bucket/$prefix/big back && cmp big back`,
    },
    {
      does: '`s3 sync`, which transfers nothing the second time',
      script: `aws s3 sync --only-show-errors files s3://$bucket/$prefix/files
        aws s3 sync files s3://$bucket/$prefix/files`,
      prints: '',
    },
    {
      does: '`s3 ls`, `s3 mv`, `s3 rm`',
      script: `aws s3 mv --only-show-errors s3://$bucket/$prefix/big s3://$bucket/$prefix/moved
        aws s3 rm --only-show-errors --recursive s3://$bucket/$prefix/files
        aws s3 ls --recursive s3://$bucket/$prefix/ | grep -o '[^/]*$'`,
      prints: 'moved',
    },
    {
      does: '`s3 presign`',
      script: `echo signed | aws s3 cp - s3://$bucket/$prefix/signed
        curl -sSf "$(aws s3 presign s3://$bucket/$prefix/signed)"`,
      prints: 'signed',
    },
    {
      does: '`s3api` for versions',
      places: ['replicated'],
      script: `put() { aws s3api put-object --bucket $bucket --key $prefix/v --body files/$1 --query VersionId --output text; }
        first=$(put one.txt) && put inner/two.txt
        aws s3api get-object --bucket $bucket --key $prefix/v --version-id $first back && cmp files/one.txt back
        aws s3api list-object-versions --bucket $bucket --prefix $prefix/v --query 'length(Versions)' | grep -qx 2`,
    },
    {
      does: 'tags, checksums, attributes',
      places: ['replicated'],
      script: `object="--bucket $bucket --key $prefix/one"
        aws s3api put-object $object --body files/one.txt --checksum-algorithm SHA256 > /dev/null
        aws s3api put-object-tagging $object --tagging 'TagSet=[{Key=team,Value=billing}]' > /dev/null
        aws s3api get-object-tagging $object --query 'TagSet[].Value' --output text
        aws s3api get-object-attributes $object --object-attributes Checksum --query Checksum.ChecksumSHA256 --output text \\
          | cmp - <(openssl dgst -sha256 -binary files/one.txt | base64)`,
      prints: 'billing',
    },
    {
      does: 'versioning, encryption and policy of a bucket',
      places: ['own'],
      script: `aws s3api put-bucket-versioning --bucket $bucket --versioning-configuration Status=Enabled
        aws s3api get-bucket-encryption --bucket $bucket > /dev/null
        aws s3api put-bucket-policy --bucket $bucket --policy '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
          "Action":"s3:*","Resource":"arn:aws:s3:::'$bucket'/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}}'
        aws s3api get-bucket-versioning --bucket $bucket --query Status --output text`,
      prints: 'Enabled',
    },
    {
      does: '`kms`',
      places: ['own'],
      script: `key=$(aws kms create-key --query KeyMetadata.KeyId --output text)
        aws kms encrypt --key-id $key --plaintext fileb://files/one.txt --query CiphertextBlob --output text | base64 -d > sealed
        aws kms decrypt --ciphertext-blob fileb://sealed --query Plaintext --output text | base64 -d`,
      prints: 'one',
    },
    {
      does: '`iam` for roles, policies and users; `sts assume-role`',
      places: ['own'],
      script: `arn=$(aws iam create-role --role-name tried --assume-role-policy-document '${trust}' --query Role.Arn --output text)
        aws iam put-role-policy --role-name tried --policy-name lists --policy-document '${policy}'
        aws iam create-user --user-name tried > /dev/null
        aws iam list-users --query 'Users[].UserName' --output text | grep -qw tried
        keys=$(aws sts assume-role --role-arn $arn --role-session-name session \\
          --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
        read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<< "$keys"
        export AWS_SESSION_TOKEN
        aws s3 ls | grep -o $bucket`,
    },
    ...(
      [
        ['`s3 website`', 'aws s3 website s3://$bucket --index-document index.html'],
        ['`sts get-session-token`', 'aws sts get-session-token'],
        ['access keys of users', 'aws iam create-access-key --user-name tried'],
        [
          '`iam simulate-principal-policy`',
          'aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::111111111111:role/tried --action-names s3:ListBucket',
        ],
      ] as const
    ).map(([does, script]) => ({
      does,
      script,
      places: ['own'] as const,
      fails: { saying: 'NotImplemented', because: 'not in the sandbox: 501' },
    })),
  ],
};
