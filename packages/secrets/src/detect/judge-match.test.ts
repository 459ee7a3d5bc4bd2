import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSampler } from '../rules/sampler.ts';
import { createDetector } from './detector.ts';
import { dropReasons, explainDrop } from './drop-reason.ts';
import type { DropReason } from './drop-reason.ts';

const sample = createSampler('verdicts');
const detector = createDetector({
  enabledRules: [
    'generic-password',
    'generic-secret',
    'generic-api-key',
    'generic-token',
    'authorization-bearer',
    'url-password',
    'github-personal-access-token',
    'sql-user-password',
  ],
});

const dropped: [DropReason, string[]][] = [
  [
    'placeholder',
    [
      'password = "changeme"',
      'api_key: "YOUR_API_KEY_12345"',
      'token = "xxxxxxxxxxxxxxxx1"',
      'secret: "<your-secret-2-here>"',
      'PASSWORD="%(db_password)s"',
      'token: "{{ .Values.token1 }}"',
      'password=example-Pass-1',
      'password: "Replace-Me-123"',
      'APP_KEYS="toBeModified1,toBeModified2"',
      'postgres://user:password@localhost/db',
    ],
  ],
  [
    'repetitive',
    [
      'password = "aaaaaaaa"',
      'secret = "1234567890abcdef"',
      'token = "abcabcabcabcabc1abcabc"'.replace('1', ''),
      'api_key = "00000000000000000000000a"',
    ],
  ],
  [
    'reference',
    ['password = "$DB_PASSWORD1"', 'secret = "process.env.SECRET_1"', 'token: "vault:secret/data/app1#token"', 'password=os.environ["P1"]'],
  ],
  [
    'words',
    [
      'password = "correct horse"',
      'password: "Choose something else!"',
      'secret = "application secrets are here 1"',
      'password = "swordfish"',
    ],
  ],
  [
    'identifier',
    [
      'secret: oauth2ClientSecret',
      'token = "user_session_token_2"',
      'api_key = "stripeApiKeyV2"',
      '"token-types": "^5.0.0-alpha.2"',
      '"@acme/csrf-token": "0.0.0-experimental-c8b778b7f-20220825"',
      '"@acme/token": ">=1.2.3-rc.1"',
      'char[] password = System.getenv("MVNW_PASSWORD").toCharArray();',
      'token: fetch("XQZJ_TOKEN")',
      'secret = lookup("QZX2_SECRET_KEY_BASE")',
    ],
  ],
  [
    'not-a-credential',
    [
      'password_field = "Xk29dLq8sZ"',
      'tokenUrl = "Xk29dLq8sZ17"',
      'SECRET_NAME=Xk29dLq8sZ17',
      'secret_hash = "Xk29dLq8sZ17"',
      'passwordPlaceholder: "Xk29dLq8sZ"',
    ],
  ],
  [
    'hash-or-id',
    [
      'password = "$2b$12$Xk29dLq8sZ17mQp4Wn6RtY"',
      'secret = "sha256:0123abcd9876fedc5678"',
      'password: "{SSHA}Xk29dLq8sZ17Xk2"',
      'token: "urn:uuid:a515cfa4-5da4-22e1-f5b5-00a0451e6bf7"',
    ],
  ],
  ['path-or-url', ['secret = "/etc/app/secret2.json"', 'api_key = "https://host/path1"', 'token: "certs/token-signing1.pem"']],
  ['too-simple', ['token = "12345.6789.2"', 'password: "2.11.3"', 'secret = "2026-01-02"']],
  ['binary', ['password="a\x01b\x02c\x03d4"', 'pwd=\xff\xfea1\xfc\xa7b2c3']],
  ['checksum', [`ghp_${sample.alnum(36)}`]],
];

for (const [reason, texts] of dropped) {
  test(`${reason}: ${explainDrop(reason)}`, () => {
    for (const text of texts) {
      const matches = detector.scan(Buffer.from(text, 'latin1'));
      assert.deepEqual(
        matches.filter((match) => !match.dropped),
        [],
        text,
      );
      assert.ok(
        matches.some((match) => match.dropped === reason) || matches.length === 0,
        `${text}: ${matches.map((match) => match.dropped).join()}`,
      );
    }
    assert.ok(
      texts.some((text) => detector.scan(Buffer.from(text, 'latin1')).some((match) => match.dropped === reason)),
      'none is dropped for this reason',
    );
  });
}

test('what people and generators choose as passwords and secrets is kept', () => {
  const kept = [
    ...['Tr0ub4dor&3', 'hunter42!', 'S!cherheit99', 'zxcvB#nm8', 'kJ8$2mQz'].map((value) => `password = "${value}"`),
    ...[sample.alnum(16), sample.hex(32), sample.base64(43), sample.uuid(), sample.lower(24)].map((value) => `client_secret: "${value}"`),
    `token: "1000.${sample.hex(32)}.${sample.hex(32)}"`,
    `DB_PASSWORD=${sample.alnum(9)}4`,
    `  - password: ${sample.alnum(9)}4`,
    `const apiKey = '${sample.alnum(32)}';`,
    `X-Auth-Token: ${sample.hex(40)}`,
    `spring.datasource.password=${sample.alnum(9)}4!`,
    `<password>${sample.alnum(9)}4</password>`,
    `:password => '${sample.alnum(9)}4',`,
    `password := "${sample.alnum(9)}4"`,
    `ENV API_TOKEN=${sample.alnum(19)}4`,
    `os.environ["SECRET_KEY"] = "${sample.alnum(30)}"`,
    `password: str = "${sample.alnum(9)}4"`,
    `getenv("DB_PASSWORD", "${sample.alnum(9)}4")`,
    `{\\"secret\\":\\"${sample.alnum(20)}\\"}`,
    `[string]$Password = "${sample.alnum(9)}4"`,
    `variable "db_password" { default = "${sample.alnum(9)}4" }`.replace('" { default', '" default'),
  ];

  for (const text of kept) {
    const found = detector.scan(Buffer.from(text, 'latin1')).filter((match) => !match.dropped);
    assert.equal(found.length, 1, text);
  }
});

test('every reason can be explained in one sentence', () => {
  for (const reason of dropReasons) assert.match(explainDrop(reason), /^[A-Z][^.]+\.$/);
});
