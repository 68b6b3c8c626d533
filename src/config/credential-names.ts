/** Names of environment variables, in words, that say that their value lets somebody in. */
const credentialNames = [
  // Anywhere, with or without underscores around: GITHUB_TOKEN, SYSTEM_ACCESSTOKEN, PGPASSWORD, GOOGLE_APPLICATION_CREDENTIALS.
  /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|CONNECTION_?STR/,
  // Words of their own: DB_PASS, NEXUS_PSW, CI_JOB_JWT, GITHUB_PAT, SENTRY_DSN. Not COMPASS_BUCKET, PATH or PATTERN.
  /(^|_)(PASS|USER_?PASS|PGPASSFILE|PWD|PSW|PW|MFA_CODE|AZURE_STORAGE_SAS|CREDS?|JWT|PAT|DSN|BEARER|COOKIE|OTP|TOTP|PIN|NETRC|KUBE_?CONFIG|WEBHOOK|KEYSTORE|PFX|P12|PEM)(_|\d|$)/,
  /(^|_)(AUTH|AUTHORIZATION|AUTH_CONFIG|AUTH_SOCK)$/,
  // Keys that are no KMS keys: SSH_KEY, GPG_KEY_BASE64, DD_APP_KEY. An ARN names a key and is none: SIGNING_KEY_ARN.
  /(^|_)(SSH|PGP|GPG|RSA|TLS|SSL|AGE|SIGNING|DEPLOY|DEPLOYMENT|HOST|APP|LICENSE|RAILS_MASTER|FERNET|CERT|SA|SERVICE_ACCOUNT|SERVICE_PRINCIPAL|STORAGE_ACCOUNT|AZURE_STORAGE)_?KEYS?(?!\w*_ARN$)(_|$)/,
  // Addresses that usually have a password in them: DATABASE_URL, MONGODB_URI, HTTPS_PROXY.
  /(DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB|MONGO|MONGODB|REDIS|AMQP|RABBITMQ|JDBC|BROKER|CLICKHOUSE|SMTP)_(URL|URI)(_|$)/,
  /^(HTTPS?|FTP|ALL)_PROXY$/,
  // The address that GitLab clones from, with the token of the job.
  /^CI_REPOSITORY_URL$/,
  // Whoever knows it may assume the role together with s3repl.
  /(^|_)EXTERNAL_?ID(_|$)/,
];

/** The working directory, before and now (POSIX), which end as many passwords do. */
const directories = ['PWD', 'OLDPWD'];

/**
 * Whether the name of an environment variable says that its value is a credential. By the name alone: a value that looks like
 * one may be anything.
 *
 * Names are those that the SDKs, GitHub Actions, GitLab CI, Azure Pipelines and the usual databases have (AWS SDKs reference
 * guide, "Environment variables"; GitHub, "Variables reference"; GitLab, "Predefined CI/CD variables"; Jenkins, "Using a Jenkinsfile": USR and PSW).
 */
export function namesCredential(name: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase();
  return !directories.includes(words) && credentialNames.some((pattern) => pattern.test(words));
}
