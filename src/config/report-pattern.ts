/** `BUCKET` or `BUCKET/PREFIX`, of characters that are safe in keys (S3 User Guide, object-keys), none of which is a wildcard in a policy. */
export const reportPattern =
  "^(?!.{577})(?!.*/\\.\\.?(/|$))(s3://)?[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/|/[A-Za-z0-9!_.'()-]+(/[A-Za-z0-9!_.'()-]+)*/?)?$";
