import type { Rotation, Rule } from './rule.ts';

const rotation: Rotation = {
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  steps: [
    'Find out from the request which service accepts it.',
    'Revoke the token or change the password there.',
    'Look in its logs for use you do not know.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'authorization-basic',
    title: 'User name and password of an HTTP request',
    provider: 'Generic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['Basic ', 'basic '],
    expression: /[Bb]asic (?<secret>(?=[a-z]{0,200}[A-Z0-9+/])[A-Za-z0-9+/]{8,200}={0,2})(?![A-Za-z0-9+/=])/,
    isValid: isUserAndPassword,
    source: 'https://www.rfc-editor.org/rfc/rfc7617',
    rotation,
    examples: {
      matches: [
        (sample) => `Authorization: Basic ${basic('deploy', `${sample.alnum(12)}5`)}`,
        (sample) => `curl -H 'Authorization: Basic ${basic('a.user@acme.io', `${sample.alnum(9)}!8`)}'`,
      ],
      misses: [
        () => `Authorization: Basic ${basic('user', 'password')}`,
        () => 'Basic authentication1 is used here',
        (sample) => `Basic ${sample.alnum(24)}`,
      ],
    },
  },
  {
    id: 'authorization-bearer',
    title: 'Bearer token of an HTTP request',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: ['bearer '],
    expression: /bearer (?<quote>)(?<secret>[\w.~+/-]{16,400}={0,2})(?![\w.~+/=-])/i,
    chosen: 'random',
    minEntropy: 3,
    source: 'https://www.rfc-editor.org/rfc/rfc6750',
    rotation,
    examples: {
      matches: [
        (sample) => `Authorization: Bearer ${sample.alnum(40)}`,
        (sample) => `headers = {"Authorization": "Bearer ${sample.hex(32)}"}`,
      ],
      misses: [
        () => 'Authorization: Bearer ${TOKEN}',
        () => 'a bearer authentication-scheme-name is needed',
        () => '"Bearer " + accessToken',
      ],
    },
  },
  {
    id: 'curl-user-password',
    title: 'Password on a curl command line',
    provider: 'Generic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['curl '],
    expression:
      /curl(?:[^\r\n|\\]|\\[^\r\n]|\\\r?\n){0,320}?(?<=[ \t\n])(?:-[a-zA-Z]{0,4}[uU]|--user|--proxy-user)[= ]{0,3}(?:["']?[^\s:"'$]{0,64}["']?:["']?(?<quote>)(?<secret>[^\s"'$<{][^\s"'`]{2,128}|\{[^\s"'{}]{6,64}\})|["']?(?<quote>)(?<secret>[^\s:"'$<{}]{8,128}):(?=["'\s]|$))/,
    reach: 640,
    multiline: true,
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://curl.se/docs/manpage.html#-u',
    rotation,
    examples: {
      matches: [
        (sample) => `curl -s -u admin:${sample.alnum(12)}3 https://host/api`,
        (sample) => `curl --user "ci:${sample.alnum(12)}6" -X POST https://host`,
        (sample) => `curl -sku ci:'${sample.alnum(12)}6' https://host`,
        (sample) => `curl -X POST https://host \\\n  -H 'Accept: */*' \\\n  -u ci:${sample.alnum(12)}6`,
        (sample) => `curl https://host/v1/charges -u "${sample.alnum(20)}6:"`,
      ],
      misses: [
        () => 'curl -u user:password https://host',
        () => 'curl -u "$USER:$PASS" https://host',
        (sample) => `curl https://host\ngit -u ci:${sample.alnum(12)}6`,
      ],
    },
  },
  {
    id: 'curl-option-password',
    title: 'Password in an option of libcurl',
    provider: 'Generic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['CURLOPT_'],
    expression:
      /CURLOPT_[A-Z0-9_]{0,16}(?:PASSWORD|PASSWD|USERPWD|BEARER)["']?[ \t]{0,4}(?:,|=>)[ \t]{0,8}(?:"(?<quote>)(?:[\w.@-]{1,40}:)?(?<secret>[^"\\\s]{4,200})"|'(?<quote>)(?:[\w.@-]{1,40}:)?(?<secret>[^'\\\s]{4,200})')/,
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://curl.se/libcurl/c/CURLOPT_USERPWD.html',
    rotation,
    examples: {
      matches: [
        (sample) => `curl_easy_setopt(curl, CURLOPT_USERPWD, "root:${sample.alnum(10)}4");`,
        (sample) => `curl_setopt($ch, CURLOPT_PROXYPASSWORD, '${sample.alnum(10)}#2');`,
      ],
      misses: [
        () => 'curl_easy_setopt(curl, CURLOPT_USERPWD, "user:password");',
        () => 'curl_setopt($ch, CURLOPT_USERPWD, $user . ":" . $password);',
      ],
    },
  },
];

/** Printable `user:password` with a password that is more than a first guess. */
function isUserAndPassword(secret: string): boolean {
  const text = Buffer.from(secret, 'base64').toString('latin1');
  const found = /^[\x20-\x39\x3b-\x7e]{1,100}:([\x20-\x7e]{4,150})$/.exec(text);
  return found !== null && !/^(?:pass(?:word|wd)?|secret|test|admin|guest|open ?sesame|bar|pwd)\d*$/i.test(found[1]!);
}

function basic(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}
