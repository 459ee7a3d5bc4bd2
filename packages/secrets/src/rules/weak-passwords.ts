import type { Rotation, Rule } from './rule.ts';

const source = 'https://cwe.mitre.org/data/definitions/521.html';

const rotation: Rotation = {
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html',
  steps: [
    'Find out whether anything accepts the value; many of this kind are made up for tests.',
    'If something does, give it a random password: one of words is guessed in minutes.',
    'Read the new one from a secret store when the program starts.',
  ],
};

/** Actions and states that the name begins with: then the value is a name as well. */
const notActions =
  '(?<!forgot[_-]?|reset[_-]?|change[_-]?|update[_-]?|invalid[_-]?|wrong[_-]?|show[_-]?|hide[_-]?|toggle[_-]?|has[_-]|lost[_-]?|require[_-]?|verify[_-]?|(?:name|user), ?)';
const names = `${notActions}(?:pass(?:words?|wd|phrases?|wort|code)?|pwd|pw)(?:[_-]?\\d{1,3})?`;
const nameEnd = '[\\\\"\'`\\])]{0,4}';
const operator = [
  '[ \\t]{0,16}(?:=>|:=|={1,3}|!={1,2}|\\?\\?=|\\|\\|=?|\\?=|:|%3D)[ \\t]{0,16}',
  "[ \\t]{0,4}:[ \\t]{0,4}[&A-Za-z][\\w.<>&' ]{0,24}?[ \\t]{0,4}=[ \\t]{0,4}",
  '[ \\t]{1,4}(?:string|str|as string)[ \\t]{0,2}=[ \\t]{0,4}',
  '[ \\t]{1,4}(?:value|content)[ \\t]{0,2}=[ \\t]{0,2}',
  '(?<!pass|pwd|pw)[ \\t]{1,16}(?=["\'])',
].join('|');
/** What makes a string of a literal. */
const wrapping =
  '(?:(?:some|just|option\\.of|new string|securestring|new securestring|string::from|std::string|to_string|b64encode|none, )\\(?|\\(|[bru@$]{1,2}(?=["\'])|\\[\\]byte\\()?';

function quoted(minLength: number): string {
  return `(?<quote>\\\\{0,3}["'\`])(?<secret>[^\\s"'\`<>{}$|;,()\\[\\]&\\\\][^\\s"'\`<>{}|;,()\\[\\]\\\\]{${minLength - 1},48})\\\\{0,3}["'\`]`;
}
const bare = '(?<secret>[A-Za-z][\\w!@%^*.+-]{3,40})';

export const rules: readonly Rule[] = [
  {
    id: 'generic-weak-password',
    title: 'Password made of words',
    provider: 'Generic',
    severity: 'low',
    precision: 'generic',
    keywords: ['pass', 'pwd', 'pw:', 'pw='],
    expression: new RegExp(
      `${names}(?:${nameEnd}(?:${operator})${wrapping}${quoted(4)}|(?<bare>)(?:=${bare}(?=[\\s"'\`&]|\\\\|$)|(?<=_pass|word|wd|phrase): ${bare}(?=[ \\t]*(?:\\r|#|$))))`,
      'i',
    ),
    reach: 160,
    needsOperator: true,
    chosen: 'weak',
    source,
    rotation,
    examples: {
      matches: [
        () => `DB_PASSWORD=${words('correct', 'horse')}`,
        () => `  password: "${words('velvet', 'sweatshop')}"`,
        () => `<add key="ClearTextPassword" value="${words('Test', 'Source', 'Password')}" />`,
        () => `password = Some("${words('apple', 'pie')}")`,
        () => `      POSTGRES_PASSWORD: ${words('banana', 'split')}\n`,
      ],
      misses: [
        () => 'password: "password"',
        () => 'const RESET_PASSWORD = "resetPassword"',
        () => '"password": "Passwort"',
        () => 'password: "required"',
        () => 'password = user.password',
        () => 'password: string',
        () => 'password = "Enter your password"',
        () => 'label_for_password = "auth.password.label"',
        () => 't.pass("called")',
        () => 'expect pass "scope" to be',
        () => 'echo PASS: Initial',
      ],
    },
  },
  {
    id: 'generic-weak-password-setting',
    title: 'Password made of words in a configuration file',
    provider: 'Generic',
    severity: 'low',
    precision: 'generic',
    keywords: ['password', 'passwd', 'passphrase'],
    expression: new RegExp(
      `${notActions}(?:password|passwd|passphrase)[ \\t]{0,16}(?:[:=][ \\t]{1,16}|=|[ \\t])${bare}[ \\t]*(?:\\r|#|$)`,
      'i',
    ),
    reach: 160,
    needsOperator: true,
    paths:
      /^(?!.*(?:locale|i18n|l10n|lang|translation|messages)).*(?:\.(?:ya?ml|properties|ini|conf|cnf|cfg|env|j2|tpl|tmpl|dist|sample)|\.env[\w.-]*)$/i,
    chosen: 'weak',
    source,
    rotation,
    examples: {
      matches: [() => `openvpn_password: ${words('velvet', 'sweatshop')}`, () => `spring.datasource.password = ${words('apple', 'pie')}\n`],
      misses: [
        () => 'password: string',
        () => 'password: required',
        () => 'password: Passwort',
        () => 'password: the one that you chose',
        () => 'password = user.password',
      ],
    },
  },
  {
    id: 'generic-weak-secret',
    title: 'Secret made of words',
    provider: 'Generic',
    severity: 'low',
    precision: 'generic',
    keywords: ['secret', 'token=', '_key=', 'apikey='],
    expression: new RegExp(
      `(?:(?<bare>)(?:secret(?:_key)?|token|(?<!gpg|pgp|pub|public)_key|apikey)=(?<secret>[A-Za-z][\\w-]{7,48})(?=[\\s"'\`&]|\\\\|$)|(?<!no[_-]?|not[_-]?|\\.)secret(?:[_-]?key|[_-]?token)?${nameEnd}(?:${operator})${wrapping}${quoted(8)})`,
      'i',
    ),
    reach: 160,
    needsOperator: true,
    chosen: 'weak',
    source,
    rotation,
    examples: {
      matches: [
        () => `DROPBOX_OAUTH_SECRET=${words('dropbox', 'oauth', 'secret')}`,
        () => `client_secret="${words('some', 'client', 'secret')}"`,
        () => `export ACME_KEY=${words('acme', 'master', 'key')}`,
      ],
      misses: [
        () => 'secret: "my-tls-secret"',
        () => 'client_secret = "client_secret"',
        () => 'SECRET="SECRET_NAME"',
        () => 'secret = "secretName"',
        () => 'sort_key=created_at',
      ],
    },
  },
  {
    id: 'generic-weak-passphrase',
    title: 'Passphrase',
    provider: 'Generic',
    severity: 'low',
    precision: 'generic',
    keywords: ['password', 'passphrase', 'secret', 'api_key'],
    expression: new RegExp(
      `${notActions}(?:password|passphrase|secret|api_key)(?:_\\w{1,16})?["']?[ \\t]{0,4}(?:=>?|:=?)[ \\t]{0,4}(?:(?<quote>")(?<secret>[a-z]{2,16}(?: [a-z]{2,16}){1,9})"|(?<quote>')(?<secret>[a-z]{2,16}(?: [a-z]{2,16}){1,9})')`,
    ),
    reach: 260,
    needsOperator: true,
    chosen: 'weak',
    source,
    rotation,
    examples: {
      matches: [
        () => `password = "${['correct', 'horse', 'battery', 'staple'].join(' ')}"`,
        () => `secret: '${['keyboard', 'cat'].join(' ')}'`,
      ],
      misses: [
        () => 'password: "must be at least eight characters"',
        () => 'password = "enter your password"',
        () => 'secret: "the client secret"',
        () => 'password: "too short"',
      ],
    },
  },
  {
    id: 'weak-login-password',
    title: 'Password made of words in a log-in',
    provider: 'Generic',
    severity: 'low',
    precision: 'generic',
    keywords: ['directoryentry(', 'usernamepasswordcredential(', 'httpbasicauth(', 'basic_auth(', 'basic_auth ', 'basicauth('],
    expression:
      /(?:directoryentry\((?:[^,\r\n]{1,120},)?|usernamepasswordcredential\(|httpbasicauth\(|basic_?auth(?:\(| ))[ \t]{0,2}["'][^"'\r\n]{1,80}["'][ \t]{0,2},[ \t]{0,2}(?:(?<quote>")(?<secret>[^\s"'<>{}$|]{4,64})"|(?<quote>')(?<secret>[^\s"'<>{}$|]{4,64})')/i,
    reach: 320,
    chosen: 'weak',
    source,
    rotation,
    examples: {
      matches: [
        () => `new DirectoryEntry("LDAP://10.0.0.1", "acme\\\\jane", "${words('velvet', 'sweatshop')}")`,
        () => `requests.get(url, auth=HTTPBasicAuth('jane', '${words('apple', 'pie')}'))`,
      ],
      misses: [
        () => `HTTPBasicAuth('user', 'password')`,
        () => 'basic_auth("user", password)',
        () => `req.basic_auth 'jane', '${'x'.repeat(6)}'`,
      ],
    },
  },
];

/** Put together here, as no file of this project holds what looks like a secret. */
function words(...parts: readonly string[]): string {
  return parts.join('');
}
