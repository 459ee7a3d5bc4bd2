import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSampler } from '../rules/sampler.ts';
import { createDetector } from './detector.ts';

const sample = createSampler('values of names');
const detector = createDetector();

const noSecrets: Readonly<Record<string, readonly string[]>> = {
  'a version or a range of versions': [
    '"@aws-sdk/credential-providers": "^3.188.0",',
    '"@acme/password": "~2.10.1"',
    '"@acme/auth-token": "1.x || 2.x"',
    '"@acme/private-key": "^7.4|^8.0",',
    '"acme/php-token-stream": ">=1.1.3,<1.3.0"',
    '"acme/password": "1.0.*@dev"',
    '"acme-password": ">= 1.2.3 <2.0.0-rc.1"',
    '"acme-password": "1.2.3 - 2.3.4"',
    '"acme-credential": "npm:@acme/credential@^3.188.0"',
    '"acme-credential": "workspace:^3.188.0"',
    'acme-credential = "~> 7.10.1"',
  ],
  'the word of a shell expansion': [
    'case "${MVNW_PASSWORD:+has-password}" in',
    'echo "${APP_SECRET:+secret-is-set-1}"',
    'echo "${DB_PASSWORD+is-set-1}"',
    'POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set-it-in-file-1}',
    'echo "${DB_PASSWORD:?say-it 1}"',
  ],
  prose: [
    `I can't pass "io.spring.javaformat:spring-javaformat-maven-plugin:0.0.31:validate" to it`,
    "Then pass 'no-cache=1' along",
    'token = "org.acme.parts:acme-maven-plugin:1.2.31:check"',
  ],
  'a translation': [
    '"smtp-password": "SMTP парола",',
    '"password": "Contraseña",',
    '"form.password": "ntfy パスワード（任意）",',
    '"error.bad_credentials": "使用者名稱或密碼無效，至少8位",',
    'password: Jelszó',
    '"change_password": "Heslo změněno před 3 dny"',
    '"password-not-match": "A jelszavak nem egyeznek.",',
    'create_token: Стварыць',
  ],
  'code and what code names': [
    'password = serializers.CharField(max_length=128, write_only=True)',
    'config.reset_password_within = 6.hours',
    "'password' => 'required|string|min:6|confirmed',",
    'user.Password = *u.Password',
    'password: !!link.password,',
    '"viewPassword": !hide_passwords,',
    'const password = platform?.env?.ADMIN_PASSWORD;',
    'const PASSWORD_ITERATION: i32 = 100_000;',
    '$pass = env("PHP_AUTH_PW");',
    "pass_phrase: '%env(JWT_PASSPHRASE)%'",
    "'password' => '{$password1}',",
    'URL=postgres://<USER>:<PASSWORD>@db-1.internal:5432/app1?sslmode=disable',
    "renameIndex('oauth2_access_tokens', 'idx_368a4209a76ed395', 'user_id')",
    'token = "FK_368A4209A76ED395"',
    'pToken=pSegcsr!=0;',
    '[![x](https://codecov.io/gh/acme/app/branch/main/graph/badge.svg?token=77F8TYTP13)]',
    "resource adminPassword 'Microsoft.KeyVault/vaults/secrets@2022-07-01' = {",
    'password: *dev_password*',
    'password: *dev_password',
    '#   api_key: a1B2c3D4e5F6',
  ],
};

for (const [kind, texts] of Object.entries(noSecrets)) {
  test(`${kind} is no secret`, () => {
    for (const text of texts) assert.deepEqual(find(text), [], text);
  });
}

test('what only resembles them is kept', () => {
  const value = `${sample.alnum(9)}7`;
  const random = sample.alnum(24);
  const texts: readonly [string, string][] = [
    [`"\${DB_PASSWORD:-${value}}"`, value],
    [`\${DB_PASSWORD:=${value}}`, value],
    [`mysql --pass "${value}"`, value],
    [`password: "+${value}"`, `+${value}`],
    [`password: "пароль7${value}"`, Buffer.from(`пароль7${value}`).toString('latin1')],
    [`password: "^${value}|8.0"`, `^${value}|8.0`],
    [`password: "1.${value}!"`, `1.${value}!`],
    [`DB_PASSWORD=!!${value}`, `!!${value}`],
    [`DB_PASSWORD=*${value}#`, `*${value}#`],
    [`https://host/x?token=${random}`, random],
  ];

  for (const [text, secret] of texts) assert.deepEqual(find(text), [secret], text);
});

function find(text: string): string[] {
  return [
    ...new Set(
      detector
        .scan(Buffer.from(`# file\n${text}\nend\n`))
        .filter(({ dropped }) => !dropped)
        .map(({ secret }) => secret),
    ),
  ];
}
