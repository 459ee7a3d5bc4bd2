import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../../test/a-tree.ts';
import { assertRecognised, type RecognitionCase, vite } from '../../../test/recognition-case.ts';
import { analyzeTree } from '../analyze-tree.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  'Laravel with assets that Vite builds': {
    files: {
      'composer.json': '{"require": {"php": "^8.3", "laravel/framework": "^12"}}',
      artisan: '',
      'public/index.php': '',
      'bootstrap/app.php': "health: '/up',",
      'package.json': aPackage(vite),
      'vite.config.js': '',
    },
    expected: {
      language: 'php',
      framework: 'laravel',
      version: '^8.3',
      packageManager: 'composer',
      startCommand: 'php -S 0.0.0.0:${PORT:-8000} -t public',
      releaseCommand: 'php artisan migrate --force',
      healthPath: '/up',
    },
  },
  Symfony: {
    files: { 'composer.json': '{"require": {"symfony/framework-bundle": "7.*"}}', 'public/index.php': '' },
    expected: { framework: 'symfony', releaseCommand: undefined },
  },
  'Doctrine in Symfony': {
    files: {
      'composer.json': '{"require": {"symfony/framework-bundle": "7.*", "doctrine/doctrine-migrations-bundle": "^3"}}',
      'public/index.php': '',
      'bin/console': '',
      'migrations/Version20240101000000.php': '',
    },
    expected: {
      framework: 'symfony',
      releaseCommand: 'php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration',
    },
  },
  'Doctrine without migrations': {
    files: {
      'composer.json': '{"require": {"symfony/framework-bundle": "7.*", "doctrine/doctrine-migrations-bundle": "^3"}}',
      'public/index.php': '',
      'bin/console': '',
      'migrations/.gitignore': '',
    },
    expected: { releaseCommand: undefined },
  },
  'CakePHP, whose page at the top is for Apache': {
    files: {
      'composer.json': '{"require": {"cakephp/cakephp": "^5", "cakephp/migrations": "^4"}}',
      'index.php': "<?php require 'webroot/index.php';\n",
      'webroot/index.php': '',
      'bin/cake': '',
      'config/Migrations/20240101000000_CreateUsers.php': '',
    },
    expected: {
      framework: 'cakephp',
      startCommand: 'php -S 0.0.0.0:${PORT:-8000} -t webroot',
      releaseCommand: 'bin/cake migrations migrate',
    },
  },
  'PHP whose manifest names the folder that is served': {
    files: {
      'composer.json':
        '{"require": {"drupal/core-recommended": "^11"}, "extra": {"drupal-scaffold": {"locations": {"web-root": "./html/"}}}}',
      'html/index.php': '',
      'index.php': '',
    },
    expected: { startCommand: 'php -S 0.0.0.0:${PORT:-8000} -t html' },
  },
  'PHP whose page at the top leads to a folder': {
    files: { 'index.php': "<?php header('Location: p/', true, 301);\n", 'p/index.php': '', 'data/.htaccess': '' },
    expected: { startCommand: 'php -S 0.0.0.0:${PORT:-8000} -t p' },
  },
  'PHP that Apache keeps users from folders of': {
    files: { 'index.php': '<?php\n', 'data/.htaccess': 'Require all denied\n', 'data/config.php': '' },
    expected: { language: 'php', startCommand: undefined, port: undefined },
  },
  'pages of PHP in a folder for them': {
    files: { 'README.md': '', 'htdocs/index.php': '<?php phpinfo();\n' },
    expected: { language: 'php', startCommand: 'php -S 0.0.0.0:${PORT:-8000} -t htdocs' },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}

test('extensions that no image of PHP brings are told where no Dockerfile installs them', async () => {
  const files = {
    'composer.json': '{"require": {"php": "^8.3", "laravel/framework": "^12", "ext-gd": "*", "ext-pdo_sqlite": "*", "ext-Mbstring": "*"}}',
    artisan: '',
    'public/index.php': '',
    '.env.example': 'DB_CONNECTION=pgsql\n',
  };
  const tell = async (more: Readonly<Record<string, string>>): Promise<string> => {
    const { notes } = await analyzeTree(aTree({ ...files, ...more }));
    return notes.map(({ message }) => message).join('\n');
  };

  assert.match(await tell({}), /It needs ext-gd, ext-pdo_pgsql, which images of PHP do not have/);
  assert.doesNotMatch(await tell({ Dockerfile: 'FROM php\nRUN docker-php-ext-install gd\n' }), /ext-gd/);
  assert.doesNotMatch(await tell({ 'composer.json': '{"require": {"php": "^8.3", "slim/slim": "4"}}', '.env.example': '' }), /ext-/);
});
