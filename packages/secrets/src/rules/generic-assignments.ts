import type { Rotation, Rule } from './rule.ts';

const source = 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html';

const rotation: Rotation = {
  url: source,
  steps: [
    'Find out which system accepts the value and change it there.',
    'Look in the logs of that system for use you do not know.',
    'Keep the new value in a secret store and read it from there when the program starts.',
  ],
};

const nameEnd = '(?<tail>[\\w.\\-]{0,40}?)(?:\\[\\w{0,16}\\])?[\\\\"\'`\\]})]{0,4}';
const operator = [
  "[ \\t]{0,4}:[ \\t]{0,4}[&A-Za-z][\\w.<>&'\\[\\] |?]{0,32}?[ \\t]{0,4}=[ \\t]{0,4}",
  '[ \\t]{1,4}(?:[*&]|const |as )?(?:string|str|text|\\[\\]byte|(?:std::)?w?string(?:_view)?)[ \\t]{0,2}=[ \\t]{0,4}',
  '[ \\t]{0,16}(?:=>|:{1,3}=|\\.=|:-|={1,3}|!={1,2}|\\|\\|=|\\?\\?=|\\?=|\\+=|%3D|[:=(>|])[ \\t]{0,16}',
  ',[ \\t]{0,4}\\\\{0,3}["\']?(?:default)?value\\\\{0,3}["\']?[ \\t]{0,2}[:=][ \\t]{0,4}',
  '(?<=["\'`])[ \\t]{0,4},[ \\t]{0,8}(?=[\\\\"\'`])',
  '[ \\t,]{1,4}(?:value|content|default)[ \\t]{0,2}=[ \\t]{0,2}',
  // `pass "…"` is what tests, players and people do.
  '(?<=\\w)(?<!(?<![\\w-])pass)[ \\t]{1,8}(?=["\'])',
  '[ \\t]{1,8}(?:or|\\|\\||\\?\\?|\\?:)[ \\t]{1,4}(?=["\'])',
].join('|');
const wrapping =
  '(?:(?:(?!credentials\\()[A-Za-z_.:@&!]{1,32}\\(){1,2}(?:["\'][\\w.\\-]{1,64}["\'],[ \\t]{0,4})?|\\[\\]byte\\(|[burfln@$]{1,2}(?=["\'])|(?:&[\\w-]{1,24}|!!?\\w{1,12})[ \\t]{1,2}|&quot;|\\(|@")?';

/** `${NAME:+word}` of shells says `word` when there is a value, `${NAME:?message}` what to say when there is none. */
const expansion = '(?<=:)[+?][^}\\r\\n]{0,160}\\}';

/** What a value without quotes may be: it ends where a line, a list, a comment or the next sentence goes on. */
function unquoted(minLength: number): string {
  return `(?<secret>(?!//|/\\*|${expansion})[^\\s"'\`<>()\\[\\]{},;|\\\\$=:&#-][^\\s"'\`<>()\\[\\]{},;|\\\\&]{${minLength - 2},360}[^\\s"'\`<>()\\[\\]{},;|\\\\&.:])(?=[\\s,;)\\]}&<"'\`|]|\\\\[nr"]|\\.{1,3}(?:[\\s)"']|$)|$)`;
}

/** The same value for each kind of quote, JSON-escaped ones too. */
function quoted(minLength: number): string {
  const inside = (quote: string): string => `(?:[^${quote}\\\\\\r\\n]|\\\\[^\\r\\n]){${minLength},400}`;
  return (
    ['"', "'", '`']
      .map((quote) => `(?<quote>${quote})${scheme}(?<secret>${inside(quote)})${quote}`)
      .concat(`(?<quote>\\\\{1,3}["'])(?<secret>[^"'\\\\\\r\\n]{${minLength},400})\\\\{1,3}["']`)
      .concat(`(?<quote>'''|""")(?<secret>[^'"\\s\\\\]{${minLength},400})`)
      // In a string of SQL, CSV, YAML or PowerShell, and in a string of such a string.
      .concat(`(?<quote>(?:''){1,2}|(?:""){1,2})(?<secret>[^'"\\s\\\\,;:)\\]}+.][^'"\\s\\\\]{${minLength - 1},400})(?:''|"")`)
      .join('|')
  );
}

/** What may stand before the value of a header: `Authorization: Token …`. */
const scheme = '(?:(?:(?:api-|private-)?token|api-?key|key|oauth|ntlm)[ \\t]{1,2})?';

function assignment(names: string, minLength: number): RegExp {
  return new RegExp(
    `(?:${names})${nameEnd}(?:${operator})${wrapping}(?:${quoted(minLength)}|${scheme}${unquoted(Math.max(6, minLength))})`,
    'i',
  );
}

export const rules: readonly Rule[] = [
  {
    id: 'generic-password',
    title: 'Password',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: ['pass', 'pwd', 'pw:', 'pw=', 'psw', 'pssw', 'pasw'],
    expression: assignment(
      'pass(?:words?|wd|phrases?|codes?|w[a-z]{1,5}(?![a-z]))|(?:(?<![a-z])|(?<=db|sql|user|smtp|root|mail|ftp|ssh|min|host|ogin|key|tore|repl))pass(?![a-z])|pwd|p(?:s{1,2}|as)w[a-z]{0,4}|pw',
      5,
    ),
    reach: 600,
    needsOperator: true,
    chosen: 'password',
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `DB_PASSWORD=${sample.alnum(12)}7x`,
        (sample) => `  password: "${sample.alnum(5)}!${sample.alnum(5)}9"`,
        (sample) => `EXECUTE('CREATE LOGIN app WITH PASSWORD = ''${sample.alnum(9)}!7''')`,
        (sample) => `1,"{""password"":""${sample.alnum(9)}!7""}"`,
        (sample) => `Log in with the password: ${sample.alnum(9)}7. Then go on.`,
        (sample) => `<add key="SmtpPassword" value="${sample.alnum(9)}#1"/>`,
        (sample) => `define('DB_PASSWORD', '${sample.alnum(10)}$2');`,
        (sample) => `{\\"password\\": \\"${sample.alnum(11)}5\\"}`,
        (sample) => `private final String dbPasswd = "${sample.alnum(9)}8k";`,
      ],
      misses: [
        () => 'password = os.environ["DB_PASSWORD"]',
        () => 'password: "changeme"',
        () => "{ password: '', confirmation7: '', token: '' }",
        () => 'password = "" + salt7 + ""',
        () => 'PASSWORD=${DB_PASSWORD}',
        () => 'password_field = "user_password2"',
        () => "t('password', 'Enter your new password')",
        () => 'if (password == null || password.length < 8)',
        () => 'const password = generatePassword(16)',
        () => "password = password.encode('latin-1')",
        () => 'password: "Passw0rd!"',
        () => 'this.addPassword = "#add-password"',
        () => 'password=p%40ssword',
      ],
    },
  },
  {
    id: 'generic-secret',
    title: 'Secret',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: [
      'secret',
      'credential',
      'private_key',
      'privatekey',
      'private-key',
      'signing_key',
      'signingkey',
      'encryption_key',
      'encryptionkey',
      'encryption-key',
      'master_key',
      'masterkey',
    ],
    expression: assignment('secret(?: key)?|credential(?!s?\\()|(?:private|signing|encryption|master)[_\\-]?key', 8),
    reach: 600,
    needsOperator: true,
    chosen: 'random',
    minEntropy: 2.5,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `client_secret = "${sample.alnum(32)}"`,
        (sample) => `SECRET_KEY=${sample.hex(64)}`,
        (sample) => `  jwtSecret: '${sample.base64(43)}=',`,
        (sample) => `const secretKey = createSecretKey(Buffer.from('${sample.hex(64)}', 'hex'))`,
        (sample) => `ENCRYPTION_KEY: ${sample.base64(43)}=`,
      ],
      misses: [
        () => 'secret: "my-application-secret-name"',
        () => 'secretName: ingress-tls-certificate-2',
        () => 'SECRET_KEY = settings.SECRET_KEY',
        () => 'secrets.NewSecret(`[a-f0-9]{32}`)',
        (sample) => `credentialsId: '${sample.uuid()}'`,
        (sample) => `SecretSHA: "${sample.hex(64)}"`,
        () => `secret = "${Buffer.from('some longer words here').toString('base64')}"`,
        (sample) => `secret_path = "/run/secrets/${sample.lower(6)}"`,
      ],
    },
  },
  {
    id: 'generic-api-key',
    title: 'API key',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: [
      'api_key',
      'apikey',
      'api-key',
      'api key',
      'api.key',
      'access key',
      'access_key',
      'accesskey',
      'access-key',
      'auth_key',
      'authkey',
      'app_key',
      'appkey',
      'account_key',
      'accountkey',
      'license_key',
      'license-key',
      'licensekey',
      'subscription-key',
      'subscription_key',
      'service_key',
      'consumer_key',
      'application_key',
      '?key=',
      '&key=',
    ],
    expression: assignment(
      '(?:api|access|auth|app|account|subscription|service|license|consumer|application)[_\\-. ]?key(?![_\\-]?id)|(?<=[?&])key|[?&]key',
      10,
    ),
    reach: 600,
    needsOperator: true,
    chosen: 'random',
    minEntropy: 3,
    notSecrets: [
      // The key of the Azure storage emulator, the same everywhere.
      /^Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50u/,
      // Of the comments that Rails puts into `config/secrets.yml`.
      /^a1B2c3D4e5F6$/,
    ],
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `"apiKey": "${sample.alnum(32)}"`,
        (sample) => `X-API-Key: ${sample.hex(40)}`,
        (sample) => `curl 'https://host/v1?api_key=${sample.alnum(24)}&x=1'`,
      ],
      misses: [
        () => 'api_key = "YOUR_API_KEY_GOES_HERE"',
        () => 'apiKey: process.env.API_KEY',
        () => 'access_key_id: "some-identifier-12"',
      ],
    },
  },
  {
    id: 'generic-token',
    title: 'Token',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: ['token', 'authorization', 'authentication', '_auth', 'auth:', 'auth=', 'auth =', 'auth  ', 'auth":', "auth':"],
    expression: assignment(
      '(?<!ckey|nweb|dge\\.svg\\?|csrf|xsrf|srf[_\\-]|blic|lock|ock[_\\-]|man-|next|page|next_|page_|nticity_|nticity-)token(?!i[sz])|authorization|authentication(?:[ _\\-](?:key|token))?|_auth(?![a-z])|(?<=[a-z])auth(?=["\']?[ \\t]{0,16}:?[:=])',
      10,
    ),
    reach: 600,
    needsOperator: true,
    chosen: 'random',
    minEntropy: 2.7,
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `access_token: "${sample.alnum(40)}"`,
        (sample) => `storage_token: "${sample.alnum(40)}"`,
        (sample) => `basicAuth: "${sample.alnum(30)}7"`,
        (sample) => `TOKEN=rb${sample.alnum(20)}`,
        (sample) => `ENV NPM_TOKEN=${sample.lower(36)}`,
        (sample) => `curl -H "Authorization: Token ${sample.hex(40)}" https://host/api`,
        (sample) => `https://host/hook?token=${sample.alnum(24)}`,
      ],
      misses: [
        () => 'token = request.headers["authorization"]',
        () => 'tokenUrl: "https://login.example/oauth2/token"',
        (sample) => `csrf-token=${sample.base64(43)}=`,
        (sample) => `publicToken = "${sample.alnum(43)}"`,
        (sample) => `Postman-Token: ${sample.uuid()}`,
        () => 'SERVER_AUTH = []byte("1.3.6.1.5.5.7.3.1")',
        (sample) => `<input name="authenticity_token" value="${sample.base64(43)}=">`,
        () => 'Culture=neutral, PublicKeyToken=b77a5c561934e089',
        () => 'token_type = "urn:ietf:params:oauth:token-type:jwt"',
        () => 'const token = tokens[position2]',
        () => 'requireAuth: true, oauth: "authorization-code-flow2"',
      ],
    },
  },
];
