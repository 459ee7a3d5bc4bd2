import type { Rotation, Rule } from './rule.ts';

const rotation: Rotation = {
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  steps: [
    'Change the password or token at the host that the file names.',
    'Look in its logs for use you do not know.',
    'Put the file on the ignore list.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'netrc-password',
    title: 'Password in a .netrc file',
    provider: 'Generic',
    severity: 'high',
    precision: 'contextual',
    keywords: ['machine '],
    expression: /machine[ \t]{1,4}[\w.-]{1,100}\s{1,8}login\s{1,4}\S{1,100}\s{1,8}password\s{1,4}(?<quote>)(?<secret>[^\s"'`<>${}]{4,200})/,
    multiline: true,
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html',
    rotation,
    examples: {
      matches: [
        (sample) => `machine api.heroku.com\n  login me@acme.io\n  password ${sample.hex(36)}`,
        (sample) => `machine host login ci password ${sample.alnum(10)}4`,
      ],
      misses: [() => 'machine host login user password <password>', () => 'the machine learning login password'],
    },
  },
  {
    id: 'npmrc-auth',
    title: 'npm registry credential',
    provider: 'npm',
    severity: 'critical',
    precision: 'contextual',
    keywords: [':_authtoken', ':_auth', ':_password'],
    expression: /:_(?:authtoken|auth|password)[ \t]{0,4}=[ \t]{0,4}["']?(?<secret>[A-Za-z0-9+/_.=-]{16,400})(?![A-Za-z0-9+/_.=-])/i,
    minEntropy: 3,
    source: 'https://docs.npmjs.com/cli/v11/configuring-npm/npmrc#auth-related-configuration',
    rotation: {
      url: 'https://docs.npmjs.com/revoking-access-tokens',
      steps: [
        'Revoke the token at the registry.',
        'Look through the packages it may publish for versions you do not know.',
        'Use a granular token from the environment: `_authToken=${NPM_TOKEN}`.',
      ],
    },
    examples: {
      matches: [
        (sample) => `//registry.npmjs.org/:_authToken=${sample.uuid()}`,
        (sample) => `//npm.acme.io/:_auth = "${sample.base64(40)}"`,
      ],
      misses: [() => '//registry.npmjs.org/:_authToken=${NPM_TOKEN}', () => '//registry.npmjs.org/:_authToken=xxxxxxxxxxxxxxxxxxxxxxxx'],
    },
  },
  {
    id: 'docker-config-auth',
    title: 'Container registry log-in',
    provider: 'Docker',
    severity: 'high',
    precision: 'contextual',
    keywords: ['"auth"', '\\"auth\\"'],
    expression: /\\?"auth\\?"\s{0,4}:\s{0,4}\\?"(?<secret>[A-Za-z0-9+/]{8,2000}={0,2})\\?"/,
    reach: 2200,
    multiline: true,
    isValid: (secret) => /^[\x21-\x39\x3b-\x7e]{1,200}:[\x20-\x7e]{4,}\0*$/.test(Buffer.from(secret, 'base64').toString('latin1')),
    source: 'https://docs.docker.com/reference/cli/docker/login/#default-behavior',
    rotation: {
      url: 'https://docs.docker.com/security/access-tokens/',
      steps: [
        'Revoke the token or change the password at the registry.',
        'Look through its images for pushes you do not know.',
        'Use a credential helper, so that no file holds the log-in.',
      ],
    },
    examples: {
      matches: [
        (sample) => `{"auths": {"https://index.docker.io/v1/": {"auth": "${Buffer.from(`acme:${sample.alnum(16)}`).toString('base64')}"}}}`,
        (sample) => `"auth" : "${Buffer.from(`robot$ci:${sample.alnum(30)}`).toString('base64')}"`,
      ],
      misses: [() => '"auth": "required"', (sample) => `"auth": "${sample.base64(32)}"`],
    },
  },
  {
    id: 'pgpass-password',
    title: 'Password in a .pgpass file',
    provider: 'PostgreSQL',
    severity: 'high',
    precision: 'contextual',
    keywords: [':5432:', ':*:'],
    expression: /:(?:5432|\*):[\w.*-]{1,63}:[\w.*-]{1,63}:(?<quote>)(?<secret>[^\s:]{4,128})/,
    paths: /(?:^|\/)\.?pgpass(?:\.conf)?$/,
    chosen: 'password',
    source: 'https://www.postgresql.org/docs/current/libpq-pgpass.html',
    rotation,
    examples: {
      matches: [(sample) => `db.internal:5432:app:app:${sample.alnum(10)}8`, (sample) => `*:5432:*:postgres:${sample.alnum(10)}8`],
      misses: [() => 'ports: 5432:5432', () => 'localhost:5432:app:app:password'],
    },
  },
  {
    id: 'htpasswd-hash',
    title: 'Password hash in an .htpasswd file',
    provider: 'Generic',
    severity: 'medium',
    precision: 'contextual',
    keywords: [':$apr1$', ':$2y$', ':$2a$', ':$2b$', ':{SHA}'],
    expression: /:(?<secret>\$apr1\$[./\w]{1,8}\$[./\w]{22}|\$2[aby]\$\d\d\$[./\w]{53}|\{SHA\}[A-Za-z0-9+/]{27}=)(?![\w./])/,
    paths: /(?:^|\/)\.?[\w.-]*htpasswd[\w.-]*$/,
    source: 'https://httpd.apache.org/docs/2.4/misc/password_encryptions.html',
    rotation: {
      url: 'https://httpd.apache.org/docs/2.4/programs/htpasswd.html',
      steps: [
        'Change the passwords: short ones are found from their hashes in hours.',
        'Make the hashes with bcrypt, and keep the file outside of the repository.',
      ],
    },
    examples: {
      matches: [(sample) => `admin:$apr1$${sample.alnum(8)}$${sample.alnum(22)}`, (sample) => `admin:$2y$05$${sample.alnum(53)}`],
      misses: [() => 'admin:$apr1$short', () => 'price:$2y$'],
    },
  },
  {
    id: 'wordpress-key',
    title: 'WordPress key or salt',
    provider: 'WordPress',
    severity: 'high',
    precision: 'contextual',
    keywords: ['AUTH_KEY', 'AUTH_SALT', 'LOGGED_IN_KEY', 'LOGGED_IN_SALT', 'NONCE_KEY', 'NONCE_SALT'],
    expression:
      /(?:AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)['"][ \t]{0,4},[ \t]{0,20}(?:'(?<secret>[^'\r\n]{40,128})'|"(?<secret>[^"\r\n]{40,128})")/,
    minEntropy: 4,
    notSecrets: [/put your unique phrase/i],
    source: 'https://developer.wordpress.org/advanced-administration/wordpress/wp-config/#security-keys',
    rotation: {
      url: 'https://api.wordpress.org/secret-key/1.1/salt/',
      steps: ['Replace all eight keys and salts by new ones; every user is logged out.', 'Keep wp-config.php outside of the repository.'],
    },
    examples: {
      matches: [
        (sample) => `define('AUTH_KEY',         '${sample.base64(60)}!#_x');`,
        (sample) => `define( "NONCE_SALT", "${sample.base64(60)}-?+x" );`,
      ],
      misses: [
        () => "define('AUTH_KEY', 'put your unique phrase here and make it long');",
        () => "define('AUTH_KEY', getenv('AUTH_KEY'));",
      ],
    },
  },
];
