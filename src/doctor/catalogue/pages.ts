/** AWS's documentation. */

/** A page of the S3 User Guide. */
export const s3Page = (name: string) => `https://docs.aws.amazon.com/AmazonS3/latest/userguide/${name}.html`;
/** A page of the KMS Developer Guide. */
export const kmsPage = (name: string) => `https://docs.aws.amazon.com/kms/latest/developerguide/${name}.html`;
/** A page of the IAM User Guide. */
export const iamPage = (name: string) => `https://docs.aws.amazon.com/IAM/latest/UserGuide/${name}.html`;
