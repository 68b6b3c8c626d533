const credentialNames = [
  // Anywhere, with or without underscores around: GITHUB_TOKEN, SYSTEM_ACCESSTOKEN, PGPASSWORD, GOOGLE_APPLICATION_CREDENTIALS.
  /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|CONNECTION_?STR/,
  // Whole words: DB_PASS, NEXUS_PSW, CI_JOB_JWT, GITHUB_PAT, SENTRY_DSN. Not COMPASS_BUCKET, PATH or PATTERN.
  /(^|_)(PASS|USER_?PASS|PGPASSFILE|PWD|PSW|PW|MFA_CODE|AZURE_STORAGE_SAS|CREDS?|JWT|PAT|DSN|BEARER|COOKIE|OTP|TOTP|PIN|NETRC|KUBE_?CONFIG|WEBHOOK|KEYSTORE|PFX|P12|PEM)(_|\d|$)/,
  /(^|_)(AUTH|AUTHORIZATION|AUTH_CONFIG|AUTH_SOCK)$/,
  // Not KMS keys: SSH_KEY, GPG_KEY_BASE64, DD_APP_KEY. SIGNING_KEY_ARN is no credential: an ARN only names a key.
  /(^|_)(SSH|PGP|GPG|RSA|TLS|SSL|AGE|SIGNING|DEPLOY|DEPLOYMENT|HOST|APP|LICENSE|RAILS_MASTER|FERNET|CERT|SA|SERVICE_ACCOUNT|SERVICE_PRINCIPAL|STORAGE_ACCOUNT|AZURE_STORAGE)_?KEYS?(?!\w*_ARN$)(_|$)/,
  // Addresses that usually hold a password: DATABASE_URL, MONGODB_URI, HTTPS_PROXY.
  /(DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB|MONGO|MONGODB|REDIS|AMQP|RABBITMQ|JDBC|BROKER|CLICKHOUSE|SMTP)_(URL|URI)(_|$)/,
  /^(HTTPS?|FTP|ALL)_PROXY$/,
  // GitLab clones from this address, which holds the token of the job.
  /^CI_REPOSITORY_URL$/,
  // Whoever knows it may assume the role together with s3repl.
  /(^|_)EXTERNAL_?ID(_|$)/,
];

/** The current and the previous directory (POSIX): their names end like those of many passwords. */
const directories = ['PWD', 'OLDPWD'];

/**
 * Judges the name alone, since any value may look like a credential. From: AWS SDKs reference guide, "Environment variables"; GitHub, "Variables reference";
 * GitLab, "Predefined CI/CD variables"; Jenkins, "Using a Jenkinsfile" (USR and PSW); Azure Pipelines; the usual databases.
 */
export function namesCredential(name: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase();
  return !directories.includes(words) && credentialNames.some((pattern) => pattern.test(words));
}
