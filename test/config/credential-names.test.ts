import { describe, expect, it, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { atDestination, atSource, atTop, changed, inRule, problemsOf, specOf } from './config-file.ts';

const value = 'the-value-of-it';

const credentials = `
  AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN
  AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_WEB_IDENTITY_TOKEN_FILE aws_secret_access_key
  GITHUB_TOKEN GH_TOKEN ACTIONS_ID_TOKEN_REQUEST_TOKEN ACTIONS_RUNTIME_TOKEN GITHUB_PAT
  CI_JOB_JWT CI_JOB_JWT_V2 CI_JOB_TOKEN CI_JOB_PASSWORD CI_REGISTRY_PASSWORD CI_DEPLOY_PASSWORD
  SYSTEM_ACCESSTOKEN CIRCLE_OIDC_TOKEN BITBUCKET_STEP_OIDC_TOKEN VAULT_TOKEN NPM_TOKEN NPM_AUTH DOCKER_AUTH_CONFIG
  AZURE_CLIENT_SECRET ARM_ACCESS_KEY AZURE_STORAGE_KEY AZURE_STORAGE_CONNECTION_STRING GOOGLE_APPLICATION_CREDENTIALS
  DATABASE_URL REDIS_URL MONGODB_URI MY_DB_URL HTTPS_PROXY https_proxy SENTRY_DSN SLACK_WEBHOOK_URL
  SSH_KEY SSH_PRIVATE_KEY SSH_AUTH_SOCK GPG_KEY_BASE64 PGP_KEY GPG_PASSPHRASE SIGNING_KEY DEPLOY_KEY SOPS_AGE_KEY RAILS_MASTER_KEY
  DD_API_KEY DD_APP_KEY OPENAI_APIKEY dbPassword apiKey DB_PASS MYSQL_PWD PGPASSWORD PGPASSFILE MYSQL_PASSWD USER_CREDS
  NEXUS_PSW NEXUS_USERPASS DOCKERHUB_PW AWS_MFA_CODE CI_REPOSITORY_URL AZURE_STORAGE_SAS GCP_SA_KEY servicePrincipalKey FERNET_KEY
  TLS_CERT_KEY KUBECONFIG NETRC KEYSTORE_FILE SESSION_COOKIE MFA_OTP EXTERNAL_ID S3REPL_EXTERNAL_ID`
  .trim()
  .split(/\s+/);

const plain = `
  AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE AWS_ACCOUNT_ID AWS_ROLE_ARN AWS_ROLE_SESSION_NAME
  GITHUB_REPOSITORY GITHUB_REF_NAME GITHUB_SHA GITHUB_ACTOR GITHUB_RUN_ID GITHUB_WORKFLOW CI_PROJECT_PATH CI_COMMIT_REF_SLUG
  ENVIRONMENT STAGE TEAM USER HOME PATH PWD OLDPWD HOSTNAME BUCKET SOURCE_BUCKET PATTERN COMPASS_BUCKET AUTH_BUCKET
  KMS_KEY KMS_KEY_ARN KMS_KEY_ID KMS_MASTER_KEY_ID KEY KEY_ARN KEY_ALIAS SOURCE_KEY REPLICA_KEY ENCRYPTION_KEY APP_KMS_KEY
  SIGNING_KEY_ARN ACCOUNT_ID ACCOUNT_KEY_ADMIN PREFIX ROLE ROLE_ARN REGION DR_REGION COST_CENTER PROJECT BUILD_URL RULE_ID
  NEXUS_USR CI_PROJECT_URL CI_SERVER_URL GIT_URL BITBUCKET_GIT_HTTP_ORIGIN BUILDKITE_REPO BUILD_REPOSITORY_URI SYSTEM_TEAMPROJECT BUILD_SOURCEBRANCHNAME
  BITBUCKET_REPO_SLUG BITBUCKET_WORKSPACE BUILDKITE_PIPELINE_SLUG CIRCLE_PROJECT_REPONAME CIRCLE_SHA1 JOB_NAME BRANCH_NAME BUILD_TAG
  MFA_SERIAL SA_BUCKET CERT_BUCKET USA_KEY_PREFIX COMPASS_KEY BYPASS_BUCKET`
  .trim()
  .split(/\s+/);

describe('a variable with the name of a credential', () => {
  it.each(credentials)('%s is refused where its value would be written to AWS', (name) => {
    const [problem, ...others] = problemsOf(changed(atTop(`tags: { team: "\${${name}}" }`)), {
      env: { [name]: value },
    });
    expect(problem).toMatch(new RegExp(`^7:15 .*variable ${name} says that it holds a credential`));
    expect(others).toEqual([]);
    expect(problem).not.toContain(value);
  });

  it('is refused whether it is set or not', () => {
    expect(problemsOf(changed(atTop('tags: { a: "${NPM_TOKEN}" }')))).toEqual([expect.stringContaining('credential')]);
  });

  it.each([
    ['the source bucket', changed(['acme-invoices\n', '"a-${NPM_TOKEN}"\n'])],
    ['a profile', changed(atSource('access: { profile: "${NPM_TOKEN}" }'))],
    ['the device of MFA codes', changed(atSource('access: { mfaSerial: "${NPM_TOKEN}" }'))],
    ['a prefix', changed(inRule('prefix: "${NPM_TOKEN}"'))],
    ['an exception', changed(inRule('except: [ { key: "${NPM_TOKEN}", why: x } ]'))],
    ['a description', changed(atTop('newKeys: { description: "for ${STAGE} ${NPM_TOKEN}" }'))],
    ['a list', changed(atTop('newKeys: { users: [ "${NPM_TOKEN}" ] }'))],
    ['a tag called as the external ID is', changed(atTop('tags: { access.externalId: "${NPM_TOKEN}" }'))],
  ])('is refused in %s, and nothing else is said of that', (_, text) => {
    const problems = problemsOf(text, { env: { NPM_TOKEN: value, STAGE: 'prod' } });
    expect(problems).toEqual([expect.stringContaining('NPM_TOKEN says that it holds a credential')]);
    expect(problems.join()).not.toContain(value);
  });

  it('is refused in the value of a flag, which is named', () => {
    const parsed = parseConfig(changed(), {
      file: 'repl.yaml',
      flags: { 'source.bucket': '${NPM_TOKEN}' },
      env: { NPM_TOKEN: value },
    });
    expect(parsed).toMatchObject({ ok: false, problems: [{ where: '--source-bucket' }] });
    expect(JSON.stringify(parsed)).not.toContain(value);
  });

  it('is taken for the external ID of either side', () => {
    const access = (role: string) => `access: { assumeRole: "${role}", externalId: "x\${NPM_TOKEN}" }`;
    const text = changed(
      atSource(access('arn:aws:iam::111111111111:role/x')),
      atDestination(access('arn:aws:iam::222222222222:role/x')),
    );
    const { source, destinations } = specOf(text, { env: { NPM_TOKEN: value } });
    expect([source, ...destinations].map((side) => side.access.externalId)).toEqual([`x${value}`, `x${value}`]);
  });

  it('is not replaced in the key of a tag, where no variable is', () => {
    const problems = problemsOf(changed(atTop('tags: { "${NPM_TOKEN}": x }')), { env: { NPM_TOKEN: value } });
    expect(problems).toEqual([expect.stringContaining('tag "${NPM_TOKEN}" is not the key of a tag')]);
  });

  it('is no variable where it is meant literally', () => {
    expect(specOf(changed(inRule('prefix: "$${NPM_TOKEN}"'))).destinations[0]?.rules[0]?.prefix).toBe('${NPM_TOKEN}');
  });
});

test.each(plain)('the variable %s is no credential', (name) => {
  expect(specOf(changed(atTop(`tags: { team: "\${${name}}" }`)), { env: { [name]: value } }).tags).toEqual({
    team: value,
  });
});
