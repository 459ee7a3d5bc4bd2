import assert from 'node:assert/strict';
import { test } from 'node:test';
import { yieldToSpecific } from '../history/yield-to-specific.ts';
import { createDetector } from './detector.ts';

const detector = createDetector();

test('a password of words is reported where its place says that it is one, as of low severity', () => {
  const password = ['velvet', 'sweatshop'].join('');
  const forms = [
    `POSTGRES_PASSWORD: ${password}`,
    `"password": "${password}"`,
    `config.Password = "${password}"`,
    `password = Some("${password}")`,
    `postgres://app:${password}@db:5432/app`,
    `CREATE USER app IDENTIFIED BY '${password}';`,
    `$p = ConvertTo-SecureString '${password}' -AsPlainText -Force`,
    `requests.get(url, auth=HTTPBasicAuth('jane', '${password}'))`,
  ];

  for (const form of forms) {
    const found = scan(form);

    assert.deepEqual(
      found.map(({ secret, severity }) => [secret, severity]),
      [[password, 'low']],
      form,
    );
  }
});

test('what forms, messages, types and constants have in that place is no password', () => {
  const forms = [
    'password: "required"',
    'const RESET_PASSWORD = "resetPassword"',
    'password: "Passwort"',
    'password = "auth.password.label"',
    'PASSWORD_FIELD = "user_password"',
    'PASSWORD = user.password',
    'echo PASS: Initial',
    'use --password option to be asked',
    'a problem identified by columns',
    'password: "must be at least eight characters"',
    'password: "wrongPassword"',
    'password: "something-else"',
    'get "passwords" => "sessions#passwords"',
    'curl -u <user:password> https://example.org',
    'curl -u "jane:access-token" https://example.org',
    's3://access_key_id:secret_access_key@us-east-1/bucket',
    'USERNAME, PASSWORD = "humbaba", readPassword()',
    'secret: "do-not-leak"',
    'clientSecret: "test-client-secret"',
    'appSecret: "invalidSecret"',
    'email_secret: "jane@example.org"',
    'ARCHIVE_GPG_KEY=C99B11DEB97541F0',
    `ENV SOLR_KEY=${'CFCE5FBB'.repeat(5)}`,
    `SESSION_SECRET_KEY=${'xxX0Xx000x'.repeat(3)}`,
    'sslPass: "tlsCertificateKeyFilePassword"',
    'password = "kibana-system-" + now',
  ];

  for (const form of forms) assert.deepEqual(scan(form), [], form);
});

test('what a rule drops is explained once, and not when a weaker rule reports it', () => {
  const matches = detector.scan(Buffer.from(`postgres://app:${['velvet', 'sweatshop'].join('')}@db:5432/app`));

  assert.deepEqual(
    matches.map(({ ruleIndex, dropped }) => [detector.rules[ruleIndex]!.id, dropped]),
    [['weak-login-password', undefined]],
  );
});

test('without the weaker rule the drop and its reason stay', () => {
  const strict = createDetector({ disabledRules: ['weak-login-password'] });

  const matches = strict.scan(Buffer.from(`postgres://app:${['velvet', 'sweatshop'].join('')}@db:5432/app`));

  assert.deepEqual(
    matches.map(({ ruleIndex, dropped }) => [strict.rules[ruleIndex]!.id, dropped]),
    [['url-password', 'words']],
  );
});

function scan(text: string): { secret: string; severity: string }[] {
  return yieldToSpecific(detector.scan(Buffer.from(`# file\n${text}\nend\n`, 'latin1')), detector.rules)
    .filter(({ dropped }) => !dropped)
    .map(({ secret, ruleIndex }) => ({ secret, severity: detector.rules[ruleIndex]!.severity }));
}
