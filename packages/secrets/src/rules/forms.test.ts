import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assigned, credentialsOf, token } from './forms.ts';

const value = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const expression = assigned(credentialsOf('acme'), '[0-9a-f]{32}');

const assignments = [
  `ACME_API_KEY=${value}`,
  `export ACME_API_KEY="${value}"`,
  `set ACME_API_KEY "${value}"`,
  `ENV ACME_TOKEN ${value}`,
  `ACME_API_KEY ?= ${value}`,
  `ACME_API_KEY ::= ${value}`,
  `$acmeToken .= "${value}";`,
  `acme_token += '${value}'`,
  `acme.api.key = ${value}`,
  `acme-api-key: ${value}`,
  `acme_api_key := "${value}"`,
  `"acmeApiKey": "${value}",`,
  `"{\\"acmeApiKey\\":\\"${value}\\"}"`,
  `'acme' => ['key' => '${value}'],`,
  `"acme": {"token": "${value}"}`,
  `{ "name": "ACME_SECRET", "value": "${value}" }`,
  `<add key="AcmeApiKey" value="${value}"/>`,
  `<acme.password>${value}</acme.password>`,
  `os.environ["ACME_TOKEN"] = "${value}"`,
  `os.getenv('ACME_TOKEN', '${value}')`,
  `process.env.ACME_TOKEN || '${value}'`,
  `process.env.ACME_TOKEN ?? "${value}"`,
  `ENV['ACME_TOKEN'] ||= '${value}'`,
  `: \${ACME_TOKEN:-${value}}`,
  `client.withAcmeToken("${value}")`,
  `Acme::Client.new(api_key: "${value}")`,
  `new Acme({ apiKey: '${value}' })`,
  `define('ACME_SECRET', '${value}');`,
  `deploy --acme-token ${value} --yes`,
  `curl -H "X-Acme-Api-Key: ${value}"`,
  `req.Header.Set("Acme-Authorization", "Bearer ${value}")`,
  `const acmeToken: string = "${value}";`,
  `var acmeKey string = "${value}"`,
  `pub const ACME_KEY: &'static str = "${value}";`,
  `acmeKey := []byte("${value}")`,
  `NSString *acmeKey = @"${value}";`,
  `acme_token = b'${value}'`,
  `ACME_KEY_PROD=${value}`,
  `https://api.example/v1?acme_token=${value}&page=2`,
];

test('an assigned value is found in the notations of configuration files and languages', () => {
  for (const text of assignments) assert.equal(find(expression, text, 'acme'), value, text);
});

const others = [
  `"acme": "${value}"`,
  `acme-1.2.3.tgz: ${value}`,
  `see acme ${value}`,
  `ACME_PATH=${value}`,
  `acme_author = ${value}`,
  `acme_keyboard = ${value}`,
  `ACME_KEY_MD5=${value}`,
  `acme-key.gpg: ${value}`,
  `ACME_PUBLIC_KEY=${value}`,
  `acme: { publicKey: '${value}' }`,
  `acme-token-checksum: ${value}`,
  `acme_access_key_id = ${value}`,
  `acme_token = ${value}ff`,
  `acme_token = ${value}.png`,
  `acme_token = ${value}(`,
  `acme_token\n${value}`,
  `acme_token = prefix-${value}`,
];

test('a value that is not assigned to a credential, or has more than the form, is left', () => {
  for (const text of others) assert.equal(find(expression, text, 'acme'), undefined, text);
});

test('a token is found after escapes but not inside a longer word', () => {
  const form = token('tkn_[a-z]{4}');

  for (const text of ['tkn_abcd', 'x=tkn_abcd', '"a\\ntkn_abcd"', 'q=1%3Dtkn_abcd', '$tkn_abcd.'])
    assert.equal(find(form, text, 'tkn_'), 'tkn_abcd', text);
  for (const text of ['atkn_abcd', '_tkn_abcd', 'tkn_abcde', 'tkn_abcd_']) assert.equal(find(form, text, 'tkn_'), undefined, text);
});

test('the shared forms take linear time on text made to slow them down', () => {
  const pumps = ['acme_key', 'acme.', "acme['", 'acme: ', 'acme key ', 'acme_key = ', 'acme("', 'acmekey\\"', 'acme_key: a'];
  const sticky = new RegExp(expression.source, 'iy');

  for (const pump of pumps) {
    const text = pump.repeat(512 / pump.length);
    // The best of a hundred: others use this machine too.
    let best = Infinity;
    for (let i = 0; i < 100; i++) {
      const start = performance.now();
      sticky.lastIndex = 0;
      sticky.exec(text);
      best = Math.min(best, performance.now() - start);
    }
    assert.ok(best < 1, `a window of ${JSON.stringify(pump)} takes over a millisecond`);
  }
});

/** The secret at the first place of the keyword where the expression matches. */
function find(form: RegExp, text: string, keyword: string): string | undefined {
  const sticky = new RegExp(form.source, `${form.flags}y`);
  const haystack = text.toLowerCase();
  for (let at = haystack.indexOf(keyword); at !== -1; at = haystack.indexOf(keyword, at + 1)) {
    sticky.lastIndex = at;
    const secret = sticky.exec(text)?.groups?.['secret'];
    if (secret !== undefined) return secret;
  }
  return undefined;
}
