import { assigned } from './forms.ts';
import type { Rule } from './rule.ts';

const sessions = 'Sessions and signed cookies made with it can be forged until then, and it ends all that are open.';

/** Keys with which frameworks of web applications sign and encrypt. */
export const rules: readonly Rule[] = [
  {
    id: 'rails-master-key',
    title: 'Rails master key',
    provider: 'Ruby on Rails',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['rails_master_key'],
    expression: assigned(['rails_master_key'], '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://guides.rubyonrails.org/security.html#custom-credentials',
    rotation: {
      url: 'https://guides.rubyonrails.org/security.html#custom-credentials',
      steps: [
        'Decrypt the credentials, and encrypt them again with a new master key (`bin/rails credentials:edit` after the old key file is gone).',
        'Replace every secret in the credentials: whoever has the key and the repository has read them.',
      ],
    },
    examples: {
      matches: [
        (sample) => `RAILS_MASTER_KEY=${sample.hex(32)}`,
        (sample) => `  - name: RAILS_MASTER_KEY\n    value: x\nRAILS_MASTER_KEY: "${sample.hex(32)}"`,
      ],
      misses: [() => 'RAILS_MASTER_KEY=${{ secrets.RAILS_MASTER_KEY }}', (sample) => `RAILS_MASTER_KEY=${sample.hex(20)}`],
    },
  },
  {
    id: 'rails-secret-key-base',
    title: 'Rails secret key base',
    provider: 'Ruby on Rails',
    severity: 'high',
    precision: 'contextual',
    keywords: ['secret_key_base', 'secret_token'],
    expression: assigned(['secret_key_base', 'secret_token'], '[0-9a-f]{128}'),
    minEntropy: 3.2,
    source: 'https://guides.rubyonrails.org/security.html#environmental-security',
    rotation: {
      url: 'https://guides.rubyonrails.org/security.html#rotating-keys',
      steps: ['Make a new one with `bin/rails secret` and put it into the environment of the application.', sessions],
    },
    examples: {
      matches: [(sample) => `  secret_key_base: ${sample.hex(128)}`, (sample) => `SECRET_KEY_BASE=${sample.hex(128)}`],
      misses: [() => 'secret_key_base: <%= ENV["SECRET_KEY_BASE"] %>', () => `SECRET_KEY_BASE=${'0'.repeat(128)}`],
    },
  },
  {
    id: 'rails-development-secret-key-base',
    title: 'Rails secret key base for development or tests',
    provider: 'Ruby on Rails',
    severity: 'low',
    precision: 'exact',
    keywords: ['development:', 'test:'],
    // The file that `rails new` made up to Rails 5.1; what it says of production stands in the environment.
    expression:
      /(?<![^\r\n])(?:development|test):[ \t]{0,8}\r?\n(?:[ \t]{0,8}(?:#[^\r\n]{0,120})?\r?\n){0,4}[ \t]{1,8}secret_key_base:[ \t]{1,4}["']?(?<secret>[0-9a-f]{128})(?![0-9a-f])/,
    multiline: true,
    minEntropy: 3.2,
    source: 'https://guides.rubyonrails.org/v5.0/security.html#custom-secrets',
    rotation: {
      url: 'https://guides.rubyonrails.org/security.html#rotating-keys',
      steps: ['Make sure that no server that others reach runs in this environment.', sessions],
    },
    examples: {
      matches: [
        (sample) => `development:\n  secret_key_base: ${sample.hex(128)}\n`,
        (sample) => `test:\n  # Not for servers.\n  secret_key_base: ${sample.hex(128)}\n`,
      ],
      misses: [
        () => 'development:\n  secret_key_base: <%= ENV["SECRET_KEY_BASE"] %>',
        (sample) => `development:\n  adapter: sqlite3\n  key: ${sample.hex(128)}`,
      ],
    },
  },
  {
    id: 'phoenix-secret-key-base',
    title: 'Phoenix secret key base',
    provider: 'Phoenix Framework',
    severity: 'high',
    precision: 'contextual',
    keywords: ['secret_key_base'],
    expression: assigned(['secret_key_base'], '[A-Za-z0-9+/]{64}'),
    minEntropy: 4.4,
    chosen: 'random',
    // Written by `mix phx.new`.
    developmentPaths: /(?:^|\/)config\/(?:dev|test)\.exs$/,
    source: 'https://hexdocs.pm/phoenix/Mix.Tasks.Phx.Gen.Secret.html',
    rotation: {
      url: 'https://hexdocs.pm/phoenix/deployment.html#handling-of-your-application-secrets',
      steps: ['Make a new one with `mix phx.gen.secret` and have it read from the environment.', sessions],
    },
    examples: {
      matches: [(sample) => `  secret_key_base: "${sample.base64(64)}",`, (sample) => `SECRET_KEY_BASE=${sample.base64(64)}`],
      misses: [() => 'secret_key_base: System.get_env("SECRET_KEY_BASE")', (sample) => `secret_key_base: "${sample.base64(20)}"`],
    },
  },
  {
    id: 'laravel-app-key',
    title: 'Laravel application key',
    provider: 'Laravel',
    severity: 'high',
    precision: 'exact',
    keywords: ['base64:'],
    expression: /(?<![A-Za-z0-9])(?<secret>base64:[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/,
    minEntropy: 4.4,
    source: 'https://laravel.com/docs/encryption#configuration',
    rotation: {
      url: 'https://laravel.com/docs/encryption#gracefully-rotating-encryption-keys',
      steps: [
        'Make a new one with `php artisan key:generate`; keep the old one in `APP_PREVIOUS_KEYS` only while data is encrypted anew.',
        sessions,
      ],
    },
    examples: {
      matches: [(sample) => `APP_KEY=base64:${sample.base64(43)}=`, (sample) => `'key' => env('APP_KEY', 'base64:${sample.base64(43)}='),`],
      misses: [() => 'APP_KEY=', () => `APP_KEY=base64:${'A'.repeat(43)}=`, (sample) => `data:image/png;base64:${sample.base64(60)}`],
    },
  },
  {
    id: 'django-insecure-secret-key',
    title: 'Django secret key made by startproject',
    provider: 'Django',
    severity: 'medium',
    precision: 'exact',
    keywords: ['django-insecure-'],
    expression: /(?<secret>django-insecure-[a-z0-9!@#$%^&*(\-_=+)]{50})(?![a-z0-9!@#$%^&*(\-_=+)])/,
    minEntropy: 4,
    source: 'https://docs.djangoproject.com/en/stable/ref/settings/#secret-key',
    rotation: {
      url: 'https://docs.djangoproject.com/en/stable/topics/signing/',
      steps: [
        'Make a new one (`get_random_secret_key()`) and have it read from the environment; `SECRET_KEY_FALLBACKS` eases the change.',
        sessions,
      ],
    },
    examples: {
      matches: [
        (sample) => `SECRET_KEY = 'django-insecure-${sample.from('abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)', 50)}'`,
        (sample) => `SECRET_KEY=django-insecure-${sample.lower(50)}`,
      ],
      misses: [() => "SECRET_KEY = 'django-insecure-change-me'", () => `SECRET_KEY = 'django-insecure-${'x'.repeat(50)}'`],
    },
  },
  {
    id: 'aspnet-machine-key',
    title: 'ASP.NET machine key',
    provider: 'ASP.NET',
    severity: 'critical',
    precision: 'exact',
    keywords: ['validationKey="', 'decryptionKey="'],
    expression: /(?:validation|decryption)Key="(?<secret>[0-9A-F]{32,128})"/i,
    minEntropy: 3,
    source: 'https://learn.microsoft.com/en-us/dotnet/api/system.web.configuration.machinekeysection',
    rotation: {
      url: 'https://learn.microsoft.com/en-us/dotnet/api/system.web.configuration.machinekeysection',
      steps: [
        'Replace the key on all servers at once: with it code can be run through forged view state.',
        'Look for requests with large `__VIEWSTATE` values, and for what ran on the servers since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `<machineKey validationKey="${sample.hex(128).toUpperCase()}" validation="HMACSHA256" />`,
        (sample) => `<machineKey decryptionKey="${sample.hex(48).toUpperCase()}" decryption="AES" />`,
      ],
      misses: [() => '<machineKey validationKey="AutoGenerate,IsolateApps" />', () => `<machineKey decryptionKey="${'0'.repeat(48)}" />`],
    },
  },
  {
    id: 'drupal-hash-salt',
    title: 'Drupal hash salt',
    provider: 'Drupal',
    severity: 'high',
    precision: 'contextual',
    keywords: ['hash_salt'],
    expression: assigned(['hash_salt'], '[A-Za-z0-9_-]{55,74}'),
    minEntropy: 4.2,
    chosen: 'random',
    source: 'https://api.drupal.org/api/drupal/sites%21default%21default.settings.php',
    rotation: {
      url: 'https://api.drupal.org/api/drupal/sites%21default%21default.settings.php',
      steps: ['Put a new one in and rebuild the caches (`drush cr`).', 'One-time log-in links made with it can be forged until then.'],
    },
    examples: {
      matches: [(sample) => `$settings['hash_salt'] = '${sample.base64url(74)}';`, (sample) => `HASH_SALT=${sample.base64url(55)}`],
      misses: [() => "$settings['hash_salt'] = '';", () => "$settings['hash_salt'] = file_get_contents('/home/example/salt.txt');"],
    },
  },
  {
    id: 'mediawiki-secret-key',
    title: 'MediaWiki secret key',
    provider: 'MediaWiki',
    severity: 'high',
    precision: 'contextual',
    keywords: ['wgsecretkey'],
    expression: assigned(['wgsecretkey'], '[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://www.mediawiki.org/wiki/Manual:$wgSecretKey',
    rotation: {
      url: 'https://www.mediawiki.org/wiki/Manual:$wgSecretKey',
      steps: ['Put a new random key into LocalSettings.php.', sessions],
    },
    examples: {
      matches: [(sample) => `$wgSecretKey = "${sample.hex(64)}";`, (sample) => `wgSecretKey: '${sample.hex(64)}'`],
      misses: [() => '$wgSecretKey = getenv("MW_SECRET_KEY");', () => `$wgSecretKey = "${'0'.repeat(64)}";`],
    },
  },
  {
    id: 'typo3-encryption-key',
    title: 'TYPO3 encryption key',
    provider: 'TYPO3',
    severity: 'high',
    precision: 'contextual',
    keywords: ['encryptionkey'],
    expression: assigned(['encryptionkey'], '[0-9a-f]{96}'),
    minEntropy: 3.2,
    source: 'https://docs.typo3.org/m/typo3/reference-coreapi/main/en-us/Security/GuidelinesIntegrators/EncryptionKey.html',
    rotation: {
      url: 'https://docs.typo3.org/m/typo3/reference-coreapi/main/en-us/Security/GuidelinesIntegrators/EncryptionKey.html',
      steps: ['Make a new one in the install tool, and clear the caches.', sessions],
    },
    examples: {
      matches: [(sample) => `        'encryptionKey' => '${sample.hex(96)}',`, (sample) => `encryptionKey: ${sample.hex(96)}`],
      misses: [() => "'encryptionKey' => getenv('ENCRYPTION_KEY'),", (sample) => `'encryptionKey' => '${sample.hex(40)}',`],
    },
  },
  {
    id: 'magento-crypt-key',
    title: 'Magento encryption key',
    provider: 'Magento',
    severity: 'critical',
    precision: 'exact',
    keywords: ["'crypt' =>"],
    expression: /'crypt'\s{0,4}=>\s{0,4}(?:\[|array\s{0,4}\()\s{0,40}'key'\s{0,4}=>\s{0,4}'(?<secret>[0-9a-f]{32})'/,
    multiline: true,
    minEntropy: 3,
    source: 'https://experienceleague.adobe.com/en/docs/commerce-operations/configuration-guide/files/config-reference-envphp',
    rotation: {
      url: 'https://experienceleague.adobe.com/en/docs/commerce-admin/systems/security/encryption-key',
      steps: ['Replace the key and have all data encrypted anew.', 'Replace the credentials of payment services that are stored with it.'],
    },
    examples: {
      matches: [
        (sample) => `    'crypt' => [\n        'key' => '${sample.hex(32)}'\n    ],`,
        (sample) => `'crypt' => array (\n  'key' => '${sample.hex(32)}',\n)`,
      ],
      misses: [() => "'crypt' => [\n  'key' => getenv('CRYPT_KEY')\n]", () => `'crypt' => ['key' => '${'0'.repeat(32)}']`],
    },
  },
  {
    id: 'yii-cookie-validation-key',
    title: 'Yii cookie validation key',
    provider: 'Yii',
    severity: 'high',
    precision: 'contextual',
    keywords: ['cookievalidationkey'],
    expression: assigned(['cookievalidationkey'], '[A-Za-z0-9_-]{32}'),
    minEntropy: 3.8,
    chosen: 'random',
    source: 'https://www.yiiframework.com/doc/api/2.0/yii-web-request#$cookieValidationKey-detail',
    rotation: {
      url: 'https://www.yiiframework.com/doc/guide/2.0/en/security-best-practices',
      steps: ['Put a new random key into the configuration of the component `request`.', sessions],
    },
    examples: {
      matches: [
        (sample) => `'cookieValidationKey' => '${sample.alnum(32)}',`,
        (sample) => `COOKIE_VALIDATION=1 cookieValidationKey: "${sample.alnum(32)}"`,
      ],
      misses: [() => "'cookieValidationKey' => '',", () => "'cookieValidationKey' => 'insert secret key here',"],
    },
  },
  {
    id: 'airflow-fernet-key',
    title: 'Fernet key',
    provider: 'Apache Airflow',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['fernet'],
    expression: assigned(['fernet_?(?:key)?'], '[A-Za-z0-9_-]{43}='),
    minEntropy: 4.4,
    source: 'https://airflow.apache.org/docs/apache-airflow/stable/security/secrets/fernet.html',
    rotation: {
      url: 'https://airflow.apache.org/docs/apache-airflow/stable/security/secrets/fernet.html#rotating-encryption-keys',
      steps: [
        'Put a new key before the old one, run `airflow rotate-fernet-key`, then take the old one out.',
        'Replace the passwords of connections and variables: whoever has key and database has read them.',
      ],
    },
    examples: {
      matches: [(sample) => `AIRFLOW__CORE__FERNET_KEY=${sample.base64url(43)}=`, (sample) => `fernet_key = ${sample.base64url(43)}=`],
      misses: [() => 'fernet_key = ', () => `FERNET_KEY=${'A'.repeat(43)}=`, () => 'fernet_key = Fernet.generate_key().decode()'],
    },
  },
];
