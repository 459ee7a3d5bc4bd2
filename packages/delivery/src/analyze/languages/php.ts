import type { Detection, Facts, Remark } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';
import { tellMissingExtensions } from './php-extensions.ts';
import { findPhpServices } from './php-services.ts';
import { isPlainPath } from './run-in-folder.ts';

const frameworks: readonly (readonly [id: string, library: string])[] = [
  ['laravel', 'laravel/framework'],
  ['symfony', 'symfony/framework-bundle'],
  ['lumen', 'laravel/lumen-framework'],
  ['slim', 'slim/slim'],
  ['codeigniter', 'codeigniter4/framework'],
  ['cakephp', 'cakephp/cakephp'],
];

/** Nothing but PHP is in folders of these names. */
const ownRoots = ['htdocs/index.php', 'public_html/index.php', 'webroot/index.php', 'docroot/index.php'];

/** Applications in PHP. How they are started is up to the server of the image; the command is PHP's own server, which is for development. */
export function detectPhp(project: Project): Detection | undefined {
  const file = ['composer.json', 'index.php', 'public/index.php', ...ownRoots].find((path) => project.has(path));
  if (file === undefined) return undefined;
  const composer = project.parse('composer.json');
  const required = findTable(composer, 'require') ?? {};
  const libraries = Object.keys(required);
  const framework = frameworks.find(([, library]) => libraries.includes(library));
  const isLaravel = framework?.[0] === 'laravel' && project.has('artisan');
  const { remark, ...start } = findStart(project, composer, framework !== undefined);
  const releaseCommand = findRelease(project, libraries, isLaravel);
  const version = required['php'];
  const hasComposer = project.has('composer.json');
  const servers = findPhpServices(project, framework?.[0]);
  const missing = tellMissingExtensions(
    libraries,
    servers.map(({ value }) => value),
  );
  const remarks = [remark, missing].filter((each) => each !== undefined);
  return {
    language: project.answer('php', { rule: 'php-files', file }),
    ...(framework && { framework: project.answer(framework[0], { rule: 'php-framework-library', file, at: `"${framework[1]}"` }) }),
    ...(typeof version === 'string' && version !== '' && { version: project.answer(version, { rule: 'composer-php', file, at: '"php"' }) }),
    ...(hasComposer && {
      packageManager: project.answer('composer', { rule: 'php-composer', file }),
      installCommand: project.answer('composer install --no-dev --optimize-autoloader --no-interaction', { rule: 'php-composer', file }),
    }),
    ...start,
    ...(releaseCommand && { releaseCommand }),
    ...(isLaravel &&
      (project.text('bootstrap/app.php') ?? '').includes("health: '/up'") && {
        healthPath: project.answer('/up', { rule: 'laravel-health', file: 'bootstrap/app.php', at: "health: '/up'" }),
      }),
    services: [...servers, ...(hasComposer ? servicesOf(project, libraries, file) : [])],
    remarks,
  };
}

/** What is served: everything around it, such as settings, must not be. */
const documentRoots = ['public', 'web', 'webroot', 'pub', 'htdocs', 'public_html', 'docroot'];

function findStart(
  project: Project,
  composer: Record<string, unknown> | undefined,
  hasFramework: boolean,
): Pick<Facts, 'startCommand' | 'port'> & { readonly remark?: Remark } {
  const extra = findTable(composer, 'extra');
  // Of Symfony and Drupal; last, where a page at the top leads to.
  const named = [
    extra?.['public-dir'],
    findTable(extra, 'drupal-scaffold', 'locations')?.['web-root'],
    ...documentRoots,
    /\bLocation: ?(?:\.?\/)?([\w-]{1,60})\//.exec(project.text('index.php') ?? '')?.[1],
  ];
  const folder = named
    .flatMap((name) => (typeof name === 'string' && isPlainPath(name) ? [name.replace(/^\.\/|\/$/g, '')] : []))
    .find((name) => project.has(`${name}/index.php`));
  const page = folder === undefined ? 'index.php' : `${folder}/index.php`;
  if (!project.has(page)) return {};
  if (folder === undefined && !hasFramework && project.paths.some((path) => /^[^/]+\/\.htaccess$/.test(path))) {
    const message = 'Folders beside it are kept from users by .htaccess, which only Apache reads: how it is served is for you to say.';
    return { remark: { about: 'start', file: page, message } };
  }
  return {
    startCommand: project.answer(`php -S 0.0.0.0:\${PORT:-8000}${folder === undefined ? '' : ` -t ${folder}`}`, {
      rule: 'php-built-in-server',
      // The first answer for a framework, and a last resort for a page that may belong to anything.
      confidence: hasFramework ? 'medium' : 'low',
      file: page,
    }),
    port: project.answer(8000, { rule: 'php-built-in-server', confidence: 'low', file: page }),
    remark: {
      about: 'start',
      file: page,
      message: 'The server that PHP brings is for development: serve it by FrankenPHP, or by a web server with PHP-FPM.',
    },
  };
}

/** Migrations of Laravel, of Doctrine in Symfony and of CakePHP; of the last two where there are any. */
function findRelease(project: Project, libraries: readonly string[], isLaravel: boolean): Answer<string> | undefined {
  if (isLaravel) return project.answer('php artisan migrate --force', { rule: 'laravel-migrate', confidence: 'medium', file: 'artisan' });
  const doctrine = project.paths.find((path) => /^(?:migrations|src\/Migrations)\/(?:\w+\/)?Version\w+\.php$/.test(path));
  if (doctrine !== undefined && project.has('bin/console') && libraries.includes('doctrine/doctrine-migrations-bundle'))
    return project.answer('php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration', {
      rule: 'doctrine-migrations',
      confidence: 'medium',
      file: doctrine,
    });
  const cake = project.paths.find((path) => /^config\/Migrations\/\w+\.php$/.test(path));
  if (cake !== undefined && project.has('bin/cake') && libraries.includes('cakephp/migrations'))
    return project.answer('bin/cake migrations migrate', { rule: 'cakephp-migrations', confidence: 'medium', file: cake });
  return undefined;
}
