export const s3Page = (name: string) => `https://docs.aws.amazon.com/AmazonS3/latest/userguide/${name}.html`;
export const kmsPage = (name: string) => `https://docs.aws.amazon.com/kms/latest/developerguide/${name}.html`;
export const iamPage = (name: string) => `https://docs.aws.amazon.com/IAM/latest/UserGuide/${name}.html`;
