import type { Rotation, Rule } from './rule.ts';

const rotation: Rotation = {
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  steps: [
    'Find out which system accepts the value and change it there.',
    'Look in the logs of that system for use you do not know.',
    'Have the value put in from a secret store when the file is used.',
  ],
};

/** The ends of names, as `name: DB_PASSWORD` has in lists of environment variables. */
const upperCaseNames = ['PASSWORD', 'PASSWD', '_PASS', '_PWD', 'TOKEN', 'SECRET', '_KEY', 'CREDENTIALS'];
const names = 'password|passwd|passphrase|secret|token|(?:api|access|secret|private|signing|encryption|auth|account|storage)[ ._\\-]?key';

const bare = '(?<secret>[^\\s"\'`<>(){}\\[\\],;$&*|][^\\s"\'`<>]{4,400})';
const quotedOrBare = `(?:(?<quote>")(?<secret>[^"\\\\\\r\\n]{5,400})"|(?<quote>')(?<secret>[^'\\\\\\r\\n]{5,400})'|${bare}(?=\\s|$))`;

/** Names and values that stand in two entries or on two lines, where an assignment's expression does not see both. */
export const rules: readonly Rule[] = [
  {
    id: 'environment-list-value',
    title: 'Secret in a list of environment variables',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: upperCaseNames.flatMap((name) => ['\n', '\r', '"', "'"].map((end) => name + end)),
    expression: new RegExp(
      `(?:${upperCaseNames.join('|')})["']?,?\\s{1,60}["']?(?:[vV]alue|VALUE|default(?:Value)?)["']?[ \\t]{0,4}[:=][ \\t]{0,4}${quotedOrBare}`,
    ),
    multiline: true,
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/',
    rotation,
    examples: {
      matches: [
        (sample) => `env:\n  - name: DB_PASSWORD\n    value: "${sample.alnum(9)}!7"`,
        (sample) => `  - name: API_TOKEN\n    value: ${sample.alnum(19)}7\n`,
        (sample) => `{\n  "name": "SIGNING_KEY",\n  "value": "${sample.alnum(31)}7"\n}`,
        (sample) => `string(name: 'DB_PASSWORD', defaultValue: '${sample.alnum(9)}!7')`,
      ],
      misses: [
        () => '- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-secret-1',
        () => '- name: DB_PASSWORD\n  value: ${DB_PASSWORD}',
        () => '- name: TOKEN\n  value: "string"',
      ],
    },
  },
  {
    id: 'xml-named-value',
    title: 'Secret in an XML list of settings',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: ['</name>', '</key>'],
    expression: new RegExp(
      `(?:${names})[\\w.\\-]{0,12}</(?:name|key)>\\s{0,60}<(?:value|string)>(?<quote>)(?<secret>[^<>\\s]{5,400})</(?:value|string)>`,
      'i',
    ),
    lookBehind: 48,
    multiline: true,
    chosen: 'password',
    source: 'https://hadoop.apache.org/docs/stable/api/org/apache/hadoop/conf/Configuration.html',
    rotation,
    examples: {
      matches: [
        (sample) => `<property>\n  <name>javax.jdo.option.ConnectionPassword</name>\n  <value>${sample.alnum(11)}7</value>\n</property>`,
        (sample) => `\t<key>apiKey</key>\n\t<string>${sample.alnum(31)}7</string>`,
      ],
      misses: [
        () => '<name>password</name>\n<value>${db.password}</value>',
        () => '<key>UIUserInterfaceStyle</key>\n<string>Light1</string>',
      ],
    },
  },
  {
    id: 'xml-element-value',
    title: 'Secret in an XML element of several lines',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: ['password>', 'passwd>', 'secret>', 'token>', 'key>', 'password">', 'secret">', 'token">', 'key">'],
    expression: new RegExp(
      `(?:password|passwd|secret|token|key)"?>(?:\\s{0,60}<value>|<!\\[CDATA\\[|\\s{0,4}\\n\\s{0,60})(?<quote>)(?<secret>[^<>\\s"'&\\]]{8,400})\\s{0,60}(?:\\]\\]>)?</`,
      'i',
    ),
    multiline: true,
    chosen: 'random',
    minEntropy: 2.7,
    source: 'https://www.w3.org/TR/xml/#sec-cdata-sect',
    rotation,
    examples: {
      matches: [
        (sample) => `<apiToken>\n    ${sample.alnum(30)}7\n</apiToken>`,
        (sample) => `<setting name="Password">\n  <value>${sample.alnum(15)}7</value>`,
        (sample) => `<password><![CDATA[${sample.alnum(15)}7]]></password>`,
      ],
      misses: [() => '<token>\n  <type>bearer1</type>\n</token>', () => '<key>\n   nameOfSomething\n</key>'],
    },
  },
  {
    id: 'json-parameter-value',
    title: 'Secret in a template parameter',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: ['password": {', 'secret": {', 'token": {', 'key": {', 'password":{', 'secret":{', 'token":{'],
    expression:
      /(?:password|secret|token|key)": ?\{\s{0,40}(?:"\w{1,20}": ?"[^"\r\n]{0,80}",\s{1,40}){0,3}"(?:value|default|defaultvalue)": ?(?<quote>")(?<secret>[^"\\\r\n[][^"\\\r\n]{5,300})"/i,
    multiline: true,
    chosen: 'password',
    source: 'https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/parameter-files',
    rotation,
    examples: {
      matches: [
        (sample) => `"adminPassword": {\n  "value": "${sample.alnum(11)}!7"\n}`,
        (sample) => `"apiKey": {\n  "type": "securestring",\n  "defaultValue": "${sample.alnum(31)}7"\n}`,
      ],
      misses: [
        () => '"password": {\n  "type": "string",\n  "minLength": 8\n}',
        () => '"token": {\n  "value": "[parameters(\'token1\')]"\n}',
      ],
    },
  },
  {
    id: 'next-line-value',
    title: 'Secret on the line behind its name',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: ['password', 'passwd', 'secret', 'token', 'key'].flatMap((name) =>
      [': |', ': >', ' = (\n', ' = \\', '":\n'].map((end) => name + end),
    ),
    expression: new RegExp(
      `(?:password|passwd|secret|token|key)"?[ \\t]?[:=][ \\t]?(?:[|>][+-]?|\\(|\\\\)?[ \\t]{0,2}\\r?\\n[ \\t]{1,40}(?:(?<quote>["'])(?<secret>[^\\s"'\\\\]{8,400})["']|(?<secret>[A-Za-z0-9+/][^\\s"'\`<>(){}\\[\\],;:]{7,400}))[ \\t]*\\r?(?:[\\n,;)}]|$)`,
      'i',
    ),
    multiline: true,
    chosen: 'random',
    minEntropy: 2.7,
    source: 'https://yaml.org/spec/1.2.2/#81-block-scalar-styles',
    rotation,
    examples: {
      matches: [
        (sample) => `api_token: |\n  ${sample.alnum(31)}7\n`,
        (sample) => `SECRET_KEY = (\n    "${sample.alnum(31)}7"\n)`,
        (sample) => `{"token":\n  "${sample.alnum(31)}7"}`,
      ],
      misses: [
        () => 'token: |\n  a text of several words 2\n',
        () => 'key: >-\n  someName2',
        () => 'secret: |\n  -----BEGIN CERTIFICATE-----',
      ],
    },
  },
  {
    id: 'environment-command-value',
    title: 'Secret set as an environment variable',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: ['ENV ', 'setenv ', 'SetEnv ', 'set -x ', 'set -gx ', '%define ', '%global '],
    expression: new RegExp(
      `(?<![A-Za-z0-9])(?:ENV|setenv|SetEnv|set -g?x|%define|%global)[ \\t]{1,4}\\w{0,40}(?:PASSWORD|PASSWD|_PASS|_PWD|TOKEN|SECRET|_KEY|APIKEY|password|token|secret|_key)\\w{0,10}[ \\t]{1,8}${quotedOrBare}`,
    ),
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://docs.docker.com/reference/dockerfile/#env',
    rotation,
    examples: {
      matches: [
        (sample) => `ENV DB_PASSWORD ${sample.alnum(9)}!7`,
        (sample) => `setenv API_TOKEN ${sample.alnum(29)}7`,
        (sample) => `set -gx APP_SECRET "${sample.alnum(29)}7"`,
      ],
      misses: [() => 'ENV DB_PASSWORD $PASSWORD', () => 'ENV TOKEN_FILE /run/secrets/token1', () => 'ENV API_KEY changeme'],
    },
  },
  {
    id: 'told-password',
    title: 'Password told in a sentence',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: [
      'password is ',
      'password was ',
      'password for ',
      'passwd is ',
      'passphrase is ',
      'password**',
      'token**',
      'secret**',
      'key**',
    ],
    expression: new RegExp(
      `(?:(?:password|passwd|passphrase) (?:for [^\\r\\n.,;:]{1,60} )?(?:is|was)(?: now| set to)?:? |(?:password|token|secret|key)\\*\\*[ \\t]?[:=]?[ \\t]?)(?:(?<quote>["'\`])(?<secret>[^\\s"'\`]{4,200})["'\`]|(?<secret>(?=[^\\s"'\`<>,;]{0,40}\\d)[^\\s"'\`<>(){}\\[\\],;$*-][^\\s"'\`<>,;]{5,200})(?=[\\s,;]|$))`,
      'i',
    ),
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://cwe.mitre.org/data/definitions/312.html',
    rotation,
    examples: {
      matches: [(sample) => `The password is ${sample.alnum(9)}7!`, (sample) => `- **DB_PASSWORD**: \`${sample.alnum(9)}7!\``],
      misses: [() => 'The password is required', () => 'The password is "password"', () => '**Password**: at least 8 characters'],
    },
  },
  {
    id: 'language-form-value',
    title: 'Secret in an assignment of R, C++, C# or Objective-C',
    provider: 'Generic',
    severity: 'high',
    precision: 'generic',
    keywords: [
      ...['password', 'passwd', 'secret', 'token', 'key'].flatMap((name) => [' <- "', " <- '", '{"', ' @"'].map((end) => name + end)),
      'set; } = "',
      'init; } = "',
      'get; } = "',
    ],
    expression:
      /(?:(?:password|passwd|secret|token|key)[ \t]?(?:<-|\{|@)[ \t]?|(?:password|passwd|secret|token|key)\w{0,12} \{ ?(?:get; ?)?(?:(?:private |protected )?(?:set|init); ?)?\} = )(?:(?<quote>")(?<secret>[^"\\\s]{8,400})"|(?<quote>')(?<secret>[^'\\\s]{8,400})')/i,
    lookBehind: 56,
    chosen: 'random',
    minEntropy: 2.7,
    source: 'https://cwe.mitre.org/data/definitions/798.html',
    rotation,
    examples: {
      matches: [
        (sample) => `db_password <- "${sample.alnum(11)}!7"`,
        (sample) => `public string ApiKey { get; set; } = "${sample.alnum(31)}7";`,
        (sample) => `#define API_TOKEN @"${sample.alnum(31)}7"`,
        (sample) => `std::string secret{"${sample.alnum(31)}7"};`,
      ],
      misses: [() => 'key <- "nameOfColumn2"', () => 'public string Token { get; set; } = "";', () => 'token{"identifier_2"}'],
    },
  },
  {
    id: 'generic-said-secret',
    title: 'Secret behind a word for it',
    provider: 'Generic',
    severity: 'medium',
    precision: 'generic',
    keywords: ['secret ', 'token ', 'secret-', 'secret_key ', 'access_key ', 'private key ', 'api key '],
    expression:
      /(?:secret|token|(?:access|secret|api|private)[ _-]key)[ \t]{0,2}[ \t-](?<quote>)(?<secret>(?=[A-Za-z+/_.=-]{0,60}\d[A-Za-z+/_.=-]{0,60}\d)[A-Za-z0-9+/_.=-]{24,200})(?=[\s,;"'`)]|$)/i,
    chosen: 'random',
    minEntropy: 3.5,
    source: 'https://cwe.mitre.org/data/definitions/312.html',
    rotation,
    examples: {
      matches: [(sample) => `acme SECRET ${sample.alnum(31)}77`, (sample) => `use the API key ${sample.hex(40)}77 for now`],
      misses: [
        () => 'the secret kubernetes-secret-of-the-name-2-3',
        () => 'a token identifier_of_some_kind_2_and_3',
        () => 'token https://host/path/to/it/1/2',
      ],
    },
  },
  {
    id: 'generic-key',
    title: 'Key',
    provider: 'Generic',
    severity: 'medium',
    precision: 'generic',
    keywords: [
      '_key=',
      '_key =',
      '_key: ',
      '_key"',
      "_key'",
      '-key=',
      '_api = ',
      '_api=',
      '_api: ',
      // `validationKey="…"`, `"encryptionKey": "…"`.
      ...['', '"', "'"].flatMap((end) =>
        ['=', ' = ', ': ', ':', ' := ', ' => ', ', ', ' == '].flatMap((sign) => [`key${end}${sign}"`, `key${end}${sign}'`]),
      ),
    ],
    expression:
      /(?<!public|lic[_-]|sort|cache|che[_-]|rtition|test|foreign|ign[_-]|primary|ary[_-]|site|unique|index|object|route|encrypted[_-]?|i18n|(?<![a-z]))(?:[_-]?key|_api)(?:_\w{1,12})?["']?\]?[ \t]{0,8}(?:={2,3}|!==?|=>|:?=|[:,])[ \t]{0,8}(?:(?<quote>["'])(?<secret>[A-Za-z0-9+/_.=-]{20,400})["']|(?<=_key ?=>? ?|_key: |-key=|_api ?= ?|_api: )(?<secret>[A-Za-z0-9+/_.=-]{20,400})(?=[\s,;"'&]|$))/i,
    chosen: 'random',
    minEntropy: 3.5,
    source: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
    rotation,
    examples: {
      matches: [(sample) => `ACME_KEY=${sample.alnum(31)}7`, (sample) => `acme_key = '${sample.hex(40)}';`],
      misses: [
        () => 'FOO_KEY = some_identifier_in_the_code_2',
        (sample) => `PUBLIC_KEY=${sample.base64(43)}=`,
        () => 'ACME_KEY=${ACME_KEY}',
      ],
    },
  },
  {
    id: 'generic-decoded-key',
    title: 'Key in hex or base64 that is decoded where it stands',
    provider: 'Generic',
    severity: 'medium',
    precision: 'generic',
    keywords: ['fromhex(', 'unhexlify(', 'b64decode(', 'frombase64string(', 'hex.decodestring(', 'encoding.decodestring(', 'parsehex('],
    expression:
      /(?<!(?:public|sort|cache|foreign|primary|unique|index|pub)[_-]?)(?:key|secret)\w{0,16}["']?\]?(?:, ?(?:_|err))?[ \t]{0,8}(?::?=|:)[ \t]{0,8}(?:new )?[\w.:(]{0,48}?(?:fromhex|unhexlify|b64decode|frombase64string|hex\.decodestring|encoding\.decodestring|parsehex)\([burf]?(?<quote>["'])(?<secret>[A-Za-z0-9+/_=-]{16,400})["']/i,
    lookBehind: 112,
    reach: 480,
    chosen: 'random',
    minEntropy: 3,
    source: 'https://cwe.mitre.org/data/definitions/321.html',
    rotation,
    examples: {
      matches: [
        (sample) => `key = unhexlify('${sample.hex(64)}')`,
        (sample) => `AES_KEY = bytes.fromhex("${sample.hex(32)}")`,
        (sample) => `byte[] encryptionKey = Convert.FromBase64String("${sample.base64(43)}=");`,
        (sample) => `hmacKey, err := hex.DecodeString("${sample.hex(64)}")`,
      ],
      misses: [
        (sample) => `public_key = bytes.fromhex("${sample.hex(64)}")`,
        (sample) => `digest = bytes.fromhex("${sample.hex(64)}")`,
        () => 'key = unhexlify(args.key)',
        () => 'key = bytes.fromhex("00000000000000000000000000000000")',
      ],
    },
  },
  {
    id: 'generic-key-bytes',
    title: 'Key as a list of bytes',
    provider: 'Generic',
    severity: 'low',
    precision: 'generic',
    keywords: ['{0x', '{ 0x', '[0x', '[ 0x', '(0x', '{\n    0x', '{\n\t0x', '{\n  0x', '[\n    0x', '[\n  0x'],
    expression:
      /(?:key|secret|passw(?:or)?d|passphrase|token)\w{0,16}["']?(?:[ \t]{0,2}\[[\w \t*+]{0,24}\]){0,2}[ \t]{0,4}(?:(?:=|:|:=)[ \t]{0,4}(?:new )?(?:(?:std::|Uint8|uint8_t|unsigned |u8|u?int8|s?byte|bytes|bytearray|Buffer\.from|&|\[\d{0,4}\])[\w:<>, \t[\]]{0,24}\(?)?)?[ \t]{0,2}[[({]{1,2}\s{0,40}(?<secret>0x[0-9a-f]{1,2}(?:[ul]{0,2}[ \t]{0,2},\s{0,40}(?:\(byte\) ?)?(?:0x[0-9a-f]{1,2}|0[0-7]{2,3}|\d{1,3})\b){7,1023})/i,
    lookBehind: 96,
    reach: 8000,
    multiline: true,
    isValid: holdsRandomBytes,
    source: 'https://cwe.mitre.org/data/definitions/321.html',
    rotation,
    examples: {
      matches: [
        (sample) => `#define AESKEY {${byteList(sample.hex(32))}}`,
        (sample) => `static const uint8_t encryption_key[16] = {\n    ${byteList(sample.hex(32))}\n};`,
        (sample) => `const secretKey = new Uint8Array([${byteList(sample.hex(64))}]);`,
      ],
      misses: [
        () => 'const key = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]',
        () => 'int keycodes[] = {0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x21}',
        (sample) => `static const uint8_t table[16] = {${byteList(sample.hex(32))}};`,
      ],
    },
  },
];

/** At least eight different bytes that neither count up nor are all printable or small. */
function holdsRandomBytes(list: string): boolean {
  const bytes = list
    .split(/[\s,]+/)
    .map((item) => Number.parseInt(item, item.startsWith('0x') || item.startsWith('0X') ? 16 : /^0\d/.test(item) ? 8 : 10));
  const steps = new Set(bytes.slice(1).map((byte, i) => byte - bytes[i]!));
  return new Set(bytes).size >= Math.min(8, bytes.length * 0.6) && steps.size >= 6;
}

function byteList(hex: string): string {
  return (hex.match(/../g) ?? []).map((byte) => `0x${byte}`).join(', ');
}
